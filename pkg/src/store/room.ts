/** Room on the disk: acceptance stops before it is gone, and outcomes have a ballast to throw (reliability.md 1.5). */
import type { Timers } from "../timer.js";
import type { Connection } from "./connection.js";
import { storeError } from "./store.js";
import { budget, finished, within } from "./watchdog.js";

const MiB = 2 ** 20;
const reserve = 4 * MiB;
/** With this much to spare an estimate holds for a minute. */
const plenty = 64 * MiB;
const fresh = 60_000;

export type Estimate = () => Promise<{ readonly usage?: number; readonly quota?: number }>;

/** Asked at use: importing looks at nothing. */
export const systemEstimate = (): Estimate | undefined =>
  typeof navigator === "undefined" || typeof navigator.storage?.estimate !== "function"
    ? undefined
    : () => navigator.storage.estimate();

/** Noise, because engines compress; the same for all, because nothing depends on it. */
function noise(bytes: number): ArrayBuffer {
  const words = new Uint32Array(bytes / 4);
  let x = 2_463_534_242;
  for (let i = 0; i < words.length; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    words[i] = x;
  }
  return words.buffer;
}

export interface Room {
  /**
   * Whether a message with a body of so many bytes is to be accepted: not below the headroom, as far as the engine tells
   * (Chromium 156 always says 10 GiB), and not while the ballast is missing and does not fit.
   */
  admits(bytes: number): boolean | Promise<boolean>;
  /** Puts the ballast where it is missing. */
  fill(): Promise<void>;
  /** Gives it up; false when there was none. */
  give(): Promise<boolean>;
}

export function makeRoom(db: Connection, estimate: Estimate | undefined, timers: Timers): Room {
  let free = 0;
  let spent = 0;
  let at = -Infinity;
  let short = false;

  async function measure(need: number): Promise<boolean> {
    if (estimate === undefined) return true;
    try {
      const { usage, quota } = await within(estimate(), budget(), timers, () => storeError("timeout", "expected an estimate"));
      if (usage === undefined || quota === undefined) return true;
      [free, spent, at] = [quota - usage, 0, timers.mono()];
      return free >= need;
    } catch {
      // An engine that cannot tell is no reason to refuse mail: the commit itself will say.
      return true;
    }
  }

  async function fill(): Promise<void> {
    try {
      await db.transaction(["ballast"], "readwrite", "relaxed", (tx) => {
        const store = tx.objectStore("ballast");
        const there = store.getKey("ballast");
        there.addEventListener("success", () => {
          if (there.result === undefined) store.put({ key: "ballast", body: noise(MiB) });
        });
        return finished(tx, budget(MiB), timers);
      });
      short = false;
    } catch (error) {
      short = true;
      throw error;
    }
  }

  return {
    admits(bytes: number): boolean | Promise<boolean> {
      const need = 2 * bytes + reserve;
      spent += bytes;
      if (short) return fill().then(() => measure(need), () => false);
      return timers.mono() - at < fresh && free - spent > plenty + need ? true : measure(need);
    },
    fill,
    async give(): Promise<boolean> {
      let there = false;
      await db.transaction(["ballast"], "readwrite", "strict", (tx) => {
        const store = tx.objectStore("ballast");
        const found = store.getKey("ballast");
        found.addEventListener("success", () => {
          there = found.result !== undefined;
          store.delete("ballast");
        });
        return finished(tx, budget(), timers);
      });
      short = true;
      return there;
    },
  };
}

/** Whether this engine stores Blobs: one is put, read back and read (O-07). */
export async function storesBlobs(db: Connection, timers: Timers): Promise<boolean> {
  const key = "probe";
  let back: unknown;
  try {
    await db.transaction(["ballast"], "readwrite", "relaxed", (tx) => {
      tx.objectStore("ballast").put({ key, body: new Blob(["b"]) });
      return finished(tx, budget(), timers);
    });
    await db.transaction(["ballast"], "readwrite", "relaxed", (tx) => {
      const found = tx.objectStore("ballast").get(key);
      found.addEventListener("success", () => (back = (found.result as { body?: unknown } | undefined)?.body));
      tx.objectStore("ballast").delete(key);
      return finished(tx, budget(), timers);
    });
    const late = () => storeError("timeout", "expected the Blob that was stored");
    return back instanceof Blob && (await within(back.text(), budget(), timers, late)) === "b";
  } catch {
    return false;
  }
}
