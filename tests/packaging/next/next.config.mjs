import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
export default { distDir: process.env.NEXT_DIST, turbopack: { root: here }, outputFileTracingRoot: here };
