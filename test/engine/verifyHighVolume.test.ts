// `npm run verify -- --to` with a sender that has an account of High Volume Email: inside, outside, and without what the
// account needs.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import type { Lab } from "../../lab/src/lab.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { type Fixture, openFixture, SEED } from "./fixture.ts";
import { runWriting } from "./runScript.ts";
import { judgedOf, verificationsIn } from "./verifyScene.ts";

describe(`verify of a sender with High Volume Email, seed ${SEED}`, () => {
  let fixture: Fixture;
  let lab: Lab;
  let anna: string;
  let restore: () => Promise<void>;
  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    const { domain } = lab.world.tenant;
    anna = `anna@${domain}`;
    lab.world.settings.traceDelayMs = 0;
    const alerts = { name: "alerts", from: [`alerts@${domain}`], authentication: ["password"] };
    const stack = await fixture.open({
      config: {
        ...labConfig(lab.world),
        "m365-smtp-relay:senders": [{ ...alerts, external: 0, recipientsPerDay: 50_000 }],
      },
    });
    await stack.up({ skipPreview: true });
    restore = await fixture.snapshot();
  });
  afterEach(() => restore());
  after(() => fixture?.close());

  const inbox = () =>
    lab.world.mailboxes.find(({ address }) => address === anna)?.messages ?? assert.fail();

  async function verify(to: string, ...more: string[]) {
    const env = await lab.adminEnv({ who: anna, scopes: ["Mail.ReadBasic"] });
    const args = ["--stack", "lab", "--to", to, "--json", ...more];
    const ended = await runWriting(fixture, "scripts/verify/main.ts", args, env);
    const one = verificationsIn(ended).get("alerts");
    return { ...ended, one, handover: judgedOf(one, "handover") };
  }

  it("is green inside, where mail is neither signed nor sent through a pool", async () => {
    const { one, code, stderr } = await verify(anna, "--graph-mailbox", anna);
    assert.equal(code, 0, stderr);
    assert.ok(one);
    assert.deepEqual([one.host, one.port, one.way], ["smtp.hve.mx.microsoft", 587, "password"]);
    assert.deepEqual(
      one.judged.flatMap(({ check, outcome }) => (outcome === "not applicable" ? check : [])),
      ["spf", "dkim", "dmarc", "alignment", "pool"],
    );
    assert.match(judgedOf(one, "tls")?.read ?? "", /TLS/);
    assert.equal(inbox().length, 1);
  });

  it("says in Exchange's words that it sends to nobody outside, and what to do", async () => {
    const { handover, code } = await verify(lab.world.outside.mailboxes[0] ?? "");
    assert.equal(code, 7);
    assert.ok(handover?.outcome === "fail", JSON.stringify(handover));
    assert.match(handover.read, /^550 5\.5\.105 /);
    assert.equal(handover.resource, "relay-alerts-account");
    assert.match(handover.reason, /^High Volume Email: it sends to recipients of your organis/);
    assert.match(handover.fix, /^set its external to .*; or run npm run verify -- --stack lab --/);
    await lab.settle();
    assert.deepEqual(lab.mailbox(), []);
    assert.deepEqual(inbox(), []);
  });

  it("says what the account lacks when its billing policy is gone", async () => {
    const { world } = lab;
    for (const account of world.hveAccounts) account.billingPolicyId = null;
    const { handover, code } = await verify(anna);
    assert.equal(code, 7);
    assert.ok(handover?.outcome === "fail", JSON.stringify(handover));
    assert.match(handover.read, /^535 5\.7\.3 /);
    assert.match(handover.reason, /no valid billing policy/);
    assert.match(handover.fix, /^run npm run doctor -- --stack lab,/);
    assert.deepEqual(inbox(), []);
  });

  it("says that its password is not taken where the organisation blocks passwords", async () => {
    lab.admin("New-AuthenticationPolicy", { Name: "No passwords" });
    const Identity = `alerts@${lab.world.tenant.domain}`;
    lab.admin("Set-User", { Identity, AuthenticationPolicy: "No passwords" });
    await lab.clock.advance(24 * 3_600_000);
    const { handover } = await verify(anna);
    assert.ok(handover?.outcome === "fail", JSON.stringify(handover));
    assert.match(handover.read, /^535 5\.7\.139 /);
    assert.match(handover.reason, /^High Volume Email: the organisation does not let/);
    assert.deepEqual(inbox(), []);
  });
});
