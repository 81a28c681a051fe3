// A mailbox that is there already and becomes a sender's, on the real engine: what changes on it, and that it is put back.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import type { Lab } from "../../lab/src/lab.ts";
import { type LabApplication, labApplications } from "../../lab/stack/senders.ts";
import type { SignIn } from "../../lab/stack/signIn.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { errorsOf, exchangeWrites, type Fixture, openFixture, SEED, summaryOf } from "./fixture.ts";
import { submit } from "./sending.ts";

const OFF =
  "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information.";

describe(`a mailbox that is there already, seed ${SEED}`, () => {
  let fixture: Fixture;
  let lab: Lab;
  let restore: () => Promise<void>;
  let support: string;
  let info: string;

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    const { domain } = lab.world.tenant;
    [support, info] = [`support@${domain}`, `info@${domain}`];
    for (const [Name, PrimarySmtpAddress] of [
      ["Support", support],
      ["Info", info],
    ]) {
      lab.admin("New-Mailbox", { Shared: true, Name, PrimarySmtpAddress });
    }
    lab.admin("Set-Mailbox", { Identity: support, CustomAttribute15: "cost centre 42" });
    setSwitch(true);
    // What the people of the mailbox may do already.
    lab.admin("Add-RecipientPermission", {
      ...{ Identity: info, Trustee: support, AccessRights: ["SendAs"] },
    });
    await open();
    restore = await fixture.snapshot();
  });
  beforeEach(() => restore());
  after(() => fixture?.close());

  const setSwitch = (SmtpClientAuthenticationDisabled: boolean | null) =>
    lab.admin("Set-CASMailbox", { Identity: support, SmtpClientAuthenticationDisabled });
  const application = (name = "crm"): LabApplication => {
    const [, crm] = labApplications(lab.world);
    return { ...crm, name, from: support };
  };
  const open = (change: object = {}, access = "rbac") => {
    const { from, ...sender } = application();
    const senders = [
      ...[{ ...sender, from: [from, info], authentication: ["oauth"], recipientsPerDay: 500 }],
    ].map((one) => ({ ...one, adoptMailbox: true, ...change }));
    return fixture.open({
      config: {
        ...labConfig(lab.world),
        "m365-smtp-relay:applicationAccess": access,
        "m365-smtp-relay:senders": senders,
      },
    });
  };
  /** Every property of both mailboxes that cmdlets show, and every right on a mailbox. */
  const held = () => {
    const mailboxes = lab.world.mailboxes.filter(({ address }) =>
      [support, info].includes(address),
    );
    const { mailboxPermissions, recipientPermissions } = lab.world;
    const text = JSON.stringify(
      { mailboxes, mailboxPermissions, recipientPermissions },
      (key, value) =>
        ["whenChanged", "smtpClientAuthentication", "messages", "sentItems"].includes(key)
          ? undefined
          : value,
      1,
    );
    return text;
  };
  const send = (signIns: unknown, name = "crm") =>
    submit(lab, application(name), (signIns as Record<string, SignIn>)[name]);

  it("is refused to a sender that does not adopt it, with adoptMailbox as the fix", async () => {
    const stack = await open({ adoptMailbox: undefined });
    const [world, writes] = [held(), exchangeWrites(lab)];
    const errors = (await errorsOf(stack.preview())).join("\n");
    assert.match(
      errors,
      /mailbox of crm: address: "support@.*" is the address of SharedMailbox .* already; set adoptMailbox: true for the sender to send from this mailbox, or choose another address/,
    );
    assert.deepEqual([held(), exchangeWrites(lab)], [world, writes]);
  });

  it("is refused in the preview when nobody has the address", async () => {
    const stack = await open({ from: [`nobody@${lab.world.tenant.domain}`] });
    const writes = exchangeWrites(lab);
    assert.match(
      (await errorsOf(stack.preview())).join("\n"),
      /mailbox of crm: address: "nobody@.*" is to be adopted, but no mailbox has this address; create the mailbox first, or remove adoptMailbox/,
    );
    assert.deepEqual(exchangeWrites(lab), writes);
  });

  for (const access of ["rbac", "classic"] as const) {
    it(`sends, ${access === "rbac" ? "is kept switched on, " : ""}and is put back by destroy, ${access}`, async () => {
      const untouched = held();
      const stack = await open({}, access);
      const writes = exchangeWrites(lab);
      const printed = fixture.output().length;
      await stack.preview();
      assert.match(
        fixture.output().slice(printed),
        /mailbox support@\S+ \(SharedMailbox ".*"\) is adopted: SMTP AUTH off -> on, until the sender is removed; nothing else of it is changed/,
      );
      assert.deepEqual(exchangeWrites(lab), writes);
      const { outputs } = await stack.up({ skipPreview: true });
      assert.deepEqual(outputs.pending, []);
      assert.equal(await send(outputs.senders), "");
      assert.deepEqual(await stack.drift(), []);
      assert.deepEqual(await stack.preview(), []);

      // The switch is the same whichever way the sender gets into the mailbox.
      if (access === "rbac") {
        setSwitch(true);
        assert.equal(await send(outputs.senders), OFF);
        assert.deepEqual(summaryOf(await stack.drift()), [
          "update relay-crm-submission",
          `update relay-${support}-smtp-auth: smtpClientAuthenticationDisabled`,
        ]);
        await stack.up({ refresh: true });
        assert.equal(await send(outputs.senders), "");
      }
      await stack.destroy();
      assert.equal(held(), untouched);
    });
  }

  it("keeps what it was before while its sender is renamed, and is put back when the sender goes", async () => {
    setSwitch(null);
    const right = { Identity: info, Trustee: support, AccessRights: ["SendAs"] };
    lab.admin("Remove-RecipientPermission", right);
    const untouched = held();
    const stack = await open();
    await stack.up({ skipPreview: true });
    const withRights = held();
    await open({ name: "store" });
    const { changes, outputs } = await stack.up();
    assert.deepEqual(
      summaryOf(changes).filter((change) => change.includes(support)),
      ["mailbox", `send-as-${info}`, "smtp-auth"].map(
        (part) => `update relay-${support}-${part}: owner`,
      ),
    );
    assert.equal(held(), withRights);
    assert.equal(await send(outputs.senders, "store"), "");
    await open({ from: [`shop@${lab.world.tenant.domain}`], adoptMailbox: undefined });
    await stack.up();
    assert.equal(held(), untouched);
  });

  it("that somebody removes is not created by an up, which says so; destroy ends well", async () => {
    const stack = await open();
    await stack.up({ skipPreview: true });
    lab.admin("Remove-Mailbox", { Identity: support });
    assert.match(
      (await errorsOf(stack.up({ refresh: true }))).join("\n"),
      /is to be adopted, but no mailbox has this address; create the mailbox first, or remove adoptMailbox/,
    );
    assert.equal(
      lab.world.mailboxes.find(({ address }) => address === support),
      undefined,
    );
    await stack.destroy();
    assert.deepEqual(lab.world.managementScopes, []);
  });
});
