// Child processes, without dependencies.
//
//   run(command, args, { cwd, env, quiet, timeout })  → Promise<{ code, signal, output }>; never rejects on a non-zero code.
//       output is stdout and stderr in order; shown as it comes unless quiet.
//   must(command, args, options)                      → the same, or throws with the end of the output.
//   which(name)                                       → absolute path or undefined.
//   kill(child)                                       → SIGTERM, after 3 s SIGKILL; resolves when it is gone.
//   root                                              → the repository.
import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

export function run(command, args = [], { cwd = root, env, quiet = false, timeout } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout,
      killSignal: "SIGKILL",
    });
    const parts = [];
    for (const [stream, out] of [[child.stdout, process.stdout], [child.stderr, process.stderr]]) {
      stream.on("data", (chunk) => {
        parts.push(chunk);
        if (!quiet) out.write(chunk);
      });
    }
    child.on("error", (error) => resolve({ code: 127, signal: null, output: String(error) }));
    child.on("close", (code, signal) =>
      resolve({ code: code ?? 1, signal, output: Buffer.concat(parts).toString("utf8") }));
  });
}

export async function must(command, args, options) {
  const result = await run(command, args, options);
  if (result.code !== 0) {
    throw new Error(`${command} ${args.join(" ")} ended with ${result.signal ?? result.code}\n${result.output.slice(-8000)}`);
  }
  return result;
}

export function which(name) {
  for (const dir of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(dir, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      continue;
    }
  }
  return undefined;
}

export function kill(child) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const hard = setTimeout(() => child.kill("SIGKILL"), 3000);
    child.once("exit", () => {
      clearTimeout(hard);
      resolve();
    });
    child.kill("SIGTERM");
  });
}
