// A sender with an account of High Volume Email on the real engine: mail inside is taken and mail outside refused, a new
// password takes the place of the old one, and nothing stays when the sender goes.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Lab } from "../../lab/src/lab.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { comparableWorld } from "../../lab/story/world.ts";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";
import { errorsOf, exchangeWrites, type Fixture, openFixture } from "./fixture.ts";

interface Outputs {
  readonly senders: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly pending: readonly string[];
}

describe("a sender with an account of High Volume Email", () => {
  let fixture: Fixture;
  let lab: Lab;
  let address: string;
  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    address = `alerts@${lab.world.tenant.domain}`;
    // What a tenant should have: nobody signs in with a password.
    lab.admin("New-AuthenticationPolicy", { Name: "No passwords" });
    lab.world.organization.defaultAuthenticationPolicy = "No passwords";
  });
  after(() => fixture?.close());

  const open = (senders: readonly object[]): Promise<OpenedStack> =>
    fixture.open({
      config: {
        ...labConfig(lab.world),
        "m365-smtp-relay:senders": senders,
        "m365-smtp-relay:disposable": true,
      },
    });
  const erp = () => ({
    ...{ name: "erp", authentication: ["staticIp"], egress: [lab.world.addresses.customer[0]] },
    from: [`*@${lab.world.tenant.domain}`],
  });
  const alerts = (credentialGeneration = 1) => ({
    name: "alerts",
    authentication: ["password"],
    from: [address],
    external: 0,
    recipientsPerDay: 50_000,
    credentialGeneration,
  });
  const send = (password: string, to: string) =>
    lab.sendHighVolume({
      ...{ user: address, password, to: [to] },
      message: `From: ${address}\r\nTo: ${to}\r\nSubject: alert\r\n\r\nhello\r\n`,
    });
  const inside = () => `anna@${lab.world.tenant.domain}`;
  const outside = () => lab.world.outside.mailboxes[1] ?? "";
  let empty: string;
  let first = "";

  it("without a billing policy the preview is refused with the fix, and nothing is made", async () => {
    await (await open([erp()])).up();
    empty = comparableWorld(lab);
    const { billingPolicies } = lab.world;
    lab.world.billingPolicies = [];
    const refused = await errorsOf((await open([erp(), alerts()])).preview());
    assert.match(
      refused.join("\n"),
      /billingPolicyId of alerts: can name no billing policy, .*since 2026-06-01/,
    );
    const [policy] = billingPolicies;
    assert.ok(policy);
    const second = { ...policy, id: policy.id.replace(/^./, "0"), name: "Second" };
    lab.world.billingPolicies = [policy, second];
    const unclear = await errorsOf((await open([erp(), alerts()])).preview());
    assert.match(
      unclear.join("\n"),
      new RegExp(`billingPolicyId of alerts: is missing, .* 2 billing .*${second.id} \\(Second\\)`),
    );
    const named = { ...alerts(), billingPolicyId: second.id };
    assert.deepEqual(await errorsOf((await open([erp(), named])).preview()), []);
    lab.world.billingPolicies = billingPolicies;
    assert.equal(comparableWorld(lab), empty);
  });

  it("an up makes it: mail inside is taken, and mail outside refused in Exchange's words", async () => {
    const { outputs } = await (await open([erp(), alerts()])).up();
    const { senders, secrets, pending } = outputs as unknown as Outputs;
    assert.deepEqual(pending, []);
    assert.partialDeepStrictEqual(senders.alerts, {
      method: "highVolumeEmail",
      host: "smtp.hve.mx.microsoft",
      port: 587,
      mechanism: "LOGIN",
      mailbox: address,
      credential: { by: "password", output: "secrets.alerts" },
    });
    first = secrets.alerts ?? "";
    assert.equal((await send(first, inside())).refusal, "");
    const anna = lab.world.mailboxes.find((mailbox) => mailbox.address === inside());
    assert.equal(anna?.messages.length, 1);
    assert.match((await send(first, outside())).refusal, /^550 5\.5\.105 /);
  });

  it("an unchanged preview has nothing to do, and asks Exchange for no change", async () => {
    const writes = exchangeWrites(lab).length;
    const stack = await open([erp(), alerts()]);
    assert.deepEqual(await stack.preview(), []);
    assert.equal(exchangeWrites(lab).length, writes);
  });

  it("another generation is another password, and the old one signs in no more", async () => {
    const { outputs } = await (await open([erp(), alerts(2)])).up();
    const second = (outputs as unknown as Outputs).secrets.alerts ?? "";
    assert.notEqual(second, first);
    assert.equal((await send(second, inside())).refusal, "");
    assert.match((await send(first, inside())).refusal, /^535 5\.7\.3 /);
  });

  it("another name, or another way to send, is refused with the steps until the account is gone", async () => {
    const before = comparableWorld(lab);
    const news = { ...alerts(2), name: "news" };
    const { external: _, recipientsPerDay: __, credentialGeneration: ___, ...plain } = alerts();
    const other = { ...plain, authentication: ["oauth"] };
    for (const [wanted, said] of [
      [news, /account of news: address: .* sender "alerts" has to go first; .* another password/],
      [other, /mailbox of alerts: address: .* sender "alerts" has to go first; .* empty mailbox/],
    ] as const) {
      const refused = await errorsOf((await open([erp(), wanted])).preview());
      assert.match(refused.join("\n"), said);
      assert.equal(comparableWorld(lab), before);
    }
    await (await open([erp()])).up();
    await (await open([erp(), news])).up();
    assert.deepEqual(
      lab.world.hveAccounts.map(({ customAttributes }) => customAttributes["15"]),
      ["Managed by Pulumi: m365-smtp-relay/lab/news. Changes made by hand are undone."],
    );
  });

  it("without the sender nothing of it is left", async () => {
    await (await open([erp()])).up();
    assert.deepEqual(lab.world.hveAccounts, []);
    assert.equal(comparableWorld(lab), empty);
  });
});
