// What a report may not repeat. That a whole review repeats none of it is for the engine test.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { toMarkdown } from "../../../mail/review/markdown.ts";
import { reviewStack } from "../../../mail/review/review.ts";
import { secretValues, withoutSecrets } from "../../../scripts/review/secretValues.ts";
import { preview, relaying } from "../mail/review/previews.ts";

const ofEnvironment = (environment: Readonly<Record<string, string>>) =>
  secretValues(environment, {}, [], {});
const ofConfig = (value: string, written: unknown) =>
  secretValues({}, { "m365-smtp-relay:senders": value }, ["m365-smtp-relay:senders"], {
    "m365-smtp-relay:senders": written,
  });

describe("the values that no report may have", () => {
  it("are those of variables that are named as secrets, or look like a credential", () => {
    assert.deepEqual(
      ofEnvironment({
        PULUMI_CONFIG_PASSPHRASE: "correct horse",
        PULUMI_BACKEND_URL: "postgres://pulumi:hunter22@db.example/state",
        HOME: "/home/anna",
      }),
      ["postgres://pulumi:hunter22@db.example/state", "correct horse"],
    );
  });

  it("are each line of one, longest first, and what the engine prints of it as JSON", () => {
    assert.deepEqual(ofEnvironment({ DEPLOY_KEY: 'first "line"\nsecond\nend' }), [
      'first \\"line\\"\\nsecond\\nend',
      'first "line"\nsecond\nend',
      'first \\"line\\"',
      'first "line"',
      "second",
    ]);
  });

  it("are of a list in the stack file what stands under secure:, and nothing beside it", () => {
    const value = JSON.stringify([{ name: "erp", egress: ["198.51.100.7", "198.51.100.99"] }]);
    const written = [{ name: "erp", egress: ["198.51.100.7", { secure: "AAAB" }] }];
    assert.deepEqual(ofConfig(value, written), ["198.51.100.99"]);
    assert.deepEqual(ofConfig(value, { secure: "AAAB" }), ["198.51.100.99", "198.51.100.7"]);
  });
});

describe("a review without secrets", () => {
  const change = preview({
    stack: "test",
    outputs: {
      before: { senders: {}, dns: {} },
      after: { senders: { erp: relaying({ egress: ["198.51.100.7"] }) }, dns: {} },
    },
  });
  const review = reviewStack(change, new Date("2026-11-28T12:00:00Z"));

  it("keeps its level and its stack, whatever words the secrets are", () => {
    const secrets = ["test", "look", "none", "ange", "create", "198.51.100.7"];
    const { stack, risk, risks } = withoutSecrets(review, secrets);
    assert.deepEqual([stack, risk], ["test", "look"]);
    assert.deepEqual(
      risks.map(({ level, text }) => [level, text.includes("[secret]")]),
      [["look", true]],
    );
  });

  it("has none of them in its report", () => {
    const shown = toMarkdown([withoutSecrets(review, ["198.51.100.7"])], Number.POSITIVE_INFINITY);
    assert.doesNotMatch(shown, /198/);
    assert.match(shown, /anybody at \\\[secret\\\] may send/);
  });
});
