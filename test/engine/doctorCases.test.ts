// What `npm run doctor` says where something else than the relay is in its way, or a stack is not as its file says.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import type { FaultPlace } from "../../lab/src/faults.ts";
import { CHECKS } from "../../scripts/doctor/checks.ts";
import { type Bench, openBench } from "./culprits/bench.ts";
import { SEED } from "./fixture.ts";

describe(`npm run doctor in odd circumstances, seed ${SEED}`, () => {
  let bench: Bench;
  before(async () => {
    bench = await openBench();
  });
  afterEach(() => bench.restore());
  after(() => bench.close());

  it("asks an Exchange that takes no more requests a few times, and calls nothing of it well", async () => {
    const { faults, log } = bench.lab;
    // Longer than doctor waits, so that nothing is asked again.
    const what = { kind: "status", status: 429, retryAfter: 300 } as const;
    faults.inject({ where: { service: "exchange" }, what, times: 1000 });
    const before = log.events({ service: "exchange" }).length;
    const told = await bench.doctor();
    const questions = log.events({ service: "exchange" }).length - before;
    assert.ok(questions < 30, `${questions} questions`);
    const unknown = told.filter(({ severity }) => severity === "unknown");
    assert.deepEqual(
      told.filter(({ severity }) => severity === "error"),
      [],
    );
    for (const check of ["connectors", "smtp-auth", "mailboxes", "dkim-signing", "journaling"]) {
      assert.ok(
        unknown.some((one) => one.check === check),
        check,
      );
    }
    assert.match(unknown.map(({ what }) => what).join("\n"), /Exchange was asked no more/);
  });

  it("signs in once per service where Entra refuses, however many ask", async () => {
    const { log } = bench.lab;
    const before = log.events({ service: "entra" }).length;
    const told = await bench.doctor({ ARM_CLIENT_SECRET: "wrong" });
    const attempts = log.events({ service: "entra" }).length - before;
    assert.ok(attempts < 10, `${attempts} requests`);
    assert.ok(told.some(({ check, severity }) => check === "credential" && severity === "error"));
  });

  const neverAnswer = (services: readonly FaultPlace["service"][]) => {
    for (const service of services) {
      bench.lab.faults.inject({ where: { service }, what: { kind: "silence" }, times: 1e6 });
    }
  };

  it("ends where nothing answers, and tells each check that it could not make as unknown", async () => {
    neverAnswer(["entra", "graph", "exchange", "cloudflare", "dns"]);
    const told = await bench.doctor({}, undefined, { call: 300, silence: 600 });
    const notes = told.filter(({ severity }) => severity !== "unknown");
    assert.deepEqual(notes, []);
    // The others ask none of these services.
    const idle = ["direct-send", "high-volume-email"];
    const known = new Set(["last-up", "ports", "certificate", ...idle]);
    assert.deepEqual(
      CHECKS.map(({ name }) => name).filter((name) => !known.has(name)),
      [...new Set(told.map(({ check }) => check))],
    );
    assert.match(told.find(({ check }) => check === "zone")?.what ?? "", /has answered for 0\.6 s/);
  });

  for (const [service, unknown] of [
    ["graph", ["clock", "accepted-domains", "subscriptions", "licences", "app-policies"]],
    ["cloudflare", ["zone"]],
  ] as const) {
    it(`looks at all that does not depend on ${service} while that never answers`, async () => {
      neverAnswer([service]);
      const told = await bench.doctor({}, undefined, { call: 2000, silence: 6000 });
      const checks = new Set(
        told.filter((one) => one.severity === "unknown").map((one) => one.check),
      );
      for (const check of unknown) assert.ok(checks.has(check), check);
      for (const check of ["connectors", "mailboxes", "dkim-signing", "records", "ports"]) {
        assert.ok(!checks.has(check), check);
      }
    });
  }

  it("names senders that the stack file and the last up have differently, and blames Exchange for none", async () => {
    const { domain } = bench;
    const told = await bench.doctor({}, (senders) =>
      senders.flatMap((sender) => {
        if (sender.name === "erp") return [{ ...sender, name: "new" }];
        if (sender.name !== "shop") return [sender];
        return [{ ...sender, from: [`moved@${domain}`] }];
      }),
    );
    const ours = told.filter(({ check }) => check === "last-up");
    assert.deepEqual(
      ours.map(({ severity, what }) => `${severity} ${what}`),
      [
        `warning sender "shop" sends by the mailbox orders@${domain} since the last up, and by the mailbox moved@${domain} in the stack file`,
        'warning sender "new" is in the stack file, and the last up has not made it',
        'warning sender "erp" was made by the last up, and is no longer in the stack file',
      ],
    );
    assert.deepEqual(
      told.filter(({ check }) =>
        ["connectors", "mailboxes", "smtp-auth", "grants"].includes(check),
      ),
      [],
    );
  });

  it("tells of a mailbox that is gone once, before what follows from it", async () => {
    const address = bench.mailboxOf("crm");
    bench.lab.admin("Remove-Mailbox", { Identity: address });
    const told = (await bench.doctor()).filter(({ severity }) => severity !== "warning");
    assert.match(told[0]?.what ?? "", new RegExp(`Exchange has no mailbox ${address}`));
    assert.deepEqual(
      told.filter(({ check }) => check === "smtp-auth"),
      [],
    );
  });
});
