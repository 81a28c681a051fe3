import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sharedMailbox } from "../../../providers/exchange/sharedMailbox.ts";
import { HalfMade } from "../../../providers/host/dynamicProvider.ts";
import { ExchangeError } from "../../../tenant/exchangeError.ts";
import { thrownBy } from "../tenant/bench.ts";
import { type Around, passTime, useProviderFixture } from "./fixture.ts";
import { heldIn, MARK, namedLife, OWNER, refusalOf, THEIRS, testNamed } from "./namedLife.ts";
import { following } from "./trouble.ts";

describe("a shared mailbox", () => {
  const fixture = useProviderFixture("shared mailbox");

  const address = () => `erp@${fixture.domain}`;
  const declare = (change: object = {}) => ({
    ...fixture.tenant,
    owner: OWNER,
    address: address(),
    name: "relay-test-erp",
    displayName: "ERP",
    ...change,
  });
  const one = { fixture, kind: sharedMailbox };
  const life = (around?: Around) => namedLife(one, around);
  const held = () => fixture.lab.world.mailboxes.find((mailbox) => mailbox.address === address());
  const refused = (news: object) => refusalOf(one, news);

  testNamed({
    ...one,
    declare,
    makes: "New-Mailbox",
    removes: "Remove-Mailbox",
    another: { address: "other@contoso.com" },
    renamed: { displayName: "relay-renamed-erp" },
    change: { displayName: "x" },
    markByHand: (CustomAttribute15) =>
      fixture.lab.admin("Set-Mailbox", { Identity: address(), CustomAttribute15 }),
    removeByHand: () => fixture.lab.admin("Remove-Mailbox", { Identity: address() }),
  });

  it("nobody signs in to it, nothing but SMTP AUTH opens it, and it is marked as ours", async () => {
    fixture.lab.world.settings.sharedSignIn = "open";
    const { id, outs } = await life().up(declare({ address: address().toUpperCase() }));
    const mailbox = held();
    assert.partialDeepStrictEqual(mailbox, {
      guid: id,
      name: "relay-test-erp",
      displayName: "ERP",
      recipientTypeDetails: "SharedMailbox",
      accountDisabled: true,
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
    const user = fixture.lab.world.directory.users.find(
      (account) => account.id === mailbox?.externalDirectoryObjectId,
    );
    assert.equal(user?.accountEnabled, false);
    assert.deepEqual(
      [outs.address, outs.guid, outs.externalDirectoryObjectId, outs.accountDisabled],
      [address(), id, mailbox?.externalDirectoryObjectId, true],
    );
  });

  it("an account that was made blocked is not blocked again", async () => {
    const sent: object[] = [];
    const watching: Around = (invoke) => (cmdlet, parameters) => {
      if (cmdlet === "Set-Mailbox") sent.push(parameters);
      return invoke(cmdlet, parameters);
    };
    await life(watching).up(declare());
    assert.deepEqual(
      sent.map((parameters) => "AccountDisabled" in parameters),
      [false],
    );
  });

  it("drift is seen, and the next update undoes all of it", async () => {
    const made = await life().up(declare());
    const wanted = heldIn(fixture);
    const Identity = address();
    fixture.lab.admin("Set-CASMailbox", {
      Identity,
      ImapEnabled: true,
      SmtpClientAuthenticationDisabled: null,
    });
    fixture.lab.admin("Set-Mailbox", {
      Identity,
      AccountDisabled: false,
      CustomAttribute15: "",
      RetentionPolicy: "",
      MessageCopyForSMTPClientSubmissionEnabled: true,
    });
    const seen = await life().refresh(made);
    assert.equal(seen?.drift, true);
    assert.partialDeepStrictEqual(seen?.outs, {
      imapEnabled: true,
      smtpClientAuthenticationDisabled: null,
      accountDisabled: false,
      customAttribute15: "",
      retentionPolicy: "",
    });
    const updated = await life().up(declare(), seen);
    assert.equal(updated.step, "update");
    assert.deepEqual(heldIn(fixture), wanted);
  });

  it("a mailbox that Exchange names by its account is ours by id and mark, and is never replaced", async () => {
    const { settings } = fixture.lab.world;
    settings.mailboxName = "object id";
    const made = await life().up(declare());
    assert.equal(held()?.name, made.outs.externalDirectoryObjectId);
    assert.equal(made.outs.ready, true);
    const seen = await life().refresh(made);
    assert.deepEqual([seen?.drift, seen?.outs], [false, made.outs]);
    assert.equal((await life().up(declare())).id, made.id, "a killed run's is taken over");
  });

  it("its account has the address as its user name, whatever New-Mailbox made of it", async () => {
    const userName = () =>
      fixture.lab.world.directory.users.find(({ id }) => id === held()?.externalDirectoryObjectId)
        ?.userPrincipalName;
    const made = await life(
      following("New-Mailbox", () => assert.equal(userName(), `relay-test-erp@${fixture.domain}`)),
    ).up(declare());
    assert.deepEqual([userName(), made.outs.userName], [address(), address()]);
  });

  it("a user name that somebody has is left, and is said with the name to sign in with", async (t) => {
    const said = t.mock.method(console, "log", () => {});
    const { users } = fixture.lab.world.directory;
    const [first] = users;
    assert.ok(first);
    const id = "11111111-2222-4333-8444-555555555555";
    users.push({ ...structuredClone(first), id, userPrincipalName: address() });
    const made = await life().up(declare());
    assert.deepEqual(
      [made.outs.ready, made.outs.ownWay.userName],
      [true, `relay-test-erp@${fixture.domain}`],
    );
    assert.match(
      String(said.mock.calls[0]?.arguments[0]),
      /^the user name of mailbox erp@.* stays relay-test-erp@.*, because Set-Mailbox: The user name 'erp@.*' is already being used.*; if a sign-in as erp@.* ends with 535 5\.7\.3, sign in as relay-test-erp@.*$/,
    );
    assert.equal((await life().refresh(made))?.drift, false);
  });

  it("an address that somebody takes in between is refused with who has it", async () => {
    const inputs = await life().checked(declare());
    const racing: Around = (invoke) => (cmdlet, parameters) => {
      if (cmdlet === "New-Mailbox") {
        fixture.lab.admin("New-Mailbox", {
          Shared: true,
          Name: "theirs",
          PrimarySmtpAddress: address(),
        });
      }
      return invoke(cmdlet, parameters);
    };
    assert.match(
      (await thrownBy(() => life(racing).create(inputs))).message,
      /^address: ".*" is the address of SharedMailbox ".*" \(.*\) already/,
    );
  });

  it("another display name is an update", async () => {
    const made = await life().up(declare());
    const updated = await life().up(declare({ displayName: "Invoices" }), made);
    assert.deepEqual([updated.step, held()?.displayName], ["update", "Invoices"]);
    assert.equal(updated.id, made.id);
  });

  it("a mailbox of a run that was killed right after New-Mailbox is taken over", async () => {
    const before = heldIn(fixture);
    const killed = following("New-Mailbox", () => {
      throw new Error("killed");
    });
    await thrownBy(() => life(killed).up(declare()));
    assert.equal(held()?.displayName, MARK);
    const made = await life().up(declare());
    assert.deepEqual([held()?.displayName, held()?.customAttributes[15]], ["ERP", MARK]);
    await life().destroy(made);
    assert.deepEqual(heldIn(fixture), before);
  });

  it("a failure after New-Mailbox leaves it half made; it can be finished, and removed", async () => {
    const before = heldIn(fixture);
    const failing: Around = (invoke) => (cmdlet, parameters) => {
      if (cmdlet !== "Set-Mailbox") return invoke(cmdlet, parameters);
      throw new ExchangeError({ cmdlet, status: 400, type: "X", message: "Set-Mailbox: no" });
    };
    const inputs = await life().checked(declare());
    const error = await thrownBy(() => life(failing).create(inputs));
    assert.ok(error instanceof HalfMade, error.message);
    assert.match(error.message, /^Set-Mailbox: no; run pulumi up again$/);
    const half = { id: error.id, inputs, outs: { ...error.properties } };
    const finished = await life().up(declare(), half);
    assert.deepEqual([finished.step, finished.outs.ready], ["update", true]);
    await life().destroy(half);
    assert.deepEqual(heldIn(fixture), before);
  });

  it("one that was never finished can be removed", async () => {
    const before = heldIn(fixture);
    const failing: Around = (invoke) => (cmdlet, parameters) => {
      if (!cmdlet.startsWith("Set-")) return invoke(cmdlet, parameters);
      throw new ExchangeError({ cmdlet, status: 400, type: "X", message: "no" });
    };
    const inputs = await life().checked(declare());
    const error = await thrownBy(() => life(failing).create(inputs));
    assert.ok(error instanceof HalfMade, error.message);
    await life().destroy({ id: error.id, inputs, outs: { ...error.properties } });
    assert.deepEqual(heldIn(fixture), before);
  });

  it("SMTP AUTH is switched on in a call of its own, before any client is closed", async () => {
    const sent: string[][] = [];
    const watching: Around = (invoke) => (cmdlet, parameters) => {
      if (cmdlet === "Set-CASMailbox") sent.push(Object.keys(parameters).sort());
      return invoke(cmdlet, parameters);
    };
    await life(watching).up(declare());
    assert.deepEqual(sent[0], ["Confirm", "Identity", "SmtpClientAuthenticationDisabled"]);
    assert.deepEqual([sent.length, sent[1]?.includes("OWAEnabled")], [2, true]);
  });

  for (const [cmdlet, parameter, key, shown] of [
    ["Set-CASMailbox", "MacOutlookEnabled", "macOutlookEnabled", true],
    ["Set-CASMailbox", "PopEnabled", "popEnabled", true],
    [
      ...(["Set-Mailbox", "MessageCopyForSMTPClientSubmissionEnabled"] as const),
      ...(["messageCopyForSMTPClientSubmissionEnabled", true] as const),
    ],
    ["Set-Mailbox", "HiddenFromAddressListsEnabled", "hiddenFromAddressListsEnabled", false],
  ] as const) {
    it(`a tenant without ${parameter} keeps it as it is, with a word, and the sender is ready`, async (t) => {
      const said = t.mock.method(console, "log", () => {});
      const without: Around = (invoke) => (name, parameters) => {
        if (name !== cmdlet || !(parameter in parameters)) return invoke(name, parameters);
        return invoke(name, { ...parameters, [parameter]: "not a Boolean" });
      };
      const made = await life(without).up(declare());
      assert.deepEqual(
        [made.outs.ready, made.outs.pending, made.outs.ownWay],
        [true, "", { [key]: shown }],
      );
      assert.partialDeepStrictEqual(held(), {
        displayName: "ERP",
        customAttributes: { 15: MARK },
        clientAccess: { smtpClientAuthenticationDisabled: false, owaEnabled: false },
      });
      const lines = said.mock.calls.map(({ arguments: [line] }) => String(line));
      const start = `${parameter} of mailbox ${address()} stays as it is, because ${cmdlet}: `;
      assert.deepEqual(
        lines.map(
          (line) => line.startsWith(start) && line.endsWith("; the sender can send without it"),
        ),
        [true],
      );
      const seen = await life().refresh(made);
      assert.deepEqual([seen?.drift, seen?.outs], [false, made.outs]);
      const step = await life(without).up(declare({ displayName: "Invoices" }), made);
      assert.deepEqual([step.step, held()?.displayName], ["update", "Invoices"]);
    });
  }

  for (const newest of ["known", "shown alone", "absent"] as const) {
    it(`the newest client switch ${newest}: closed where there is one, and no drift`, async () => {
      fixture.lab.world.settings.newestClientSwitch = newest;
      const made = await life().up(declare());
      assert.equal(made.outs.ready, true);
      assert.deepEqual(
        [held()?.clientAccess.oneWinNativeOutlookEnabled, held()?.clientAccess.owaEnabled],
        [newest !== "known", false],
      );
      assert.equal((await life().refresh(made))?.drift, false);
    });
  }

  describe("parameters that the tenant's cmdlet does not have", () => {
    const WORDS = {
      one: (names: readonly string[]) =>
        `Parameter set cannot be resolved using the specified named parameters. Invalid cmdlet parameters specified. ${names[0]}`,
      all: (names: readonly string[]) =>
        `Parameter set cannot be resolved using the specified named parameters. Invalid cmdlet parameters specified. ${names.join(", ")}`,
      PowerShell: (names: readonly string[]) =>
        `A parameter cannot be found that matches parameter name '${names[0]}'.`,
    };
    /** A tenant whose cmdlets lack these, and the writes that it was sent. */
    const openTenantWithout = (absent: readonly string[], words: keyof typeof WORDS = "one") => {
      const sent: { cmdlet: string; parameters: string[] }[] = [];
      const around: Around = (invoke) => async (cmdlet, parameters) => {
        if (!cmdlet.startsWith("Set-")) return invoke(cmdlet, parameters);
        sent.push({ cmdlet, parameters: Object.keys(parameters) });
        const unknown = absent.filter((name) => name in parameters);
        if (unknown.length === 0) return invoke(cmdlet, parameters);
        const type = "AmbiguousParameterSetException";
        const message = `${cmdlet}: ${WORDS[words](unknown)}`;
        throw new ExchangeError({ cmdlet, status: 400, type, message });
      };
      return { sent, kind: sharedMailbox(fixture.run(around)) };
    };
    const calls = ({ sent }: ReturnType<typeof openTenantWithout>) =>
      sent.splice(0).map(({ cmdlet }) => cmdlet);
    const inputsOf = (local: string) =>
      life().checked(
        declare({ address: `${local}@${fixture.domain}`, name: `relay-test-${local}` }),
      );

    it("the lab's own words are understood", async () => {
      fixture.lab.world.settings.newestClientSwitch = "shown alone";
      await life().up(declare());
      assert.deepEqual(
        [fixture.asked("Set-Mailbox"), fixture.asked("Set-CASMailbox")],
        [1, 3],
        "SMTP AUTH, all clients, and all without the newest",
      );
    });

    for (const [words, again] of [
      ["one", 3],
      ["PowerShell", 3],
      ["all", 2],
    ] as const) {
      it(`are left out and the rest is sent in one call, where the words name ${words}; later mailboxes are not asked again`, async (t) => {
        t.mock.method(console, "log", () => {});
        const tenant = openTenantWithout(["PopEnabled", "MacOutlookEnabled"], words);
        await tenant.kind.create(await inputsOf("erp"));
        assert.deepEqual(calls(tenant), [
          "Set-Mailbox",
          "Set-CASMailbox",
          ...Array<string>(again).fill("Set-CASMailbox"),
        ]);
        await tenant.kind.create(await inputsOf("crm"));
        assert.deepEqual(calls(tenant), ["Set-Mailbox", "Set-CASMailbox", "Set-CASMailbox"]);
        assert.partialDeepStrictEqual(held()?.clientAccess, {
          popEnabled: true,
          macOutlookEnabled: true,
          owaEnabled: false,
          imapEnabled: false,
        });
      });
    }

    it("of Set-Mailbox are left out the same way, and the mark is written", async (t) => {
      t.mock.method(console, "log", () => {});
      const tenant = openTenantWithout(["MessageCopyForSMTPClientSubmissionEnabled"]);
      await tenant.kind.create(await inputsOf("erp"));
      assert.deepEqual(
        calls(tenant).filter((cmdlet) => cmdlet === "Set-Mailbox"),
        ["Set-Mailbox", "Set-Mailbox"],
      );
      assert.equal(held()?.customAttributes[15], MARK);
    });

    it("one without which no sender can send is an error", async () => {
      const tenant = openTenantWithout(["SmtpClientAuthenticationDisabled"]);
      const inputs = await inputsOf("erp");
      const error = await thrownBy(() => tenant.kind.create(inputs));
      assert.ok(error instanceof HalfMade);
      assert.match(error.message, /SmtpClientAuthenticationDisabled; run pulumi up again/);
    });
  });

  for (const [shows, hides] of [
    ["Get-Mailbox", "Get-CASMailbox"],
    ["Get-CASMailbox", "Get-Mailbox"],
  ] as const) {
    describe(`of which ${shows} returns a part and ${hides} nothing`, () => {
      const hiding =
        (looks: number): Around =>
        (invoke) =>
        async (cmdlet, parameters) => {
          const answer = await invoke(cmdlet, parameters);
          return cmdlet === hides && looks-- > 0 ? { ...answer, value: [] } : answer;
        };

      it("is waited for by refresh, change and removal", async (t) => {
        const made = await life().up(declare());
        const slow = passTime(t, 1_000);
        const late = life((invoke) => slow(hiding(2)(invoke)));
        assert.equal((await late.refresh(made))?.drift, false);
        const changed = await life((invoke) => slow(hiding(2)(invoke))).up(
          declare({ displayName: "x" }),
          made,
        );
        assert.deepEqual([changed.step, held()?.displayName], ["update", "x"]);
        await life((invoke) => slow(hiding(2)(invoke))).destroy(changed);
        assert.equal(held(), undefined);
      });

      it("is not taken for gone when it stays so: state keeps it, and so does Exchange", async (t) => {
        const made = await life().up(declare());
        const before = structuredClone(held());
        const slow = passTime(t, 61_000);
        const late = () => life((invoke) => slow(hiding(99)(invoke)));
        for (const act of [
          () => late().refresh(made),
          () => late().destroy(made),
          () => late().up(declare({ displayName: "x" }), made),
        ]) {
          assert.equal(
            (await thrownBy(act)).message,
            `Exchange returns mailbox ${address()} from ${shows} and not from ${hides}; run it again in a few minutes`,
          );
        }
        assert.deepEqual(held(), before);
      });
    });
  }

  it("a client switch that is taken and not kept is no failure, and is said", async (t) => {
    const said = t.mock.method(console, "log", () => {});
    const stubborn: Around = (invoke) => async (cmdlet, parameters) => {
      const answer = await invoke(cmdlet, parameters);
      if (cmdlet !== "Get-CASMailbox") return answer;
      return { ...answer, value: answer.value.map((one) => ({ ...one, EwsEnabled: true })) };
    };
    const slow = passTime(t, 4_000);
    const made = await life((invoke) => slow(stubborn(invoke))).up(declare());
    assert.deepEqual([made.outs.ready, made.outs.ownWay], [true, { ewsEnabled: true }]);
    assert.deepEqual(
      said.mock.calls.map(({ arguments: [line] }) => String(line)),
      [`Exchange keeps ewsEnabled true of mailbox ${address()}, although false was sent`],
    );
  });

  it("SMTP AUTH that Exchange stores differently is an error that names it", async (t) => {
    const stubborn: Around = (invoke) => async (cmdlet, parameters) => {
      const answer = await invoke(cmdlet, parameters);
      if (cmdlet !== "Get-CASMailbox") return answer;
      const off = { SmtpClientAuthenticationDisabled: null };
      return { ...answer, value: answer.value.map((one) => ({ ...one, ...off })) };
    };
    const slow = passTime(t, 61_000);
    const error = await thrownBy(() => life((invoke) => slow(stubborn(invoke))).up(declare()));
    assert.ok(error instanceof HalfMade);
    assert.match(
      error.message,
      /^Exchange stored smtpClientAuthenticationDisabled null of mailbox erp@.* instead of the value that was sent/,
    );
  });

  it("a retention policy that the tenant does not have is not set, and is no drift", async (t) => {
    const said = t.mock.method(console, "log", () => {});
    const made = await life().up(declare({ retentionPolicy: "Ten years" }));
    assert.match(
      String(said.mock.calls[0]?.arguments[0]),
      /^the tenant has no retention policy "Ten years"; mailbox erp@.* keeps the policy that it has$/,
    );
    assert.equal(held()?.retentionPolicy, "Default MRM Policy");
    assert.deepEqual(
      [made.outs.ready, made.outs.ownWay],
      [true, { retentionPolicy: "Default MRM Policy" }],
    );
    const seen = await life().refresh(made);
    assert.deepEqual([seen?.drift, seen?.outs], [false, made.outs]);
    fixture.lab.admin("Set-Mailbox", { Identity: address(), RetentionPolicy: "" });
    const changed = await life().refresh(made);
    assert.deepEqual(
      [changed?.drift, changed?.outs],
      [true, { ...made.outs, retentionPolicy: "" }],
      "another value than the tenant's own is drift",
    );
  });

  it("an address that a mailbox has is refused, with who has it and the choices", async () => {
    const taken = `anna@${fixture.domain}`;
    assert.match(
      await refused(declare({ address: taken })),
      new RegExp(
        `^address: "${taken}" is the address of UserMailbox "anna" \\(${taken}\\) already; choose another address; nothing was changed$`,
      ),
    );
  });

  it("an address that is somebody's user name is refused as such", async () => {
    const [first] = fixture.lab.world.directory.users;
    assert.ok(first);
    first.userPrincipalName = address();
    assert.match(
      await refused(declare()),
      /is the user name of UserMailbox "postmaster" .* already; choose another address; nothing/,
    );
  });

  it("an address that is an alias is refused as such", async () => {
    const alias = { "@odata.type": "#Exchange.GenericHashTable", Add: [`smtp:${address()}`] };
    fixture.lab.admin("Set-Mailbox", { Identity: `anna@${fixture.domain}`, EmailAddresses: alias });
    assert.match(
      await refused(declare()),
      /is an alias of UserMailbox "anna" .* already; choose another address; nothing/,
    );
  });

  it("a shared mailbox of somebody else, or of another stack, is refused", async () => {
    const Identity = address();
    fixture.lab.admin("New-Mailbox", {
      Shared: true,
      Name: "theirs",
      PrimarySmtpAddress: Identity,
    });
    assert.match(await refused(declare()), /is the address of SharedMailbox "theirs"/);
    fixture.lab.admin("Set-Mailbox", { Identity, CustomAttribute15: THEIRS });
    assert.match(await refused(declare()), /is the address of SharedMailbox "theirs"/);
  });

  it("a user's mailbox is not taken over, though it is marked as ours", async () => {
    const Identity = `anna@${fixture.domain}`;
    fixture.lab.admin("Set-Mailbox", { Identity, CustomAttribute15: MARK });
    assert.match(
      await refused(declare({ address: Identity })),
      /is the address of UserMailbox "anna" .* already; choose another address/,
    );
  });

  it("a name that another mailbox has is refused", async () => {
    assert.match(
      await refused(declare({ name: "Anna" })),
      /^name: "Anna" is the Name and the Alias of UserMailbox "anna" .* already; give it another Name and another Alias, or/,
    );
  });

  it("what is no mailbox's address, name or display name is refused without asking", async () => {
    for (const [change, words] of [
      [{ address: "*@contoso.com" }, /^address: is not the address of a mailbox/],
      [{ address: "erp" }, /^address: is not the address of a mailbox/],
      [
        { name: "x".repeat(65) },
        /^name: has 65 characters, but a mailbox's name can have at most 64/,
      ],
      [{ displayName: " " }, /^displayName: is empty/],
    ] as const) {
      assert.match((await life().refusals(declare(change)))[0] ?? "", words);
    }
    assert.deepEqual(fixture.events(), []);
  });
});
