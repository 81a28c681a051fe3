// What a reader of a preview sees: the change, and nothing of what stays as it is.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Lab } from "../../lab/src/lab.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { type Fixture, openFixture } from "./fixture.ts";

/** A free address of the documentation range that the lab's customer has its own from. */
const ADDRESS = "198.51.100.250";
const OTHERS = /billing|shop|crm/;

describe("a preview of the lab's stack", () => {
  let fixture: Fixture;
  let lab: Lab;
  let config: Record<string, unknown>;

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    config = labConfig(lab.world);
    await (await fixture.open({ config })).up({ skipPreview: true });
  });
  after(() => fixture?.close());

  /** What a preview of a changed stack file prints, without empty lines. */
  async function preview(
    change: Readonly<Record<string, unknown>>,
    options: { diff?: boolean } = {},
  ): Promise<string[]> {
    const changed = Object.entries(change).map(([key, value]) => [`m365-smtp-relay:${key}`, value]);
    const stack = await fixture.open({ config: { ...config, ...Object.fromEntries(changed) } });
    const printed = fixture.output().length;
    await stack.preview(options);
    const lines = fixture.output().slice(printed).split("\n");
    return lines.filter((line) => line.trim() !== "" && !line.startsWith("@ previewing"));
  }
  const senders = () => config["m365-smtp-relay:senders"] as Record<string, unknown>[];
  const atAnotherAddress = () => ({
    senders: senders().map((one) => (one.name === "erp" ? { ...one, egress: [ADDRESS] } : one)),
  });
  const from = (lines: readonly string[], title: string) =>
    lines.slice(lines.findIndex((line) => line.includes(title)));

  it("says nothing of a sender or a record where nothing changes", async () => {
    const lines = await preview({});
    assert.doesNotMatch(lines.join("\n"), /Diagnostics|Outputs|sender|SPF|DMARC/);
  });

  it("names no other sender where one has another address, and fits on a screen", async () => {
    const lines = await preview(atAnotherAddress());
    const text = lines.join("\n");
    const [was] = lab.world.addresses.customer;
    assert.match(text, /^ {4}sender "erp"$/m);
    assert.ok(text.includes(`before: relays from ${was} (connector relay-lab-erp); may send as `));
    assert.ok(text.includes(`after:  relays from ${ADDRESS} (connector relay-lab-erp); may send`));
    assert.match(text, /^ {4}SPF of \S+\n {6}before: v=spf1 .*\n {6}after: {2}v=spf1 /m);
    assert.deepEqual(
      from(lines, "Outputs:").flatMap((line) => / [~+-] (\w+\.\S+) *:/.exec(line)?.[1] ?? []),
      ["senders.erp"],
    );
    assert.doesNotMatch(text, OTHERS);
    assert.ok(lines.length <= 50, `${lines.length} lines:\n${text}`);
  });

  it("shows that address alone of the survey with --diff", async () => {
    const lines = from(await preview(atAnotherAddress(), { diff: true }), "relay:Survey: (update)");
    const end = lines.findIndex((line, index) => index > 0 && /: \(\w+\)$/.test(line));
    const text = lines.slice(0, end).join("\n");
    assert.match(text, /~ connectors: \{\n +~ erp: \{\n +~ senderIPAddresses: \[\n.* => "198/);
    assert.ok(text.includes(`+ ip4:${ADDRESS}`), text);
    assert.doesNotMatch(text, OTHERS);
    assert.doesNotMatch(lines.join("\n"), OTHERS);
  });

  it("shows a DMARC record before and after where its policy changes", async () => {
    const { domain: name } = lab.world.tenant;
    const domains = [{ name, dmarc: { adopt: true, policy: "reject" } }];
    const text = (await preview({ domains })).join("\n");
    assert.match(
      text,
      /^ {4}DMARC of \S+\n {6}before: v=DMARC1; p=\w+.*\n {6}after: {2}v=DMARC1; p=reject/m,
    );
    assert.match(text, /^ {2}~ dns\.\S+ *: \{/m);
    assert.doesNotMatch(text, /sender "/);
  });
});
