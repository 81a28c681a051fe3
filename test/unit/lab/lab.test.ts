import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import type { FaultKind } from "../../../lab/faults.ts";
import { CmdletError, type Lab, openLab, provenance } from "../../../lab/lab.ts";
import { EXCHANGE_SCOPE, goodForm } from "./bench.ts";

const NEW = { Name: "relay", SenderDomains: ["*"], ConnectorType: "OnPremises" };

interface Answer {
  status: number;
  text: string;
}

/** One HTTPS request that trusts the lab's CA alone. */
function call(
  lab: Lab,
  path: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      host: "localhost",
      port: lab.ports.https,
      path,
      method: "POST",
      ca: readFileSync(lab.caFile),
      headers,
    };
    const sent = request(options, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

async function tokenOf(lab: Lab): Promise<string> {
  const { ARM_TENANT_ID, ARM_CLIENT_ID = "", ARM_CLIENT_SECRET = "" } = lab.env;
  const form = { ...goodForm(ARM_CLIENT_ID, { clientSecret: ARM_CLIENT_SECRET }, EXCHANGE_SCOPE) };
  const body = new URLSearchParams(form).toString();
  const { text } = await call(lab, `/${ARM_TENANT_ID}/oauth2/v2.0/token`, body);
  return JSON.parse(text).access_token;
}

async function invoke(lab: Lab, token: string, name: string, parameters: object): Promise<Answer> {
  const { ARM_TENANT_ID } = lab.env;
  const body = { CmdletInput: { CmdletName: name, Parameters: parameters } };
  return call(lab, `/adminapi/beta/${ARM_TENANT_ID}/InvokeCommand`, JSON.stringify(body), {
    authorization: `Bearer ${token}`,
    "content-type": "application/json; charset=utf-8",
    "x-anchormailbox": `APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@${ARM_TENANT_ID}`,
  });
}

suite("the lab", () => {
  let lab: Lab;
  before(async () => {
    lab = await openLab({ seed: "whole" });
  });
  after(() => lab.close());

  test("serves Entra and the admin API over TLS with its own CA", async () => {
    const token = await tokenOf(lab);
    const made = await invoke(lab, token, "New-InboundConnector", NEW);
    assert.equal(made.status, 200);
    assert.equal(lab.world.connectors.length, 1);
    assert.deepEqual(JSON.parse(made.text).value[0].SenderDomains, ["smtp:*;1"]);
  });

  test("a lost reply: the write is done, the client hears nothing", async () => {
    const token = await tokenOf(lab);
    lab.faults.inject({
      where: { service: "exchange", match: "New-InboundConnector" },
      what: { kind: "replyLost" },
    });
    const lost = invoke(lab, token, "New-InboundConnector", { ...NEW, Name: "lost" });
    await assert.rejects(lost, /socket hang up|ECONNRESET/);
    assert.ok(lab.world.connectors.some(({ name }) => name === "lost"));
    const result = "reply lost: 200 exchange.outcome";
    assert.equal(lab.log.count({ service: "exchange", result }), 1);
  });

  test("a 403 labelled gzip still goes out as NUL bytes", async () => {
    lab.world.settings.forbiddenLabelledGzip = true;
    const { status, text } = await invoke(lab, await tokenOf(lab), "Get-Mailbox", {});
    assert.equal(status, 403);
    assert.equal(text, "\0".repeat(4096));
  });

  test("an administrator's act by hand obeys the same rules and counts as no API call", () => {
    const calls = lab.log.count({ service: "exchange" });
    lab.admin("New-InboundConnector", { ...NEW, Name: "by hand" });
    const again = () => lab.admin("New-InboundConnector", { ...NEW, Name: "by hand" });
    assert.throws(again, CmdletError);
    assert.throws(() => lab.admin("Get-Mailbox", {}), /no cmdlet "Get-Mailbox"/);
    lab.admin("Remove-InboundConnector", { Identity: "by hand" });
    assert.ok(!lab.world.connectors.some(({ name }) => name === "by hand"));
    assert.equal(lab.log.count({ service: "exchange" }), calls);
    assert.equal(lab.log.count({ service: "admin" }), 3);
  });

  test("dump and log hold the whole world and no secret", async () => {
    const token = await tokenOf(lab);
    await lab.issueCertificate({ names: ["x.example"], issuer: "public" });
    const secrets = lab.secrets();
    assert.ok(secrets.includes(token) && secrets.includes(lab.env.ARM_CLIENT_SECRET ?? ""));
    const shown = JSON.stringify([lab.dump(), lab.log.events()]);
    for (const secret of secrets) assert.ok(!shown.includes(secret));
    const dump = lab.dump();
    assert.deepEqual(Object.keys(dump), Object.keys(dump).toSorted());
    assert.deepEqual(new Set(Object.keys(dump)), new Set(Object.keys(lab.world)));
  });

  test("refuses a fault that could never strike", () => {
    const where = { service: "graph" } as const;
    const inject = (what: FaultKind) => () => lab.faults.inject({ where, what });
    assert.throws(inject({ kind: "invisible", reads: 1 }), /graph has no "invisible"/);
    assert.throws(
      () => lab.faults.inject({ where: { service: "mx" }, what: { kind: "smtp", line: "no" } }),
      /no SMTP refusal/,
    );
    assert.deepEqual(lab.faults.list(), []);
  });

  test("waiting for mail that does not come says so", async () => {
    await assert.rejects(lab.waitForMail(1, 20), /0 of 1 messages after 20 ms; queue empty/);
  });

  test("every reply says where its words come from", () => {
    const replies = provenance();
    assert.ok(replies.length > 80);
    for (const { reply, source } of replies) {
      assert.ok(Object.values(source).join("").length > 5, reply);
    }
    assert.ok(replies.some(({ source }) => "assumed" in source));
  });
});

test("a port that is taken is an error, and nothing stays open", async () => {
  const first = await openLab({ seed: "one" });
  const { smtp } = first.ports;
  await assert.rejects(openLab({ seed: "two", ports: { smtp } }), /EADDRINUSE/);
  await first.close();
});

suite("a lab on disk", () => {
  test("goes on where it was closed, with secrets readable by the owner alone", async () => {
    const folder = mkdtempSync(join(tmpdir(), "lab-test-"));
    const first = await openLab({ seed: "disk", folder });
    first.admin("New-InboundConnector", NEW);
    first.faults.inject({ where: { service: "graph" }, what: { kind: "status", status: 503 } });
    await first.clock.advance(3_600_000);
    const token = await tokenOf(first);
    const ca = readFileSync(first.caFile, "utf8");
    const dump = first.dump();
    await first.close();

    assert.equal(statSync(join(folder, "secrets.json")).mode & 0o777, 0o600);
    const world = readFileSync(join(folder, "world.json"), "utf8");
    for (const secret of first.secrets()) assert.ok(!world.includes(secret));

    const second = await openLab({ seed: "disk", folder });
    assert.deepEqual(second.dump(), dump);
    assert.equal(readFileSync(second.caFile, "utf8"), ca);
    assert.ok(second.clock.offset() >= 3_600_000);
    const read = await invoke(second, token, "Get-InboundConnector", { Identity: "relay" });
    assert.equal(read.status, 200);
    await second.close();

    const other = await openLab({ seed: "another", folder });
    assert.deepEqual(other.world.connectors, []);
    await other.close();
    rmSync(folder, { recursive: true });
  });

  test("mail that was queued when it was closed still leaves", async () => {
    const folder = mkdtempSync(join(tmpdir(), "lab-test-"));
    const first = await openLab({ seed: "queue", folder });
    const { tenant, addresses, outside } = first.world;
    first.admin("New-InboundConnector", { ...NEW, SenderIPAddresses: [addresses.customer[0]] });
    first.faults.inject({
      where: { service: "mx" },
      what: { kind: "smtp", line: "452 4.3.1 Later" },
    });
    await first.submit({
      from: addresses.customer[0],
      helo: "erp",
      envelope: { from: `erp@${tenant.domain}`, to: [outside.mailboxes[1] ?? ""] },
      message: "Subject: x\r\n\r\nx\r\n",
    });
    await first.close();
    const second = await openLab({ seed: "queue", folder });
    await second.clock.advance(60_000);
    await second.waitForMail(1, 3000);
    await second.close();
    rmSync(folder, { recursive: true });
  });
});
