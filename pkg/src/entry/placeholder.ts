import type { Core, CoreFactory } from "./module.js";

/** Stands where ../session.js will: proves that load, instantiate and step work through the package. */
export function makeOpenSession(load: () => CoreFactory): () => Promise<Core> {
  return async () => {
    const { Core } = load()();
    return new Core(new Uint8Array(32), { owner: "a@example.test" });
  };
}
