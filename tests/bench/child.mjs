// One job in a process of its own: node child.mjs '[job, ...arguments]' module-of-jobs. The result is the last line.
import { pathToFileURL } from "node:url";

const { jobs } = await import(pathToFileURL(process.argv[3]).href);
const [job, subject, work, options] = JSON.parse(process.argv[2]);
const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const result = await jobs[job](subject, ...(work === null ? [] : [work]), { ...options, cpu });
process.stdout.write(`${JSON.stringify(result)}\n`);
