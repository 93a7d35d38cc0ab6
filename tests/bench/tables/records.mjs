// What was measured, kept from run to run until it is measured anew: suites are run one by one, engines too.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const keyOf = ({ place, kind, suite, who, beside, part, n }) => [place, kind, suite, who, beside, part, n].join("|");

export function openRecords(file) {
  const kept = new Map((existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : []).map((one) => [keyOf(one), one]));
  return {
    add(record) {
      kept.set(keyOf(record), record);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${JSON.stringify([...kept.values()], null, 1)}\n`);
    },
    get all() {
      return [...kept.values()];
    },
  };
}
