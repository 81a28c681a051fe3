import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { userMailbox } from "../../../providers/exchange/userMailbox.ts";
import { HalfMade } from "../../../providers/host/dynamicProvider.ts";
import { ExchangeError } from "../../../tenant/exchangeError.ts";
import { thrownBy } from "../tenant/bench.ts";
import { type Around, passTime, useProviderFixture } from "./fixture.ts";
import { heldIn, MARK, namedLife, OWNER, refusalOf, THEIRS, UNKNOWN } from "./namedLife.ts";

const USER = "cccccccc-3333-4333-8333-333333333333";
const OTHER = "11111111-2222-4333-8444-555555555555";

describe("a user's mailbox", () => {
  const fixture = useProviderFixture("user mailbox");
  beforeEach(() => {
    const { directory, tenant } = fixture.lab.world;
    for (const sku of tenant.skus) sku.enabled = sku.consumed + 1;
    directory.users.push({
      id: USER,
      userPrincipalName: address(),
      accountEnabled: true,
      licenses: [],
      manager: null,
      properties: { displayName: "printer", mailNickname: "printer", usageLocation: "NL" },
    });
  });

  const address = () => `printer@${fixture.domain}`;
  const declare = (change: object = {}) => ({
    ...fixture.tenant,
    owner: OWNER,
    address: address(),
    displayName: "relay-test-erp",
    user: USER,
    waitMinutes: 0,
    ...change,
  });
  const one = { fixture, kind: userMailbox };
  const life = (around?: Around) => namedLife(one, around);
  const held = () =>
    fixture.lab.world.mailboxes.find((mailbox) => mailbox.externalDirectoryObjectId === USER);
  /** What makes Exchange make the mailbox. */
  const license = async () => {
    const graph = await fixture.run().graph(fixture.tenant);
    await graph.changeLicenses(USER, { add: [fixture.lab.world.tenant.skus[0]?.skuId ?? ""] });
  };
  const licensed = (news = declare()) => license().then(() => life().up(news));

  it("is brought to the form of a sender's, with an account that can sign in", async () => {
    const { id, outs } = await licensed(declare({ address: address().toUpperCase() }));
    assert.partialDeepStrictEqual(held(), {
      guid: id,
      address: address(),
      displayName: "relay-test-erp",
      recipientTypeDetails: "UserMailbox",
      accountDisabled: false,
      hiddenFromAddressListsEnabled: true,
      messageCopyForSMTPClientSubmissionEnabled: false,
      retentionPolicy: "Default MRM Policy",
      customAttributes: { 15: MARK },
      clientAccess: {
        activeSyncEnabled: false,
        ewsEnabled: false,
        imapEnabled: false,
        macOutlookEnabled: false,
        mapiEnabled: false,
        oneWinNativeOutlookEnabled: false,
        outlookMobileEnabled: false,
        owaEnabled: false,
        owaForDevicesEnabled: false,
        popEnabled: false,
        universalOutlookEnabled: false,
        smtpClientAuthenticationDisabled: false,
      },
    });
    const account = fixture.lab.world.directory.users.find((user) => user.id === USER);
    assert.equal(account?.accountEnabled, true);
    assert.deepEqual(
      [outs.address, outs.guid, outs.pending, outs.ready, outs.preexisting],
      [address(), id, "", true, false],
    );
  });

  it("is read, is not written when nothing changed, and is not removed by delete", async () => {
    const made = await licensed();
    const before = heldIn(fixture);
    const seen = await life().refresh(made);
    assert.deepEqual([seen?.drift, seen?.outs, seen?.inputs], [false, made.outs, made.inputs]);
    const asked = fixture.events().length;
    assert.equal((await life().up(declare({ waitMinutes: 9 }), made)).step, "same");
    await life().destroy(made);
    assert.equal(fixture.events().length, asked);
    assert.deepEqual(heldIn(fixture), before);
  });

  it("one that comes late is waited for, with a word of what is waited for", async (t) => {
    const said = t.mock.method(console, "log", () => {});
    await license();
    let looks = 0;
    const late: Around = (invoke) => async (cmdlet, parameters) => {
      if (cmdlet !== "Get-Mailbox" || looks++ > 1) return invoke(cmdlet, parameters);
      const message = "Get-Mailbox: couldn't be found";
      const type = "ManagementObjectNotFoundException";
      throw new ExchangeError({ cmdlet, status: 404, type, message });
    };
    const slow = passTime(t, 31_000);
    const around: Around = (invoke) => slow(late(invoke));
    const made = await life(around).up(declare({ waitMinutes: 31.4 / 60 }));
    assert.equal(made.outs.ready, true);
    assert.match(
      String(said.mock.calls[0]?.arguments[0]),
      /^waiting, for 31 s so far and at most 0 s more: Exchange has not created the mailbox printer@/,
    );
  });

  it("one that does not appear is an error that says since when it waits; the next run takes it over", async () => {
    const message = await refusalOf(one, declare());
    assert.match(
      message,
      /^Exchange has not created the mailbox printer@.* yet, which takes some minutes after .*; this run has waited since \d{4}-.*Z; run pulumi up again/,
    );
    const made = await licensed();
    assert.equal(made.outs.ready, true);
  });

  it("drift is detected, and the next update corrects all of it", async () => {
    const made = await licensed();
    const wanted = heldIn(fixture);
    const Identity = address();
    fixture.lab.admin("Set-CASMailbox", { Identity, SmtpClientAuthenticationDisabled: true });
    fixture.lab.admin("Set-Mailbox", {
      Identity,
      AccountDisabled: true,
      HiddenFromAddressListsEnabled: false,
      CustomAttribute15: "",
    });
    const seen = await life().refresh(made);
    assert.equal(seen?.drift, true);
    assert.equal((await life().up(declare(), seen)).step, "update");
    assert.deepEqual(heldIn(fixture), wanted);
  });

  it("another address becomes the primary one, and the old one stays an alias", async () => {
    const made = await licensed();
    const next = `scanner@${fixture.domain}`;
    const moved = await life().up(declare({ address: next }), made);
    assert.deepEqual([moved.step, moved.id, moved.outs.address], ["update", made.id, next]);
    assert.deepEqual(held()?.emailAddresses.slice(0, 2), [`SMTP:${next}`, `smtp:${address()}`]);
    assert.equal((await life().refresh(moved))?.drift, false);
  });

  it("an address that somebody else has is refused by Exchange, and state stays as it is", async () => {
    const made = await licensed();
    const inputs = await life().checked(declare({ address: `anna@${fixture.domain}` }), made);
    const kind = userMailbox(fixture.run());
    const error = await thrownBy(() => kind.update(made.id, made.outs, inputs as never));
    assert.match(error.message, /anna/);
    assert.equal(error instanceof HalfMade, false, "nothing was written, so state stays as it is");
    assert.equal((await life().up(declare(), made)).outs.ready, true);
  });

  it("another owner's mailbox is refused, and left as it is", async () => {
    await license();
    fixture.lab.admin("Set-Mailbox", { Identity: address(), CustomAttribute15: THEIRS });
    assert.match(
      await refusalOf(one, declare()),
      /^user: "cccccccc-.*" is the user of a mailbox that relay\/prod\/erp manages \(printer@.*\); give the sender a user of its own; nothing was changed$/,
    );
  });

  it("one that is another stack's by now is not changed", async () => {
    const made = await licensed();
    fixture.lab.admin("Set-Mailbox", { Identity: address(), CustomAttribute15: THEIRS });
    const { message } = await thrownBy(() => life().up(declare({ displayName: "x" }), made));
    assert.match(message, /is now managed by relay\/prod\/erp, so it was not changed/);
  });

  it("gone with its licence or its user, it is gone", async () => {
    const made = await licensed();
    fixture.lab.admin("Remove-Mailbox", { Identity: address() });
    assert.equal(await life().refresh(made), undefined);
    await life().destroy(made);
  });

  it("another user is a replacement; what is not known yet too; neither asks anything", async () => {
    const made = await licensed();
    const asked = fixture.events().length;
    const kind = userMailbox(fixture.run());
    for (const user of [OTHER, UNKNOWN]) {
      const inputs = await life().checked(declare({ user }), made);
      assert.deepEqual(await kind.diff(made.id, made.outs, inputs), {
        changes: true,
        replaces: ["user"],
        deleteBeforeReplace: true,
      });
    }
    assert.equal(fixture.events().length, asked);
  });

  it("what is no address, display name or user is refused without asking", async () => {
    for (const [change, words] of [
      [{ address: "printer" }, /^address: is not the address of a mailbox/],
      [{ displayName: "" }, /^displayName: is empty/],
      [{ user: "printer" }, /^user: is not an object id \(a GUID\)/],
    ] as const) {
      assert.match((await life().refusals(declare(change)))[0] ?? "", words);
    }
    assert.deepEqual(fixture.events(), []);
  });
});
