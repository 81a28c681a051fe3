// Run by node:test: loads the test files that are its arguments into this one process, each in a suite of its own, named
// by its path. A file that can't be loaded fails alone, and hooks at its top level are its own.
import { describe } from "node:test";
import { pathToFileURL } from "node:url";

for (const file of process.argv.slice(2)) {
  describe(file, async () => {
    await import(pathToFileURL(file).href);
  });
}
