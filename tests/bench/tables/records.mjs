// What was measured, kept from run to run until it is measured anew: suites are run one by one, engines too.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const keyOf = ({ place, kind, suite, who, beside, part, n }) => [place, kind, suite, who, beside, part, n].join("|");

export function openRecords(file) {
  // Another run may write beside this one.
  const mine = new Map();
  const read = () => new Map([...(existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : []).map((one) => [keyOf(one), one]), ...mine]);
  return {
    add(record) {
      mine.set(keyOf(record), record);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(`${file}.${process.pid}`, `${JSON.stringify([...read().values()], null, 1)}\n`);
      renameSync(`${file}.${process.pid}`, file);
    },
    get all() {
      return [...read().values()];
    },
  };
}
