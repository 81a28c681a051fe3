// What `npm run doctor` says where something else than the relay is in its way, or a stack is not as its file says.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
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
