// `npm run dns`: what it prints for whoever keeps a domain's DNS, before and after the records are published.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import type { Lab, RecordByHand } from "../../lab/src/lab.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { projectRoot } from "../../scripts/setup/root.ts";
import type { StackConfig } from "../badConfigs.ts";
import { type Fixture, openFixture } from "./fixture.ts";

/** How the command ended. */
interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function dns({ folder, env }: Pick<Fixture, "folder" | "env">, ...args: string[]): Promise<Ended> {
  const settings = {
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_OPTION_CONFIG_FILE: join(folder, "Pulumi.lab.yaml"),
  };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["scripts/dns/main.ts", ...args],
      { cwd: projectRoot, env: { ...process.env, ...settings, ...env } },
      (error, out, err) => resolve({ code: Number(error?.code ?? 0), out, err }),
    );
  });
}

describe("npm run dns", () => {
  let fixture: Fixture;
  let lab: Lab;
  let domain: string;
  let restore: () => Promise<void>;

  // A stack whose domain is kept elsewhere, brought up without waiting. Its domain answers nothing yet.
  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    ({ domain } = lab.world.tenant);
    const isAnswer = ({ name, type }: RecordByHand) =>
      name === domain && ["A", "MX"].includes(type);
    lab.editZone(domain, (records) => records.filter((record) => !isAnswer(record)));
    const config = labConfig(lab.world) as StackConfig;
    Object.assign(config["m365-smtp-relay:domains"][0] ?? {}, { dns: { host: "external" } });
    config["m365-smtp-relay:senders"].splice(2);
    config["m365-smtp-relay:waitMinutes"] = 0;
    await (await fixture.open({ config })).up({ skipPreview: true });
    restore = await fixture.snapshot();
  });
  afterEach(() => restore());
  after(() => fixture?.close());

  it("lists what is missing, and that it is published once it is", async () => {
    const before = await dns(fixture, "--stack", "lab", "--format", "json");
    assert.equal(before.code, 0, before.err);
    const records = JSON.parse(before.out) as (RecordByHand & { state: string })[];
    const [mx] = records.filter(({ type }) => type === "MX");
    assert.deepEqual([mx?.content, mx?.state], [lab.world.tenant.mxHost, "missing"]);
    const cnames = records.filter(({ type }) => type === "CNAME");
    assert.deepEqual(
      cnames.map(({ name, state }) => [name, state]),
      ["selector1", "selector2"].map((one) => [`${one}._domainkey.${domain}`, "missing"]),
    );
    const zone = await dns(fixture, "--stack", "lab", "--format", "zone");
    for (const { name, content } of cnames) {
      assert.match(zone.out, new RegExp(`^${name}\\.\\s.*\\sCNAME\\s+${content}\\.$`, "m"));
    }
    lab.editZone(domain, (others) => [
      ...others.filter(({ content }) => !/v=(spf1|DMARC1)/.test(content)),
      ...records.map(({ name, type, content }) => ({ name, type, content })),
    ]);
    const published = await dns(fixture, "--stack", "lab", "--format", "json");
    const states = (JSON.parse(published.out) as { state: string }[]).map(({ state }) => state);
    assert.deepEqual([...new Set(states)], ["published"], published.out);
  });

  it("ends with 1 and says what is broken about what is published", async () => {
    lab.editZone(domain, (records) => [
      ...records.filter(({ content }) => !content.includes("v=spf1")),
      { type: "TXT", name: domain, content: '"v=spf1 mx -all"' },
      { type: "TXT", name: domain, content: '"v=spf1 a -all"' },
    ]);
    const { code, err } = await dns(fixture, "--stack", "lab");
    assert.equal(code, 1);
    assert.match(err, /"v=spf1 mx -all".*"v=spf1 a -all"/);
  });

  it("ends with 1 and says how to log in where Pulumi's backend can't be read", async () => {
    const env = { ...fixture.env, PULUMI_BACKEND_URL: "file:///nowhere" };
    const { code, err } = await dns({ folder: fixture.folder, env }, "--stack", "lab");
    assert.equal(code, 1);
    assert.match(err, /^dns: the stack's outputs can't be read from Pulumi's backend: .*nowhere/);
    assert.match(err, /; run npm run pulumi -- login, or set PULUMI_BACKEND_URL/);
    assert.equal(err.trimEnd().split("\n").length, 1);
  });

  it("ends with 1 and says what to check where no DNS server answers", async () => {
    const env = { ...fixture.env, M365_SMTP_RELAY_DNS_SERVER: "127.0.0.1:1" };
    const { code, out, err } = await dns({ folder: fixture.folder, env }, "--stack", "lab");
    assert.deepEqual([code, out], [1, ""]);
    assert.match(
      err,
      /^dns: DNS did not answer: .*; check this machine's DNS server, or name another one in M365_SMTP_RELAY_DNS_SERVER\n$/,
    );
  });

  it("ends with 2 for a usage that it does not know, and 1 for a stack without a file", async () => {
    const nowhere = { folder: "none", env: {} };
    assert.equal((await dns(nowhere)).code, 2);
    assert.equal((await dns(nowhere, "--stack", "lab", "--format", "yaml")).code, 2);
    const { code, err } = await dns(nowhere, "--stack", "nobody");
    assert.equal(code, 1);
    assert.match(err, /there is no stack file/);
  });
});
