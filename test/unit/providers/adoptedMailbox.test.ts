import assert from "node:assert/strict";
import { beforeEach, describe, it, type TestContext } from "node:test";
import { adoptedMailbox } from "../../../providers/exchange/adoptedMailbox.ts";
import { smtpClientAuthentication } from "../../../providers/exchange/smtpClientAuthentication.ts";
import { HalfMade } from "../../../providers/host/dynamicProvider.ts";
import { thrownBy } from "../tenant/bench.ts";
import { type Around, passTime, useProviderFixture } from "./fixture.ts";
import { heldIn, MARK, namedLife, OWNER, THEIRS } from "./namedLife.ts";
import { unanswered } from "./trouble.ts";

describe("an adopted mailbox", () => {
  const fixture = useProviderFixture("adopted mailbox");
  beforeEach(() => {
    const { lab } = fixture;
    lab.admin("New-Mailbox", {
      ...{ Shared: true, Name: "Support", DisplayName: "Support" },
      PrimarySmtpAddress: address(),
    });
    setSwitch(null);
  });

  const address = () => `support@${fixture.domain}`;
  const setSwitch = (SmtpClientAuthenticationDisabled: boolean | null) =>
    fixture.lab.admin("Set-CASMailbox", { Identity: address(), SmtpClientAuthenticationDisabled });
  const switchNow = () =>
    fixture.lab.world.mailboxes.find((one) => one.address === address())?.clientAccess
      .smtpClientAuthenticationDisabled;

  const declare = (change: object = {}) => ({
    ...{ ...fixture.tenant, owner: OWNER, address: address() },
    ...change,
  });
  const declareSwitch = () => ({ ...fixture.tenant, owner: OWNER, mailbox: address() });
  const adoption = { fixture, kind: adoptedMailbox };
  const smtpAuth = { fixture, kind: smtpClientAuthentication };
  const adopted = (around?: Around) => namedLife(adoption, around);
  const switched = (around?: Around) => namedLife(smtpAuth, around);
  const listen = (t: TestContext) => {
    const log = t.mock.method(console, "log", () => {});
    return () => log.mock.calls.map(({ arguments: [line] }) => String(line));
  };

  for (const [disabled, words] of [
    [true, "off -> on, until the sender is removed"],
    [null, "the organisation's setting -> on, until the sender is removed"],
    [false, "on already"],
  ] as const) {
    it(`is kept as it was, switched, and put back: SMTP AUTH disabled ${disabled}`, async (t) => {
      setSwitch(disabled);
      const said = listen(t);
      const untouched = heldIn(fixture);
      const made = await adopted().up(declare());
      assert.deepEqual(heldIn(fixture), untouched, "the adoption alone writes nothing");
      assert.equal(made.outs.smtpClientAuthenticationDisabledBefore, disabled);
      assert.deepEqual(said(), [
        `mailbox ${address()} (SharedMailbox "Support") is adopted: SMTP AUTH ${words}; nothing else of it is changed`,
      ]);

      const switchedOn = await switched().up(declareSwitch());
      assert.equal(switchNow(), false);
      for (const [life, one, news] of [
        [adopted(), made, declare()],
        [switched(), switchedOn, declareSwitch()],
      ] as const) {
        assert.equal((await life.refresh(one))?.drift, false);
        assert.equal((await life.up(news, one)).step, "same");
      }

      await switched().destroy(switchedOn);
      assert.equal(switchNow(), false, "the adoption puts it back, not the switch");
      await adopted().destroy(made);
      assert.equal(switchNow(), disabled);
      assert.deepEqual(heldIn(fixture), untouched);
      await adopted().destroy(made);
      assert.deepEqual(heldIn(fixture), untouched);
    });
  }

  it("is put back as it was though a run was killed, or lost the answer, when the switch was set", async () => {
    setSwitch(true);
    const untouched = heldIn(fixture);
    const made = await adopted().up(declare());
    const half = await thrownBy(() => switched(unanswered("Set-CASMailbox")).up(declareSwitch()));
    assert.ok(half instanceof HalfMade);
    assert.equal(switchNow(), false);
    // A killed run leaves nothing of the switch in state.
    assert.equal((await switched().up(declareSwitch())).outs.ready, true);
    assert.equal((await adopted().up(declare(), made)).step, "same");
    await adopted().destroy(made);
    assert.deepEqual(heldIn(fixture), untouched);
  });

  it("is switched on again after somebody switched it off", async () => {
    const made = await switched().up(declareSwitch());
    setSwitch(true);
    const seen = await switched().refresh(made);
    assert.equal(seen?.drift, true);
    assert.equal((await switched().up(declareSwitch(), seen)).step, "update");
    assert.equal(switchNow(), false);
  });

  it("is left as somebody set it after the stack, which is said", async (t) => {
    const made = await adopted().up(declare());
    await switched().up(declareSwitch());
    setSwitch(true);
    const before = heldIn(fixture);
    const said = listen(t);
    await adopted().destroy(made);
    assert.deepEqual(heldIn(fixture), before);
    assert.deepEqual(said(), [
      `SMTP AUTH of mailbox ${address()} is off, which the stack did not set, so it stays; before the sender it was the organisation's setting`,
    ]);
  });

  it("that is gone needs nothing, and another mailbox with its address is not touched", async () => {
    const made = await adopted().up(declare());
    const switchedOn = await switched().up(declareSwitch());
    fixture.lab.admin("Remove-Mailbox", { Identity: address() });
    assert.equal(await adopted().refresh(made), undefined);
    assert.equal(await switched().refresh(switchedOn), undefined);
    assert.match((await thrownBy(() => switched().up(declareSwitch()))).message, /does not return/);
    await adopted().destroy(made);
    fixture.lab.admin("New-Mailbox", {
      ...{ Shared: true, Name: "Support2", PrimarySmtpAddress: address() },
    });
    setSwitch(false);
    const before = heldIn(fixture);
    await adopted().destroy(made);
    assert.deepEqual(heldIn(fixture), before);
  });

  it("that does not take the old value back is an error, and destroy can be run again", async (t) => {
    setSwitch(true);
    const made = await adopted().up(declare());
    await switched().up(declareSwitch());
    const ignored: Around = (invoke) => {
      const timed = passTime(t, 61_000)(invoke);
      return (cmdlet, parameters) =>
        cmdlet.startsWith("Set-")
          ? timed("Get-CASMailbox", { Identity: address() })
          : timed(cmdlet, parameters);
    };
    const { message } = await thrownBy(() => adopted(ignored).destroy(made));
    assert.match(message, /^Exchange still returns SMTP AUTH on of mailbox .* run it again$/);
    await adopted().destroy(made);
    assert.equal(switchNow(), true);
  });

  it("that Get-CASMailbox does not show yet is waited for", async () => {
    let hidden = 2;
    const late: Around = (invoke) => async (cmdlet, parameters) => {
      const result = await invoke(cmdlet, parameters);
      return cmdlet === "Get-CASMailbox" && hidden-- > 0 ? { ...result, value: [] } : result;
    };
    const made = await adopted(late).create(declare());
    assert.equal(made.outs.smtpClientAuthenticationDisabledBefore, null);
    assert.ok(hidden < 0);
  });

  it("may be that of a user, and a new owner of the same address is an update", async () => {
    const anna = { address: `Anna@${fixture.domain}` };
    const made = await adopted().up(declare(anna));
    assert.equal(made.outs.address, `anna@${fixture.domain}`);
    const renamed = { ...declare(anna), owner: "relay/test/mail" };
    const step = await adopted().up(renamed, made);
    assert.deepEqual([step.step, step.outs.guid], ["update", made.outs.guid]);
  });

  const addAddress = (proxy: string) =>
    fixture.lab.admin("Set-Mailbox", {
      Identity: address(),
      EmailAddresses: { "@odata.type": "#Exchange.GenericHashTable", Add: [proxy] },
    });

  it("that another mailbox has taken the place of is not updated: the switch of that one is not the stack's", async () => {
    const made = await adopted().up(declare());
    fixture.lab.admin("Remove-Mailbox", { Identity: address() });
    fixture.lab.admin("New-Mailbox", {
      ...{ Shared: true, Name: "Support2", PrimarySmtpAddress: address() },
    });
    const before = heldIn(fixture);
    const renamed = { ...declare(), owner: "relay/test/mail" };
    const { message } = await thrownBy(() => adopted().up(renamed, made));
    assert.match(
      message,
      /^mailbox support@\S+ is not the one that was adopted \(.*\); .*run pulumi up --refresh.*; nothing was changed$/,
    );
    assert.deepEqual(heldIn(fixture), before);
    assert.equal(await adopted().refresh(made), undefined);
    assert.notEqual((await adopted().up(renamed)).outs.guid, made.outs.guid);
  });

  it("with another primary address keeps what it was before, and is its own again with the first one", async () => {
    setSwitch(true);
    const made = await adopted().up(declare());
    setSwitch(false);
    addAddress(`SMTP:help@${fixture.domain}`);
    const seen = await adopted().refresh(made);
    assert.equal(seen?.drift, true);
    assert.match((await adopted().refusals(declare(), seen)).join("\n"), /put help@\S+ first/);
    addAddress(`SMTP:${address()}`);
    const back = await adopted().up(declare(), seen);
    assert.deepEqual([back.step, back.outs], ["update", made.outs]);
    await adopted().destroy(back);
    assert.equal(switchNow(), true);
  });

  it("that the run adopts by another address is not put back, which is said", async (t) => {
    setSwitch(true);
    const made = await adopted().up(declare());
    await switched().up(declareSwitch());
    addAddress(`SMTP:help@${fixture.domain}`);
    const kind = adoptedMailbox(fixture.run());
    const help = declare({ address: `help@${fixture.domain}` });
    await adopted().checked(help, undefined, kind);
    const said = listen(t);
    await adopted().destroy(made, kind);
    assert.deepEqual(said(), [
      `mailbox help@${fixture.domain} is still adopted, so its SMTP AUTH stays on; before it was adopted as ${address()} it was off`,
    ]);
    const { emailAddresses, clientAccess } =
      fixture.lab.world.mailboxes.find(({ guid }) => guid === made.outs.guid) ?? {};
    assert.ok(emailAddresses);
    assert.equal(clientAccess?.smtpClientAuthenticationDisabled, false);
  });

  it("whose account has another user name says what to sign in as", async (t) => {
    const { lab, domain } = fixture;
    lab.admin("Set-Mailbox", {
      ...{ Identity: address(), MicrosoftOnlineServicesID: `desk@${domain}` },
    });
    const said = listen(t);
    await adopted().checked(declare());
    assert.match(
      said().join("\n"),
      /; nothing else of it is changed; its user name is desk@\S+: if a sign-in as support@\S+ ends with 535 5\.7\.3, sign in as desk@\S+$/,
    );
  });

  describe("is refused in the preview and by create", () => {
    const kindOf =
      (type: string): Around =>
      (invoke) =>
      async (cmdlet, parameters) => {
        const result = await invoke(cmdlet, parameters);
        const value = result.value.map((one) => ({ ...one, RecipientTypeDetails: type }));
        return cmdlet === "Get-Recipient" ? { ...result, value } : result;
      };
    const refusals = (change: object, around?: Around) => adopted(around).refusals(declare(change));

    it("where nobody has the address", async () => {
      const change = { address: `nobody@${fixture.domain}` };
      const says =
        /is to be adopted, but no mailbox has this address; create the mailbox first, or remove adoptMailbox to let the stack create it/;
      assert.match((await refusals(change)).join("\n"), says);
      const inputs = declare(change);
      const before = heldIn(fixture);
      const { message } = await thrownBy(() => adopted().create(inputs));
      assert.match(message, says);
      assert.match(message, /nothing was changed$/);
      assert.deepEqual(heldIn(fixture), before);
    });

    it("where the address is an alias", async () => {
      fixture.lab.admin("Set-Mailbox", {
        Identity: address(),
        EmailAddresses: {
          "@odata.type": "#Exchange.GenericHashTable",
          Add: [`smtp:help@${fixture.domain}`],
        },
      });
      assert.match(
        (await refusals({ address: `help@${fixture.domain}` })).join("\n"),
        /is to be adopted, but is an alias of SharedMailbox "Support" \(support@.*\), and a sender signs in with the primary address; put support@.* first in from, or choose the address of another mailbox/,
      );
    });

    for (const type of [
      "GroupMailbox",
      "MailUniversalDistributionGroup",
      "MailContact",
      "MailUser",
    ]) {
      it(`where it is the address of a ${type}`, async () => {
        assert.match(
          (await refusals({}, kindOf(type))).join("\n"),
          new RegExp(
            `but is the address of ${type} "Support" .*, which can't sign in to send; choose the address of another mailbox`,
          ),
        );
      });
    }

    for (const type of ["RoomMailbox", "EquipmentMailbox"]) {
      it(`but for a ${type}`, async () => {
        assert.deepEqual(await refusals({}, kindOf(type)), []);
      });
    }

    it("where a stack manages it", async () => {
      fixture.lab.admin("Set-Mailbox", { Identity: address(), CustomAttribute15: THEIRS });
      assert.match(
        (await refusals({})).join("\n"),
        /is to be adopted, but relay\/prod\/erp manages this mailbox; choose the address of another mailbox/,
      );
      fixture.lab.admin("Set-Mailbox", { Identity: address(), CustomAttribute15: MARK });
      assert.match(
        (await refusals({})).join("\n"),
        /is to be adopted, but it is the sender's own mailbox, which the stack created; remove adoptMailbox/,
      );
    });
  });
});
