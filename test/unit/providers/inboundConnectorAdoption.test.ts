import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { inboundConnector } from "../../../providers/exchange/inboundConnector.ts";
import { ExchangeError } from "../../../tenant/exchangeError.ts";
import { thrownBy } from "../tenant/bench.ts";
import { type Around, passTime, useProviderFixture } from "./fixture.ts";
import { heldIn, namedLife } from "./namedLife.ts";
import { following, halfMadeBy, unanswered } from "./trouble.ts";

const MARK = "Managed by Pulumi: relay/test/erp (adopted). Changes made by hand are undone.";
const THEIRS = MARK.replace("/test/", "/prod/");

describe("an inbound connector that was there before", () => {
  const fixture = useProviderFixture("adoption");

  const life = (around?: Around) => namedLife({ fixture, kind: inboundConnector }, around);
  const adopted = (change: object = {}) =>
    fixture.declared({ name: "Old Relay", adopt: true, ...change });
  const makeOld = (change = {}) =>
    fixture.byHand({
      Name: "OLD Relay",
      Comment: "Made by Anna in 2019, for the ERP.",
      SenderIPAddresses: ["192.0.2.77", "192.0.2.64/28"],
      SenderDomains: ["smtp:*;5"],
      TlsSenderCertificateName: `old.${fixture.domain}`,
      AssociatedAcceptedDomains: [fixture.lab.world.tenant.initialDomain],
      TreatMessagesAsInternal: true,
      RequireTls: true,
      Enabled: false,
      ...change,
    });
  const byHand = (change: object) =>
    fixture.lab.admin("Set-InboundConnector", { Identity: "Old Relay", ...change });
  const held = () => heldIn(fixture);
  /** What an act throws, which must change nothing. */
  async function refused(act: () => Promise<unknown>): Promise<string> {
    const before = held();
    const { message } = await thrownBy(act);
    assert.deepEqual(held(), before, "nothing was changed");
    return message;
  }

  describe("is adopted", () => {
    it("as declared, under its own id, and not made a second time", async () => {
      const [old] = makeOld();
      const { id, outs } = await life().up(adopted());
      assert.equal(id, old?.Guid);
      assert.equal(fixture.asked("New-InboundConnector"), 1, "by hand alone");
      assert.partialDeepStrictEqual(fixture.held("Old Relay"), {
        guid: id,
        comment: MARK,
        enabled: true,
        senderIPAddresses: [fixture.address],
        senderDomains: ["smtp:*;1"],
        tlsSenderCertificateName: null,
        associatedAcceptedDomains: [fixture.domain],
        treatMessagesAsInternal: false,
        requireTls: true,
      });
      assert.partialDeepStrictEqual(outs.before, {
        name: "OLD Relay",
        comment: "Made by Anna in 2019, for the ERP.",
        enabled: false,
        senderIPAddresses: ["192.0.2.64/28", "192.0.2.77"],
        senderDomains: ["smtp:*;5"],
      });
    });

    it("not without leave", async () => {
      makeOld();
      const inputs = await life().checked(adopted());
      const message = await refused(() => life().create({ ...inputs, adopt: false }));
      assert.match(message, /"OLD Relay" is the name of a connector that exists already/);
    });

    it("not when it is a hybrid organisation's, in check and at create", async () => {
      makeOld();
      const inputs = await life().checked(adopted());
      byHand({ ConnectorSource: "HybridWizard" });
      const [refusal, ...others] = await life().refusals(adopted());
      assert.match(
        refusal ?? "",
        /^name: can't be adopted: it is the connector of the organisation's hybrid configuration; remove adoptConnector/,
      );
      assert.deepEqual(others, []);
      assert.match(
        await refused(() => life().create(inputs)),
        /^name: "OLD Relay" can't be adopted: it is the connector of the organisation's hybrid configuration/,
      );
    });

    it("not under a name that no connector has: check lists those that there are", async () => {
      assert.match(
        (await life().refusals(adopted()))[0] ?? "",
        /^name: can't be adopted: the tenant has no connector of that name; remove adoptConnector/,
      );
      makeOld();
      assert.match(
        (await life().refusals(adopted({ name: "Old Rely" })))[0] ?? "",
        /no connector of that name; name a connector that can be adopted \("OLD Relay"\), or remove adoptConnector from the sender/,
      );
    });

    it("not when it was removed since the check, nor made", async () => {
      makeOld();
      const inputs = await life().checked(adopted());
      fixture.lab.admin("Remove-InboundConnector", { Identity: "Old Relay" });
      const message = await refused(() => life().create(inputs));
      assert.match(message, /^name: "Old Relay" can't be adopted: .*; nothing was changed$/);
      assert.equal(fixture.asked("New-InboundConnector"), 1, "by hand alone");
    });

    it("not when another stack has taken it since the check", async () => {
      makeOld();
      const inputs = await life().checked(adopted());
      byHand({ Comment: THEIRS });
      assert.match(
        await refused(() => life().create(inputs)),
        /can't be adopted: relay\/prod\/erp manages it/,
      );
    });

    it("not when Exchange refuses to change it: it stays as it was, and out of state", async () => {
      makeOld();
      const inputs = await life().checked(adopted({ senderIPAddresses: ["167.89.1.1"] }));
      const message = await refused(() => life().create(inputs));
      assert.match(message, /contains third-party vendor addresses$/);
    });

    it("not when it is the sender's own, renamed by hand: it would be removed next", async () => {
      const made = await life().up(fixture.declared());
      fixture.lab.admin("Set-InboundConnector", { Identity: made.id, Name: "Foo" });
      const before = held();
      assert.match(
        (await life().refusals(adopted({ name: "Foo" }), made))[0] ?? "",
        /has already, renamed by hand; remove adoptConnector from the sender, and run pulumi up --refresh/,
      );
      assert.deepEqual(held(), before);
    });
  });

  describe("is told in the preview", () => {
    /** What check prints, and what it refuses. */
    async function said(t: TestContext, inputs: object, made?: object): Promise<string> {
      const log = t.mock.method(console, "log", () => {});
      assert.deepEqual(await life().refusals(inputs, made as never), []);
      return log.mock.calls.map(({ arguments: [text] }) => text).join("\n");
    }

    it("with every property before and after, and what may stop", async (t) => {
      fixture.lab.world.settings.associatedDomainsShown = "path";
      const { initialDomain } = fixture.lab.world.tenant;
      makeOld();
      assert.deepEqual((await said(t, adopted())).split("\n"), [
        'connector "OLD Relay" is adopted:',
        "  Name                          OLD Relay -> Old Relay",
        "  Enabled                       false -> true",
        "  ConnectorType                 OnPremises",
        `  Comment                       Made by Anna in 2019, for the ERP. -> ${MARK}`,
        "  SenderDomains                 *",
        `  SenderIPAddresses             192.0.2.64/28, 192.0.2.77 -> ${fixture.address}`,
        `  TlsSenderCertificateName      old.${fixture.domain} -> (none)`,
        "  RequireTls                    true",
        `  AssociatedAcceptedDomains     ${initialDomain} -> ${fixture.domain}`,
        "  RestrictDomainsToIPAddresses  false",
        "  RestrictDomainsToCertificate  false",
        "  TreatMessagesAsInternal       true -> false",
        "  CloudServicesMailEnabled      false",
        "  warning: servers recognised by 192.0.2.64/28, 192.0.2.77 alone are refused (550 5.7.64); list in egress what still sends, if the sender is staticIp",
        `  warning: servers recognised by a certificate for old.${fixture.domain} alone are refused (550 5.7.64); give them a sender of their own with this certificateName`,
        `  warning: mail from ${initialDomain} is refused (550 5.7.64); let what sends from it use another domain, or remove restrictToDomains`,
        "  warning: it is disabled now, perhaps on purpose; the adoption enables it",
        "  warning: its messages count as mail from outside: they are filtered for spam, and recipients that accept internal mail alone refuse them",
      ]);
    });

    const rows: [string, object, object, RegExp | undefined][] = [
      [
        "STARTTLS demanded",
        { RequireTls: false },
        {},
        /without STARTTLS are refused \(454 4\.7\.0\)/,
      ],
      [
        "one of its addresses left out",
        {},
        { senderIPAddresses: ["198.51.100.1"] },
        /recognised by 198\.51\.100\.2 alone are refused/,
      ],
      [
        "a part of a range left out",
        { SenderIPAddresses: ["198.51.100.0/28"] },
        { senderIPAddresses: ["198.51.100.0/29"] },
        /recognised by 198\.51\.100\.0\/28 alone/,
      ],
      ["its addresses in a wider range", {}, { senderIPAddresses: ["198.51.100.0/24"] }, undefined],
      [
        "a limit that was not there",
        {},
        { associatedAcceptedDomains: ["own"] },
        /mail from other domains than .* is refused/,
      ],
      [
        "its limit taken off",
        { AssociatedAcceptedDomains: ["own"] },
        {},
        /open for every accepted domain/,
      ],
      [
        "its limit kept",
        { AssociatedAcceptedDomains: ["own"] },
        { associatedAcceptedDomains: ["own"] },
        undefined,
      ],
      [
        "a Partner connector",
        { ConnectorType: "Partner" },
        {},
        /is a Partner connector now, which does not relay/,
      ],
      [
        "a Partner connector that restricts",
        { ConnectorType: "Partner", RestrictDomainsToIPAddresses: true },
        {},
        /that other servers send is not refused any more/,
      ],
      [
        "headers of a hybrid organisation",
        { CloudServicesMailEnabled: true },
        {},
        /headers of a hybrid organisation are removed/,
      ],
      ["nothing changed", {}, {}, undefined],
    ];
    for (const [what, before, change, warning] of rows) {
      it(`with ${what}: ${warning ? "a warning" : "no warning"}`, async (t) => {
        const own = (object: object) =>
          JSON.parse(JSON.stringify(object).replaceAll('"own"', JSON.stringify(fixture.domain)));
        fixture.byHand({
          ...{ Name: "Old Relay", SenderIPAddresses: ["198.51.100.1", "198.51.100.2"] },
          ...{ RequireTls: true, ...own(before) },
        });
        const inputs = adopted({
          senderIPAddresses: ["198.51.100.1", "198.51.100.2"],
          ...{ associatedAcceptedDomains: [], ...own(change) },
        });
        const lines = (await said(t, inputs)).split("\n").filter((line) => /warning/.test(line));
        if (warning === undefined) assert.deepEqual(lines, []);
        else assert.match(lines.join("\n"), warning);
      });
    }

    it("once: not again when it is changed later", async (t) => {
      makeOld();
      const made = await life().up(adopted());
      assert.equal(await said(t, adopted({ senderIPAddresses: ["198.51.100.9"] }), made), "");
    });

    it("and not at all of a connector of our own", async (t) => {
      assert.equal(await said(t, fixture.declared()), "");
    });
  });

  describe("is put back", () => {
    /** Destroys it, and sees that it is what it was before. */
    async function putBack(
      before: object,
      made: Parameters<ReturnType<typeof life>["destroy"]>[0],
    ) {
      assert.notDeepEqual(held(), before);
      await life().destroy(made);
      assert.deepEqual(held(), before);
      assert.equal(fixture.asked("Remove-InboundConnector"), 0);
    }

    it("by destroy, which removes nothing", async () => {
      makeOld();
      const before = held();
      await putBack(before, await life().up(adopted()));
    });

    it("after updates and a refresh in between", async () => {
      makeOld();
      const before = held();
      const made = await life().up(adopted());
      const seen = await life().refresh(made);
      const news = fixture.certified({ name: "Old Relay", adopt: true });
      await putBack(before, await life().up(news, seen));
    });

    it("as a Partner connector, where it was one", async () => {
      makeOld({
        ...{ ConnectorType: "Partner", TreatMessagesAsInternal: false, Enabled: true },
        RestrictDomainsToIPAddresses: true,
        SenderDomains: ["partner.example", "*.partner.example"],
      });
      const before = held();
      const made = await life().up(adopted());
      assert.equal(fixture.held("Old Relay")?.connectorType, "OnPremises");
      await putBack(before, made);
    });

    it("by nothing at all, where it was adopted as it was: its Comment is its owner's", async () => {
      fixture.byHand({
        ...{ Name: "Old Relay", Comment: "Made by Anna.", RequireTls: true },
        ...{ SenderIPAddresses: [fixture.address], AssociatedAcceptedDomains: [fixture.domain] },
      });
      const made = await life().up(adopted());
      byHand({ Comment: "Now Piet's." });
      const before = held();
      assert.equal((await life().refresh(made))?.drift, false);
      assert.equal((await life().up(adopted(), made)).step, "same");
      await life().destroy(made);
      assert.deepEqual(held(), before);
      assert.equal(fixture.asked("Set-InboundConnector"), 1, "by hand alone");
    });

    it("after a change by hand was undone, where it was adopted as it was", async () => {
      fixture.byHand({
        ...{ Name: "Old Relay", Comment: "Made by Anna.", RequireTls: true },
        ...{ SenderIPAddresses: [fixture.address], AssociatedAcceptedDomains: [fixture.domain] },
      });
      const before = held();
      const made = await life().up(adopted());
      byHand({ SenderIPAddresses: ["198.51.100.9"] });
      const seen = await life().refresh(made);
      assert.equal(seen?.drift, true);
      const undone = await life().up(adopted(), seen);
      assert.deepEqual(fixture.held("Old Relay")?.senderIPAddresses, [fixture.address]);
      await putBack(before, undone);
    });

    it("where a change was made after it was adopted as it was", async () => {
      fixture.byHand({
        ...{ Name: "Old Relay", Comment: "Made by Anna.", RequireTls: true },
        ...{ SenderIPAddresses: [fixture.address], AssociatedAcceptedDomains: [fixture.domain] },
      });
      const before = held();
      const made = await life().up(adopted());
      assert.deepEqual(held(), before);
      const other = adopted({ senderIPAddresses: ["198.51.100.9"] });
      const changed = await life().up(other, made);
      assert.match(fixture.held("Old Relay")?.comment ?? "", /^Managed by Pulumi: .*\(adopted\)/);
      await putBack(before, changed);
    });

    it("as it is found without our mark, where state was lost", async () => {
      makeOld();
      await life().up(adopted());
      byHand({ RequireTls: false, SenderDomains: ["smtp:*;5"] });
      const [found] = structuredClone(fixture.lab.world.connectors);
      const again = await life().up(adopted());
      assert.equal(again.id, found?.guid);
      assert.equal(fixture.held("Old Relay")?.requireTls, true);
      await life().destroy(again);
      const [left] = fixture.lab.world.connectors;
      assert.deepEqual(left, { ...found, comment: "", whenChanged: left?.whenChanged });
      assert.equal(fixture.asked("Remove-InboundConnector"), 0);
    });

    it("also where state was lost and the sender does not adopt any more", async () => {
      makeOld();
      await life().up(adopted());
      await life().destroy(await life().up(fixture.declared({ name: "Old Relay" })));
      assert.equal(fixture.held("Old Relay")?.comment, "");
      assert.equal(fixture.asked("Remove-InboundConnector"), 0);
    });

    it("unless it is gone", async () => {
      makeOld();
      const made = await life().up(adopted());
      fixture.lab.admin("Remove-InboundConnector", { Identity: made.id });
      await life().destroy(made);
      assert.deepEqual(fixture.lab.world.connectors, []);
    });

    it("unless somebody else has taken it over", async () => {
      makeOld();
      const made = await life().up(adopted());
      byHand({ Comment: THEIRS });
      const message = await refused(() => life().destroy(made));
      assert.match(message, /is now managed by relay\/prod\/erp, so it was not removed/);
    });

    it("or the error says that Exchange takes the original and does not keep it", async (t) => {
      makeOld();
      const made = await life().up(adopted());
      const deaf: Around = (invoke) => async (cmdlet, parameters) =>
        cmdlet === "Set-InboundConnector"
          ? { value: [], warnings: [] }
          : invoke(cmdlet, parameters);
      const passing = passTime(t, 70_000);
      const { message } = await thrownBy(() =>
        life((invoke) => passing(deaf(invoke))).destroy(made),
      );
      assert.match(
        message,
        /can't be put back as connector "OLD Relay".*: Exchange stored other values of /,
      );
    });

    it("or the error says that it was gone after the write", async (t) => {
      makeOld();
      const made = await life().up(adopted());
      const gone = following("Set-InboundConnector", () =>
        fixture.lab.admin("Remove-InboundConnector", { Identity: made.id }),
      );
      const passing = passTime(t, 70_000);
      const { message } = await thrownBy(() =>
        life((invoke) => passing(gone(invoke))).destroy(made),
      );
      assert.match(
        message,
        /can't be put back as connector "OLD Relay".*: Exchange does not return it any more; remove the cause and run destroy again/,
      );
      await life().destroy(made);
      assert.deepEqual(fixture.lab.world.connectors, []);
    });

    it("or the error says that Exchange refuses it, and what to do", async () => {
      const { acceptedDomains, initialDomain } = fixture.lab.world.tenant;
      makeOld();
      const made = await life().up(adopted());
      acceptedDomains.splice(
        acceptedDomains.findIndex(({ name }) => name === initialDomain),
        1,
      );
      const message = await refused(() => life().destroy(made));
      assert.match(
        message,
        /^connector "Old Relay" \(.*\) can't be put back as connector "OLD Relay", which it was before it was adopted: Set-InboundConnector: .*; remove the cause and run destroy again, or remove it from the state with pulumi state delete$/,
      );
      assert.ok(message.includes(made.id));
    });
  });

  describe("whose adoption fails after its first write", () => {
    /** Every read after the write meets a server error. */
    const noReads: Around = (invoke) =>
      following("Set-InboundConnector", () => {
        const what = { kind: "status", status: 500, retryAfter: 0.01 } as const;
        const where = { service: "exchange", match: "Get-InboundConnector" } as const;
        fixture.lab.faults.inject({ where, what, times: 4 });
      })(invoke);
    /** Exchange reads back another address than it was sent; the list before the write is as it is. */
    const otherAddress: Around = (invoke) => async (cmdlet, parameters) => {
      const result = await invoke(cmdlet, parameters);
      const value = result.value.map((one) => ({ ...one, SenderIPAddresses: ["192.0.2.1"] }));
      return "Identity" in parameters ? { ...result, value } : result;
    };
    const troubles: [string, Around, RegExp, number?][] = [
      ["reads that fail", noReads, /^Get-InboundConnector: .*; run pulumi up again$/],
      [
        "a write whose answer is lost",
        unanswered("Set-InboundConnector"),
        /^Set-InboundConnector: no answer.*; run pulumi up again$/,
      ],
      ["a value that Exchange keeps otherwise", otherAddress, /^Exchange stored sender/, 70_000],
    ];
    /** An adoption that something goes wrong with, as state has it then. */
    async function halfAdopted(around: Around) {
      const inputs = await life().checked(adopted());
      const half = await halfMadeBy(() => life(around).create(inputs));
      assert.partialDeepStrictEqual(half.outs.before, {
        ...{ name: "OLD Relay", senderDomains: ["smtp:*;5"], enabled: false },
        senderIPAddresses: ["192.0.2.64/28", "192.0.2.77"],
      });
      return { ...half, inputs };
    }

    for (const [name, around, words, ms] of troubles) {
      it(`by ${name}: is put back by destroy, also once the next up has finished it`, async (t) => {
        makeOld();
        const original = held();
        const passing: Around = ms === undefined ? (invoke) => invoke : passTime(t, ms);
        const fail = () => halfAdopted((invoke) => passing(around(invoke)));
        const half = await fail();
        assert.match(half.reason, words);
        assert.equal(half.id, fixture.held("Old Relay")?.guid, "it was written");
        await life().destroy(half);
        assert.deepEqual(held(), original);

        const again = await fail();
        const done = await life().up(adopted(), again);
        assert.deepEqual([done.step, done.outs.ready], ["update", true]);
        assert.deepEqual(done.outs.before, again.outs.before);
        await life().destroy(done);
        assert.deepEqual(held(), original);
        assert.equal(fixture.asked("Remove-InboundConnector"), 0);
      });
    }

    it("by a lost write that did not run: the next up repeats it", async () => {
      makeOld();
      const original = held();
      const what = { kind: "status", status: 502, retryAfter: 0.01 } as const;
      const where = { service: "exchange", match: "Set-InboundConnector" } as const;
      fixture.lab.faults.inject({ where, what, times: 4 });
      const half = await halfAdopted((invoke) => invoke);
      assert.deepEqual(held(), original);
      const done = await life().up(adopted(), half);
      assert.equal(fixture.held("Old Relay")?.enabled, true);
      await life().destroy(done);
      assert.deepEqual(held(), original);
    });

    it("by a write that ran, and whose next tries were refused as busy: is put back", async () => {
      makeOld();
      const original = held();
      const where = { service: "exchange", match: "Set-InboundConnector" } as const;
      fixture.lab.faults.inject({ where, what: { kind: "replyLost" } });
      const busy = { kind: "status", status: 429, retryAfter: 0.01 } as const;
      fixture.lab.faults.inject({ where, what: busy, times: 3 });
      const half = await halfAdopted((invoke) => invoke);
      assert.match(half.reason, /an earlier try may have run/);
      await life().destroy(half);
      assert.deepEqual(held(), original);
    });

    it("by a write that ran, and whose next try lacked the right: is put back", async () => {
      makeOld();
      const original = held();
      const cmdlet = "Set-InboundConnector";
      const half = await halfAdopted(
        following(cmdlet, () => {
          const refused = {
            status: 403,
            type: "",
            message: "no right; an earlier try may have run",
          };
          throw new ExchangeError({ cmdlet, ...refused, mayHaveRun: true });
        }),
      );
      assert.match(half.reason, /an earlier try may have run; /);
      await life().destroy(half);
      assert.deepEqual(held(), original);
    });

    it("by a write that never ran: destroy finds the original and leaves it", async () => {
      makeOld();
      const original = held();
      const half = await halfAdopted((invoke) => async (cmdlet, parameters) => {
        if (cmdlet !== "Set-InboundConnector") return invoke(cmdlet, parameters);
        return unanswered(cmdlet)(async () => ({ value: [], warnings: [] }))(cmdlet, {});
      });
      await life().destroy(half);
      assert.deepEqual(held(), original);
      assert.equal(fixture.asked("Set-InboundConnector"), 0);
    });
  });

  describe("is another object", () => {
    it("when adopt changes, or another connector is adopted, creating the new one first; a new name alone is an update", async () => {
      makeOld();
      fixture.byHand({ Name: "Second" });
      const outs = { guid: "1", preexisting: false, ready: true, pending: "", ownWay: {} };
      const ours = await life().checked(fixture.declared());
      const old = await life().checked(adopted());
      const second = await life().checked(adopted({ name: "Second" }));
      const kind = inboundConnector(fixture.run());
      const replaced = { changes: true, replaces: ["adopt"], deleteBeforeReplace: false };
      for (const [olds, news, expected] of [
        [ours, old, replaced],
        [old, ours, replaced],
        [old, second, replaced],
        [ours, { ...ours, name: "relay-test-crm" }, { ...replaced, replaces: [] }],
        [old, old, { ...replaced, changes: false, replaces: [] }],
      ] as const) {
        assert.deepEqual(await kind.diff("1", { ...olds, ...outs }, news), expected);
      }
    });

    it("but not under the same name in other letters", async () => {
      makeOld();
      const made = await life().up(adopted());
      const renamed = await life().up(adopted({ name: "OLD RELAY" }), made);
      assert.deepEqual([renamed.step, renamed.id], ["update", made.id]);
    });

    it("and can't become one under the same name: check says so without asking", async () => {
      makeOld();
      const made = await life().up(adopted());
      fixture.reset();
      assert.deepEqual(await life().refusals(fixture.declared({ name: "old relay" }), made), [
        'adopt: can\'t be set for connector "old relay", which the stack has adopted; put adoptConnector: "Old Relay" back, or give the sender another name',
      ]);
      const own = { ...made, inputs: { ...made.inputs, adopt: false } };
      assert.match(
        (await life().refusals(adopted(), own))[0] ?? "",
        /^adopt: can't be set for connector "Old Relay", which the stack created; remove adoptConnector from the sender, whose own connector it is$/,
      );
      assert.deepEqual(fixture.events(), []);
    });

    it("and another cloud for the same tenant is a change", async () => {
      makeOld();
      const { id, outs, inputs } = await life().up(adopted());
      const news = { ...inputs, environment: "china" as const };
      assert.equal((await inboundConnector(fixture.run()).diff(id, outs, news)).changes, true);
    });
  });
});
