// The lab as a whole, over its ports; and where the words of its replies come from.
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { get } from "node:https";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { listProvenance } from "../../cli/provenance.ts";
import { type Belief, readBeliefs, unprovenPage } from "../../cli/unproven.ts";
import { CmdletError, type Lab, openLab, type Provenance, provenance } from "../../src/lab.ts";
import type { FaultKind } from "../../src/world/fault.ts";
import { RELAY } from "./bench.ts";
import { invoke, tokenOf } from "./client.ts";

describe("the lab", () => {
  let lab: Lab;
  before(async () => {
    lab = await openLab({ seed: "whole" });
  });
  after(() => lab.close());

  it("serves Entra and the admin API over TLS with its own CA", async () => {
    const token = await tokenOf(lab);
    const made = await invoke(lab, token, "New-InboundConnector", RELAY);
    assert.equal(made.status, 200);
    assert.equal(lab.world.connectors.length, 1);
    assert.deepEqual(JSON.parse(made.text).value[0].SenderDomains, ["smtp:*;1"]);
  });

  it("answers with the lab's time", async () => {
    await lab.clock.advance(24 * 3_600_000);
    const date = await new Promise<string>((resolve, reject) => {
      const url = `https://localhost:${lab.ports.https}/v1.0/domains`;
      const options = { ca: readFileSync(lab.caFile), agent: false };
      const asked = get(url, options, (response) => {
        response.resume();
        resolve(String(response.headers.date));
      });
      asked.on("error", reject);
    });
    const ahead = Date.parse(date) - Date.now();
    assert.ok(ahead > 23 * 3_600_000, date);
  });

  it("a lost reply: the write is done, the client hears nothing", async () => {
    const token = await tokenOf(lab);
    lab.faults.inject({
      where: { service: "exchange", match: "New-InboundConnector" },
      what: { kind: "replyLost" },
    });
    const lost = invoke(lab, token, "New-InboundConnector", { ...RELAY, Name: "lost" });
    await assert.rejects(lost, /socket hang up|ECONNRESET/);
    assert.ok(lab.world.connectors.some(({ name }) => name === "lost"));
    const result = "reply lost: 200 exchange.outcome";
    assert.equal(lab.log.count({ service: "exchange", result }), 1);
  });

  it("silence: the request is taken, nothing is done, and no answer comes until the client goes", async () => {
    const token = await tokenOf(lab);
    lab.faults.inject({ where: { service: "exchange" }, what: { kind: "silence" } });
    const silent = invoke(lab, token, "New-InboundConnector", { ...RELAY, Name: "silent" });
    const ended = silent.then(
      () => "answered",
      () => "broken",
    );
    while (lab.log.count({ service: "exchange", result: "silence" }) === 0) await setImmediate();
    const other = await invoke(lab, token, "Get-InboundConnector", {});
    assert.equal(other.status, 200);
    assert.ok(!lab.world.connectors.some(({ name }) => name === "silent"));
    assert.equal(await Promise.race([ended, "waiting"]), "waiting");
  });

  it("a 403 labelled gzip still goes out as NUL bytes", async () => {
    lab.world.settings.forbiddenLabelledGzip = true;
    const { status, text } = await invoke(lab, await tokenOf(lab), "Get-UnifiedGroup", {});
    assert.equal(status, 403);
    assert.equal(text, "\0".repeat(4096));
  });

  it("an administrator's act by hand obeys the same rules and counts as no API call", () => {
    const calls = lab.log.count({ service: "exchange" });
    lab.admin("New-InboundConnector", { ...RELAY, Name: "by hand" });
    const again = () => lab.admin("New-InboundConnector", { ...RELAY, Name: "by hand" });
    assert.throws(again, CmdletError);
    assert.throws(() => lab.admin("Get-UnifiedGroup", {}), /no cmdlet "Get-UnifiedGroup"/);
    lab.admin("Remove-InboundConnector", { Identity: "by hand" });
    assert.ok(!lab.world.connectors.some(({ name }) => name === "by hand"));
    assert.equal(lab.log.count({ service: "exchange" }), calls);
    assert.equal(lab.log.count({ service: "admin" }), 3);
  });

  it("dump and log hold the whole world and no secret", async () => {
    const token = await tokenOf(lab);
    const { chain, key } = await lab.issueCertificate({ names: ["x.example"], issuer: "public" });
    lab.registerCertificate(`${key}\n${chain}`);
    assert.throws(() => lab.registerCertificate(key));
    const secrets = lab.secrets();
    assert.ok(secrets.includes(token) && secrets.includes(lab.env.ARM_CLIENT_SECRET ?? ""));
    const shown = JSON.stringify([lab.dump(), lab.log.events()]);
    for (const secret of secrets) assert.ok(!shown.includes(secret));
    const dump = lab.dump();
    assert.deepEqual(Object.keys(dump), Object.keys(dump).toSorted());
    assert.deepEqual(new Set(Object.keys(dump)), new Set(Object.keys(lab.world)));
  });

  it("refuses a fault that could never strike", () => {
    const where = { service: "graph" } as const;
    const inject = (what: FaultKind) => () => lab.faults.inject({ where, what });
    assert.throws(inject({ kind: "invisible", reads: 1 }), /graph has no "invisible"/);
    assert.throws(
      () => lab.faults.inject({ where: { service: "mx" }, what: { kind: "smtp", line: "no" } }),
      /no SMTP refusal/,
    );
    assert.deepEqual(lab.faults.list(), []);
  });

  it("waiting for mail that does not come says so", async () => {
    await assert.rejects(lab.waitForMail(1, 20), /0 of 1 messages after 20 ms; queue empty/);
  });
});

