/** What an attempt said when no core was there to hear it: one record, for the driver to merge (O-72). */
import type { Store } from "./store/store.js";
import type { Answer, Job, WireOutcome } from "./wire/shapes.js";
import { newTape } from "./wire/tape.js";
import { putOutcome } from "./wire/values.js";

/** Of the records of src/wire/rows.rs. */
const schema = 1;

function outcomeIn(answer: Answer): WireOutcome | null {
  if (answer.type === "outcome") return answer.outcome;
  return answer.type === "ended" && answer.flags === 0 ? { type: "accepted", remoteId: null, recipients: null } : null;
}

/** True when it is durable. */
export async function appendEvidence(store: Store, job: Job, answer: Answer, wall: number): Promise<boolean> {
  const outcome = outcomeIn(answer);
  if (outcome === null) return false;
  const { nums, strs } = newTape();
  nums.push(schema);
  strs.push("", job.uid);
  nums.push(job.envelope, job.attempt, Math.floor(wall));
  putOutcome({ nums, strs }, outcome);
  const record = { key: "", version: 1, uid: job.uid, at: Math.floor(wall), nums, text: `${strs.join("\0")}\0` };
  try {
    const [result] = await store.commit([[{ op: "append", store: "evidence", raise: job.uid, record }]], { durability: "strict", mayUseBallast: true });
    return result?.ok === true;
  } catch {
    return false;
  }
}
