// docs/examples/review: what `npm run review` says to each example, on the real engine.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { LONGEST_TEXT } from "../../../scripts/github/text.ts";
import { projectRoot } from "../../../scripts/setup/root.ts";
import { openKeyService } from "../../../test/engine/keyService.ts";
import { openProviderHost, type ProviderHost } from "../../../test/engine/providerHost/open.ts";
import { EXAMPLES } from "../../review/examples.ts";
import { examplesPage, exampleText, withoutPrintedPreview } from "../../review/exampleText.ts";
import { type Made, makeExamples } from "../../review/makeExamples.ts";

const folder = join(projectRoot, "docs/examples/review");

describe("docs/examples/review", () => {
  it("has a comment for each example, and no other", async () => {
    const files = (await readdir(folder)).filter((file) => file !== "README.md");
    assert.deepEqual(files.sort(), EXAMPLES.map(({ name }) => `${name}.md`).sort());
  });

  it("is what the engine and npm run review make; npm run review-examples writes it again", async () => {
    const stale: string[] = [];
    const all: Made[] = [];
    let host: ProviderHost | undefined;
    const keys = await openKeyService();
    const compare = async (made: Made) => {
      all.push(made);
      const { name } = made.example;
      const kept = await readFile(join(folder, `${name}.md`), "utf8");
      const [is, was] = [exampleText(made), kept].map(withoutPrintedPreview);
      if (is !== was) stale.push(`${name}.md\n${is}`);
      assert.ok(kept.length <= LONGEST_TEXT, name);
    };
    try {
      await makeExamples(
        compare,
        async (checkout, env) => {
          host = await openProviderHost(dirname(checkout), env, checkout);
          return host.env;
        },
        keys,
      );
    } finally {
      host?.close();
      keys.close();
    }
    assert.deepEqual(stale, []);
    assert.equal(await readFile(join(folder, "README.md"), "utf8"), examplesPage(all));
  });
});