it("a port that is taken is an error, and nothing stays open", async () => {
  const first = await openLab({ seed: "one" });
  const { smtp } = first.ports;
  await assert.rejects(openLab({ seed: "two", ports: { smtp } }), /EADDRINUSE/);
  await first.close();
});

const root = join(import.meta.dirname, "../../..");

/** What the listing writes to stdout. */
function listed(t: { mock: typeof it.mock }, json: boolean): string {
  const write = t.mock.method(process.stdout, "write", () => true);
  try {
    assert.equal(listProvenance({ json }), 0);
    return write.mock.calls.map(({ arguments: [text] }) => String(text)).join("");
  } finally {
    write.mock.restore();
  }
}

describe("provenance", () => {
  it("every reply that has a source is one that the lab's code builds", () => {
    const code = globSync("lab/{src,plugins}/**/*.ts", { cwd: root })
      .map((file) => readFileSync(join(root, file), "utf8"))
      .join("");
    // Of replies that many servers have words for, the code says the situation alone: "sender-ok".
    const isUsed = (reply: string): boolean =>
      code.includes(`"${reply}"`) ||
      (reply.startsWith("smtp.") && code.includes(`"${reply.slice("smtp.".length)}"`));
    const unused = provenance().filter(({ reply }) => !isUsed(reply));
    assert.deepEqual(unused, []);
    assert.ok(provenance().length > 100);
  });

  it("every source says something", () => {
    for (const { reply, source } of provenance()) {
      for (const text of Object.values(source)) assert.ok(text.length > 5, reply);
    }
  });

  it("as JSON: every belief; every reply once, what is assumed first", (t) => {
    const { beliefs, replies } = JSON.parse(listed(t, true)) as {
      beliefs: Belief[];
      replies: Provenance[];
    };
    assert.deepEqual(beliefs, readBeliefs());
    const byName = (a: Provenance, b: Provenance) => (a.reply < b.reply ? -1 : 1);
    assert.deepEqual(replies.toSorted(byName), provenance().toSorted(byName));
    const shares = replies.map(({ source }) =>
      "assumed" in source ? (Object.keys(source).length === 1 ? 0 : 1) : 2,
    );
    assert.deepEqual(shares, shares.toSorted());
    assert.deepEqual(new Set(shares).size, 3);
  });

  it("as tables: how many beliefs; every reply by its whole name, and how many there are", (t) => {
    const table = listed(t, false);
    assert.match(table, new RegExp(`\n${readBeliefs().length} beliefs without proof: `));
    for (const { reply } of provenance()) assert.ok(table.includes(` ${reply} `), reply);
    assert.match(table, new RegExp(`\n${provenance().length} replies: \\d+ assumed, `));
  });
});

describe("beliefs without proof", () => {
  const ROW = {
    belief: "Water is wet.",
    open: "Nobody says so.",
    stands: ["tenant/exchange.ts"],
    settle: "Get-Water",
    confirmed: "wet",
  };
  const read = (change: object) => () =>
    readBeliefs(JSON.stringify({ T: [{ ...ROW, ...change }] }));

  it("each is a heading of the page, with its files, its command and the answer that confirms it", () => {
    const page = unprovenPage();
    const beliefs = readBeliefs();
    assert.ok(beliefs.length > 15);
    for (const { belief, stands, settle, confirmed } of beliefs) {
      const [, section = ""] = page.split(`\n### ${belief.slice(0, -1)}\n`);
      const [row = ""] = section.split(/\n##/);
      for (const words of [...stands, settle, confirmed]) assert.ok(row.includes(words), words);
    }
  });

  it("a row is refused that names a file or a reply that does not exist, or lacks a field", () => {
    assert.deepEqual(read({})(), [{ topic: "T", ...ROW, shell: "powershell", replies: [] }]);
    assert.throws(
      read({ stands: ["tenant/nowhere.ts"] }),
      /"Water is wet\." stands in tenant\/nowhere\.ts/,
    );
    assert.throws(read({ replies: ["exchange.nonsense"] }), /names exchange\.nonsense/);
    assert.throws(read({ settle: undefined }), /settle/);
    assert.throws(read({ sttle: "x" }), /sttle/);
  });
});
