import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inboundConnector } from "../../../providers/exchange/inboundConnector.ts";
import { type FaultKind, thrownBy } from "../tenant/bench.ts";
import { type Around, passTime, useProviderFixture } from "./fixture.ts";
import { heldIn, MARK, namedLife, OWNER, testNamed, UNKNOWN } from "./namedLife.ts";
import { following, halfMadeBy } from "./trouble.ts";

const NAME = "relay-test-erp";
/** Exceptions by which Exchange says that a name is taken. */
const NAME_TAKEN = [
  "ADObjectAlreadyExistsException",
  "ErrorInboundConnectorAlreadyExistsException",
] as const;

describe("an inbound connector", () => {
  const fixture = useProviderFixture("inbound connector");

  const declare = (change: object = {}) => fixture.declared(change);
  const one = { fixture, kind: inboundConnector, declare };
  const life = (around?: Around) => namedLife(one, around);
  const byHand = (change: object) =>
    fixture.lab.admin("Set-InboundConnector", { Identity: NAME, ...change });
  const strike = (match: string, what: FaultKind, times = 1) =>
    fixture.lab.faults.inject({ where: { service: "exchange", match }, what, times });
  const connectors = () => fixture.lab.world.connectors;

  testNamed({
    ...one,
    makes: "New-InboundConnector",
    removes: "Remove-InboundConnector",
    another: {},
    renamed: { name: "relay-renamed-erp" },
    change: { senderIPAddresses: ["198.51.100.222"] },
    removeByHand: () => fixture.lab.admin("Remove-InboundConnector", { Identity: NAME }),
    markByHand: (Comment) => byHand({ Comment }),
  });

  describe("is made", () => {
    it("by address: a marked OnPremises connector for these domains", async () => {
      const { id, outs } = await life().up(declare());
      assert.partialDeepStrictEqual(fixture.held(), {
        guid: id,
        name: NAME,
        enabled: true,
        connectorType: "OnPremises",
        comment: MARK,
        senderIPAddresses: [fixture.address],
        senderDomains: ["smtp:*;1"],
        associatedAcceptedDomains: [fixture.domain],
        requireTls: true,
        tlsSenderCertificateName: null,
        restrictDomainsToIPAddresses: false,
        restrictDomainsToCertificate: false,
        cloudServicesMailEnabled: false,
        treatMessagesAsInternal: false,
      });
      assert.deepEqual(outs, {
        ...declare(),
        ...{ connectorType: "OnPremises", enabled: true, comment: MARK, senderDomains: ["*"] },
        ...{ tlsSenderCertificateName: "", requireTls: true, treatMessagesAsInternal: false },
        ...{ restrictDomainsToIPAddresses: false, restrictDomainsToCertificate: false },
        ...{ cloudServicesMailEnabled: false, guid: id, ready: true, pending: "", ownWay: {} },
        preexisting: false,
      });
      assert.equal(connectors().length, 1);
      const refused = fixture.events().filter((event) => event.refused);
      assert.deepEqual(refused, [], "nothing that the lab has to refuse is asked of it");
    });

    it("by certificate: the name and no address", async () => {
      const { outs } = await life().up(fixture.certified());
      assert.partialDeepStrictEqual(fixture.held(), {
        tlsSenderCertificateName: `mail.${fixture.domain}`,
        senderIPAddresses: [],
      });
      assert.deepEqual([outs.ready, outs.senderIPAddresses], [true, []]);
    });

    /** Create after a check that saw nothing wrong, while `meanwhile` changes the tenant. */
    async function refused(meanwhile: () => void): Promise<Error> {
      const inputs = await life().checked(declare());
      meanwhile();
      const world = fixture.state();
      const error = await thrownBy(() => life().create(inputs));
      assert.deepEqual(fixture.state(), world, "nothing was changed");
      return error;
    }

    it("not under a name that was taken since the check", async () => {
      const { message } = await refused(() => fixture.byHand({ Name: "Relay-Test-ERP" }));
      assert.match(
        message,
        /^name: "Relay-Test-ERP" is the name of a connector that exists already and is not ours .*; rename it, or take it over with adoptConnector: "Relay-Test-ERP" on the sender; nothing was changed$/,
      );
    });

    it("not when a connector with the same match was made since the check", async () => {
      const { message } = await refused(() =>
        fixture.byHand({ SenderIPAddresses: [fixture.address] }),
      );
      assert.match(message, /^senderIPAddresses: .* is matched by "by hand" already/);
    });

    it("not where a comment only looks like our mark", async () => {
      for (const Comment of [`x ${MARK}`, `Managed by Pulumi: ${OWNER}`, MARK.toUpperCase()]) {
        fixture.reset();
        const { message } = await refused(() => fixture.byHand({ Name: NAME, Comment }));
        assert.match(message, /exists already and is not ours/);
      }
    });

    for (const type of NAME_TAKEN) {
      it(`not twice: one that shows only when its name is taken (${type}) is found`, async () => {
        fixture.lab.world.settings.nameTaken = type;
        const { id } = await life().up(declare());
        const late: Around = (invoke) => async (cmdlet, parameters) => {
          const result = await invoke(cmdlet, parameters);
          const isList = cmdlet === "Get-InboundConnector" && !("Identity" in parameters);
          return isList ? { ...result, value: [] } : result;
        };
        const again = await life(late).up(declare());
        assert.deepEqual([again.id, again.outs.ready], [id, true]);
        assert.equal(connectors().length, 1);
      });
    }

    it("not twice: one that state has lost is found again, and set right", async () => {
      const first = await life().up(declare());
      byHand({ SenderIPAddresses: ["192.0.2.9"] });
      const second = await life().up(declare());
      assert.deepEqual([second.id, second.outs], [first.id, first.outs]);
      assert.deepEqual(fixture.held()?.senderIPAddresses, [fixture.address]);
      await life().destroy(second);
      assert.deepEqual(connectors(), []);
    });

    it("not in an E5 developer tenant that looks like another one", async () => {
      fixture.lab.world.settings.connectorOffering = "refused";
      const { message } = await refused(() => {});
      assert.match(message, /^New-InboundConnector: .*can't create an inbound connector/);
    });
  });

  describe("whose id is known, and that Exchange does not return yet,", () => {
    it("is kept as pending after a minute, and finished later", async (t) => {
      strike("New-InboundConnector", { kind: "invisible", reads: 2 });
      const made = await life(passTime(t, 70_000)).up(declare());
      const reason = `Exchange does not return connector "${NAME}" yet; run pulumi up again in a few minutes`;
      assert.deepEqual([made.outs.ready, made.outs.pending], [false, reason]);
      const held = fixture.held();
      assert.equal(held?.guid, made.id);
      Object.assign(held ?? {}, { hiddenReads: 0 });
      const seen = await life().refresh(made);
      assert.deepEqual([seen?.outs.ready, "unseen" in (seen?.outs ?? {})], [true, false]);
      const done = await life().up(declare(), made);
      assert.deepEqual([done.step, done.outs.ready, done.outs.pending], ["update", true, ""]);
      assert.equal("unseen" in done.outs, false);
    });

    it("is never taken for gone", async (t) => {
      strike("New-InboundConnector", { kind: "invisible", reads: 2 });
      const made = await life(passTime(t, 70_000)).up(declare());
      const held = fixture.held();
      assert.ok(held);
      held.hiddenReads = 99;
      const slow = passTime(t, 10_000);
      const asked = fixture.asked("Get-InboundConnector");
      const seen = await life(slow).refresh(made);
      assert.deepEqual([seen?.id, seen?.outs, seen?.drift], [made.id, made.outs, true]);
      assert.ok(fixture.asked("Get-InboundConnector") >= asked + 2, "it was waited for");
      const words =
        /^Exchange does not return connector "relay-test-erp" \(.*\) yet; run it again in a few minutes, or remove it from the state with pulumi state delete$/;
      assert.match((await thrownBy(() => life(slow).up(declare(), made))).message, words);
      assert.match((await thrownBy(() => life(slow).destroy(made))).message, words);
      assert.equal(fixture.asked("Set-InboundConnector"), 0);
      held.hiddenReads = 0;
      await life().destroy(made);
      assert.deepEqual(connectors(), []);
    });

    it("is half made when reads fail, and finished by the next up", async () => {
      const noReads = following("New-InboundConnector", () =>
        strike("Get-InboundConnector", { kind: "status", status: 500, retryAfter: 0.01 }, 4),
      );
      const inputs = await life().checked(declare());
      const { id, outs } = await halfMadeBy(() => life(noReads).create(inputs));
      assert.equal(id, fixture.held()?.guid);
      const done = await life().up(declare(), { id, inputs, outs });
      assert.deepEqual([done.outs.ready, connectors().length], [true, 1]);
    });
  });

  describe("is changed", () => {
    it("from address to certificate and back: each time the other is cleared", async () => {
      const made = await life().up(declare());
      const certified = await life().up(fixture.certified(), made);
      assert.partialDeepStrictEqual(fixture.held(), {
        senderIPAddresses: [],
        tlsSenderCertificateName: `mail.${fixture.domain}`,
      });
      const back = await life().up(declare(), certified);
      assert.partialDeepStrictEqual(fixture.held(), {
        senderIPAddresses: [fixture.address],
        tlsSenderCertificateName: null,
      });
      assert.deepEqual(back.outs, made.outs);
    });

    it("to another name under its own id", async () => {
      const made = await life().up(declare());
      const renamed = await life().up(declare({ name: "relay-test-crm" }), made);
      assert.deepEqual([renamed.step, renamed.outs.guid], ["update", made.id]);
      assert.equal(fixture.held("relay-test-crm")?.guid, made.id);
      assert.equal(connectors().length, 1);
    });

    it("not to a name that another one has taken since the check", async () => {
      const made = await life().up(declare());
      const inputs = await life().checked(declare({ name: "taken" }), made);
      fixture.byHand({ Name: "taken" });
      const world = heldIn(fixture);
      const kind = inboundConnector(fixture.run());
      const error = await thrownBy(() => kind.update(made.id, made.outs, inputs));
      assert.match(error.message, /^Set-InboundConnector: The object 'CN=taken,.*already exists/);
      assert.equal(error.name, "ExchangeError", "nothing was written, so state stays as it is");
      assert.deepEqual(heldIn(fixture), world);
    });

    for (const owner of ["relay/prod/erp", "relay/test/crm"]) {
      it(`to the owner ${owner}: the old mark counts as ours, and the new one is written`, async () => {
        const made = await life().up(declare());
        const sibling = MARK.replace("/erp", "/web");
        fixture.byHand({ Comment: sibling, SenderIPAddresses: [fixture.address] });
        const moved = await life().up(declare({ owner }), made);
        const comment = MARK.replace(OWNER, owner);
        assert.deepEqual([moved.outs.comment, fixture.held()?.comment], [comment, comment]);
        const cutOff = await life().up(declare({ owner }), made);
        assert.deepEqual(
          cutOff.outs,
          moved.outs,
          "also where a run was cut off before it wrote state",
        );
        await life().destroy(moved);
        assert.deepEqual(
          connectors().map(({ name }) => name),
          ["by hand"],
        );
      });
    }

    it("and its mark, cleared by hand, is put back", async () => {
      const made = await life().up(declare());
      byHand({ Comment: "" });
      const changed = await life().up(declare({ senderIPAddresses: ["198.51.100.222"] }), made);
      assert.equal(fixture.held()?.comment, MARK);
      await life().destroy(changed);
      assert.deepEqual(connectors(), []);
    });

    it("and waited for while reads show it as it was", async () => {
      const made = await life().up(declare());
      strike("Set-InboundConnector", { kind: "stale", reads: 1 });
      const { outs } = await life().up(declare({ name: "relay-test-crm" }), made);
      assert.deepEqual([outs.ready, outs.name], [true, "relay-test-crm"]);
    });

    for (const emptyOutcome of ["value", "no body"] as const) {
      it(`whatever Exchange answers to a silent success ("${emptyOutcome}")`, async () => {
        fixture.lab.world.settings.emptyOutcome = emptyOutcome;
        const made = await life().up(declare());
        const renamed = await life().up(declare({ name: "relay-test-crm" }), made);
        assert.equal(renamed.outs.ready, true);
        await life().destroy(renamed);
        assert.deepEqual(connectors(), []);
      });
    }
  });

  describe("limited to domains", () => {
    const limited = () => declare({ associatedAcceptedDomains: [fixture.domain] });
    for (const shown of ["domain", "name", "path"] as const) {
      it(`and shown by ${shown} is as declared, and a further domain is drift`, async () => {
        const { tenant, settings } = fixture.lab.world;
        settings.associatedDomainsShown = shown;
        for (const domain of tenant.acceptedDomains) domain.objectName = `Main ${domain.name}`;
        const made = await life().up(limited());
        assert.deepEqual(fixture.held()?.associatedAcceptedDomains, [fixture.domain]);
        assert.deepEqual(made.outs.associatedAcceptedDomains, [fixture.domain]);
        assert.equal((await life().refresh(made))?.drift, false);
        const both = [fixture.domain, tenant.initialDomain];
        byHand({ AssociatedAcceptedDomains: both });
        const seen = await life().refresh(made);
        assert.deepEqual(seen?.outs.associatedAcceptedDomains, both.toSorted());
        assert.equal((await life().up(limited(), made)).step, "same");
        await life().up(limited(), { ...made, outs: seen?.outs });
        assert.deepEqual(fixture.held()?.associatedAcceptedDomains, [fixture.domain]);
      });
    }

    it("is opened again when the sender is not restricted any more", async () => {
      const made = await life().up(limited());
      const open = await life().up(declare({ associatedAcceptedDomains: [] }), made);
      assert.deepEqual([open.step, fixture.held()?.associatedAcceptedDomains], ["update", []]);
    });
  });

  it("that was renamed by hand is found by its id, and removed alone", async () => {
    const made = await life().up(declare());
    byHand({ Name: "mine" });
    fixture.byHand({ Name: "by hand" });
    await life().destroy(made);
    assert.deepEqual(
      connectors().map(({ name }) => name),
      ["by hand"],
    );
  });

  it("with an input that is not known yet is an update", async () => {
    const made = await life().up(declare());
    const kind = inboundConnector(fixture.run());
    for (const news of [declare({ name: UNKNOWN }), declare({ senderIPAddresses: [UNKNOWN] })]) {
      assert.deepEqual(await kind.diff(made.id, made.outs, news as never), {
        changes: true,
        replaces: [],
        deleteBeforeReplace: false,
      });
    }
  });

  describe("is changed by hand:", () => {
    const declared = () => declare({ senderIPAddresses: ["198.51.100.9", "198.51.100.16/28"] });
    const drifts: [string, object, object][] = [
      ["renamed", { Name: "Renamed" }, { name: "Renamed" }],
      ["disabled", { Enabled: false }, { enabled: false }],
      ["turned into a Partner", { ConnectorType: "Partner" }, { connectorType: "Partner" }],
      ["its mark taken off", { Comment: null }, { comment: "" }],
      ["limited", { SenderDomains: ["a.example"] }, { senderDomains: ["a.example"] }],
      [
        "an address added",
        { SenderIPAddresses: ["198.51.100.9", "198.51.100.16/28", "203.0.113.0/24"] },
        { senderIPAddresses: ["198.51.100.16/28", "198.51.100.9", "203.0.113.0/24"] },
      ],
      [
        "a certificate added",
        { TlsSenderCertificateName: "Evil.example" },
        { tlsSenderCertificateName: "evil.example" },
      ],
      [
        "opened for all domains",
        { AssociatedAcceptedDomains: null },
        { associatedAcceptedDomains: [] },
      ],
      ["TLS dropped", { RequireTls: false }, { requireTls: false }],
      ["made internal", { TreatMessagesAsInternal: true }, { treatMessagesAsInternal: true }],
      ["made hybrid", { CloudServicesMailEnabled: true }, { cloudServicesMailEnabled: true }],
    ];
    for (const [name, change, expected] of drifts) {
      it(`${name}: a refresh shows it in outputs and inputs, and an up undoes it`, async () => {
        const made = await life().up(declared());
        const world = heldIn(fixture);
        byHand(change);
        const seen = await life().refresh(made);
        assert.deepEqual(seen?.outs, { ...made.outs, ...expected });
        assert.deepEqual(seen?.inputs, { ...made.inputs, ...expected });
        assert.equal(seen?.drift, true);
        await life().up(declared(), seen);
        assert.deepEqual(heldIn(fixture), world);
      });
    }

    it("the same addresses in another form and order are no drift", async () => {
      const made = await life().up(declared());
      byHand({ SenderIPAddresses: ["198.51.100.9/32", "198.51.100.16/28"] });
      const seen = await life().refresh(made);
      assert.deepEqual([seen?.outs, seen?.drift], [made.outs, false]);
    });
  });

  describe("that Exchange stores differently from what was sent", () => {
    /** Makes it in a tenant whose offering creates connectors disabled. */
    const disabled = (t: Parameters<typeof passTime>[0]) => {
      fixture.lab.world.settings.connectorOffering = "disabled";
      return life(passTime(t, 4000)).up(declare());
    };

    it("disabled: is pending and names Support, and stays a change", async (t) => {
      const made = await disabled(t);
      assert.equal(fixture.held()?.enabled, false);
      assert.deepEqual([made.outs.ready, made.outs.ownWay], [false, { enabled: false }]);
      assert.match(made.outs.pending, /keeps connector "relay-test-erp" disabled .*Microsoft Supp/);
      const seen = await life().refresh(made);
      assert.partialDeepStrictEqual(seen, {
        outs: { ready: false, pending: made.outs.pending },
        inputs: { enabled: false },
        drift: true,
      });
      const still = await life(passTime(t, 4000)).up(declare(), made);
      assert.deepEqual([still.step, still.outs], ["update", made.outs]);
    });

    it("disabled until Support has enabled it: an up finishes it", async (t) => {
      const made = await disabled(t);
      fixture.lab.world.settings.connectorOffering = "normal";
      const done = await life().up(declare(), made);
      assert.deepEqual([done.outs.ready, done.outs.pending, done.outs.ownWay], [true, "", {}]);
      assert.equal(fixture.held()?.enabled, true);
      assert.equal((await life().up(declare(), done)).step, "same");
    });

    it("disabled until Support has enabled it: a refresh is enough too", async (t) => {
      const made = await disabled(t);
      fixture.lab.world.settings.connectorOffering = "normal";
      byHand({ Enabled: true });
      const seen = await life().refresh(made);
      assert.partialDeepStrictEqual(seen?.outs, { ready: true, pending: "", enabled: true });
      assert.equal(seen?.drift, false);
    });

    it("without RequireTls: is ready, no change and no drift", async (t) => {
      fixture.lab.world.settings.requireTlsOnPremises = "ignored";
      const made = await life(passTime(t, 4000)).up(declare());
      assert.equal(fixture.held()?.requireTls, false);
      assert.deepEqual([made.outs.ready, made.outs.ownWay], [true, { requireTls: false }]);
      assert.equal((await life().up(declare(), made)).step, "same");
      const seen = await life().refresh(made);
      assert.deepEqual([seen?.outs, seen?.inputs, seen?.drift], [made.outs, made.inputs, false]);
    });

    it("disabled and without RequireTls: a refresh shows only that it is disabled", async (t) => {
      fixture.lab.world.settings.requireTlsOnPremises = "ignored";
      const made = await disabled(t);
      const ownWay = { enabled: false, requireTls: false };
      assert.deepEqual([made.outs.ready, made.outs.ownWay], [false, ownWay]);
      const seen = await life().refresh(made);
      assert.deepEqual(seen?.outs, { ...made.outs, enabled: false });
      assert.deepEqual(seen?.inputs, { ...made.inputs, enabled: false });
      fixture.lab.world.settings.connectorOffering = "normal";
      byHand({ Enabled: true });
      const enabled = await life().refresh({ ...made, outs: seen?.outs });
      const { outs, inputs, drift } = enabled ?? {};
      assert.deepEqual(
        [outs.ready, outs.requireTls, inputs, drift],
        [true, true, made.inputs, false],
      );
    });

    /** An Exchange that reads back another address than it was sent. */
    const otherAddress: Around = (invoke) => async (cmdlet, parameters) => {
      const result = await invoke(cmdlet, parameters);
      if (cmdlet !== "Get-InboundConnector" || !("Identity" in parameters)) return result;
      const value = result.value.map((object) => ({ ...object, SenderIPAddresses: ["192.0.2.1"] }));
      return { ...result, value };
    };

    it("with another address: is half made, and the difference is drift", async (t) => {
      fixture.lab.world.settings.requireTlsOnPremises = "ignored";
      const pass = passTime(t, 70_000);
      const inputs = await life().checked(declare());
      const { id, outs, reason } = await halfMadeBy(() =>
        life((invoke) => pass(otherAddress(invoke))).create(inputs),
      );
      assert.match(
        reason,
        /^Exchange stored senderIPAddresses \["192\.0\.2\.1"\] of connector "relay-test-erp" instead of the value/,
      );
      assert.deepEqual([id, outs.ownWay, "unseen" in outs], [fixture.held()?.guid, {}, false]);
      const seen = await life(otherAddress).refresh({ id, inputs, outs });
      assert.partialDeepStrictEqual(seen?.outs, {
        senderIPAddresses: ["192.0.2.1"],
        requireTls: false,
      });
      assert.equal(seen?.drift, true);
      const done = await life(passTime(t, 4000)).up(declare(), { id, inputs, outs });
      assert.deepEqual([done.step, done.outs.ready], ["update", true]);
    });
  });
});
