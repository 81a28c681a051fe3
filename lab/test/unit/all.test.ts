// One process for all suites of this folder: loading the lab and the client libraries costs more than the tests do.
import { globSync } from "node:fs";

for (const suite of globSync("*.suite.ts", { cwd: import.meta.dirname }).sort()) {
  await import(`./${suite}`);
}
