// Whether every reply that sources list, and every refusal that the lab can give, is explained.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { explain } from "../../../../mail/replies/explain.ts";
import { ROWS } from "../../../../mail/replies/rows/rows.ts";
import { projectRoot } from "../../../../scripts/setup/root.ts";
import { LISTED } from "./listed.ts";
import { SEEN } from "./seen.ts";

const nameOf = (text: string): string => explain(text).row?.name ?? "not known";

describe("the replies that are listed", () => {
  it("are each explained by their own row", () => {
    const explained = LISTED.filter(([text]) => explain(text).row !== undefined);
    console.log(`${LISTED.length} listed, ${explained.length} explained`);
    assert.deepEqual(
      LISTED.map(([text]) => [text, nameOf(text)]),
      LISTED,
    );
  });

  it("and those that were seen in public are each explained by the right row", () => {
    console.log(`${SEEN.length} seen, from ${new Set(SEEN.map(([, , seen]) => seen)).size} places`);
    assert.deepEqual(
      SEEN.map(([text, , seen]) => [text, nameOf(text), seen]),
      SEEN,
    );
    assert.ok(SEEN.length >= 80);
    assert.equal(
      new Set(SEEN.map(([text]) => text)).size,
      SEEN.length,
      "no text stands there twice",
    );
  });

  it("reach every row", () => {
    const reached = new Set([...LISTED, ...SEEN].map(([, name]) => name));
    const others = [...labRefusals(), ...guideReplies()].map(nameOf);
    const missed = ROWS.filter(({ name }) => !reached.has(name) && !others.includes(name));
    assert.deepEqual(
      missed.map(({ name }) => name),
      [],
    );
  });
});

interface Entry {
  readonly text?: string;
  readonly choices?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Words of the lab's ports 25 and 587 that begin with 4 or 5, with each choice, and with words in the holes. */
function labRefusals(): string[] {
  return ["smtp", "submission", "highVolume"].flatMap((file) => {
    const path = join(projectRoot, `lab/replies/${file}.yaml`);
    const { replies } = parse(readFileSync(path, "utf8")) as { replies: Record<string, Entry> };
    return Object.values(replies).flatMap(({ text = "", choices = {} }) => {
      const [[hole, words] = ["", {}]] = Object.entries(choices);
      const kind = { 252: "send as denied", 253: "invalid license", 254: "too many recipients" };
      const texts = Object.values(words).map((word) =>
        text
          .replace(`{${hole}}`, word)
          .replace("{kind}", kind[word.slice(-3) as unknown as 252] ?? ""),
      );
      return (texts.length > 0 ? texts : [text])
        .filter((one) => /^[45]\d\d /.test(one))
        .map((one) =>
          one
            .replace("{where}", "Mailbox")
            .replace("{refusal}", "535 5.7.3 Authentication unsuccessful")
            .replaceAll(/\{\w+\}/g, "x"),
        );
    });
  });
}

describe("every refusal of the lab's ports 25 and 587", () => {
  const refusals = labRefusals();
  it("is found in its files", () => assert.ok(refusals.length > 40, `${refusals.length}`));
  for (const text of refusals) {
    it(`is explained: ${text}`, () => assert.notEqual(nameOf(text), "not known"));
  }
});

describe("each row", () => {
  it("says no cause twice", () => {
    for (const { name, causes } of ROWS) {
      const said = causes.map(({ what, fix }) => `${what}: ${fix}`);
      assert.equal(new Set(said).size, said.length, name);
    }
  });

  it("has a name of its own, a source, and pages that exist", () => {
    assert.equal(new Set(ROWS.map(({ name }) => name)).size, ROWS.length);
    for (const { name, source, causes } of ROWS) {
      assert.match(source, /^https:\/\/[\w.-]+\//, name);
      for (const { what, fix } of causes) {
        assert.doesNotMatch(what + fix, /\.$/, name);
        const pages = fix.matchAll(/docs\/[\w./-]+\.md/g);
        for (const [page] of pages) assert.ok(existsSync(join(projectRoot, page)), page);
      }
    }
  });
});

/** The replies in the tables of the guides. */
function guideReplies(): string[] {
  return ["find-out-why-5.7.64", "find-out-why-535"].flatMap((page) => {
    const text = readFileSync(join(projectRoot, `docs/how-to/${page}.md`), "utf8");
    return [...text.matchAll(/`((?:[45]\d\d )?[45]\.\d+\.\d+ [^`]{5,})`/g)].flatMap(
      ([, reply]) => reply ?? [],
    );
  });
}

describe("every reply of the guides", () => {
  const replies = guideReplies();
  it("is found on their pages", () => assert.ok(replies.length > 20, `${replies.length}`));
  for (const text of replies) {
    it(`is explained: ${text}`, () => assert.notEqual(nameOf(text), "not known"));
  }
});
