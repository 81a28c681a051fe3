import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inboundConnector } from "../../../providers/exchange/inboundConnector.ts";
import type { InboundConnectorInputs } from "../../../providers/exchange/inboundConnectorForm.ts";
import { openedTenants, useProviderFixture } from "./fixture.ts";

/** What the engine passes for a value that only an `up` can tell. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
type Change = Partial<InboundConnectorInputs>;

describe("check of an inbound connector", () => {
  const fixture = useProviderFixture("check");

  const check = (change: Change = {}, olds = {}) =>
    fixture.kind().check(olds, fixture.declared(change));
  const failuresOf = async (change: Change = {}, olds = {}) => (await check(change, olds)).failures;

  /** A failure that the tenant is not even asked for. */
  async function refusedUnasked(inputs: InboundConnectorInputs, properties: string[]) {
    const { failures } = await fixture.kind().check({}, inputs);
    assert.deepEqual(
      failures.map(({ property }) => property),
      properties,
    );
    assert.deepEqual(fixture.events(), []);
    return failures.map(({ reason }) => reason).join("\n");
  }

  it("a connector by address and one by certificate pass", async () => {
    assert.deepEqual(await failuresOf(), []);
    const { failures } = await fixture.kind().check({}, fixture.certified());
    assert.deepEqual(failures, []);
  });

  it("every problem of the arguments is reported at once, and the tenant is not asked", async () => {
    const reasons = await refusedUnasked(
      fixture.declared({
        name: "x".repeat(65),
        senderIPAddresses: ["10.1.2.3", "198.51.100.7", "0.0.0.0/0", "2001:db8::1", "mail"],
        tlsSenderCertificateName: "198.51.100.7",
        associatedAcceptedDomains: ["contoso", "bücher.example"],
      }),
      [
        "name",
        ...[0, 2, 3, 4].map((index) => `senderIPAddresses[${index}]`),
        "tlsSenderCertificateName",
        "associatedAcceptedDomains[0]",
        "associatedAcceptedDomains[1]",
        "senderIPAddresses",
      ],
    );
    for (const words of [
      /has 65 characters, but .* at most 64; use/,
      /is a private address, which Exchange never sees; list the public/,
      /opens the relay to the whole internet/,
      /is an IPv6 address, but connectors match IPv4 only/,
      /is not an IPv4 address or CIDR range/,
      /is an IP address, but certificates are matched by name/,
      /is not a domain name/,
      /write its ASCII form, "xn--bcher-kva\.example"/,
      /is given together with tlsSenderCertificateName.*exactly one of the two/,
    ]) {
      assert.match(reasons, words);
    }
  });

  it("a connector that matches nothing is refused", async () => {
    const { senderIPAddresses: _, ...nothing } = fixture.declared();
    assert.match(await refusedUnasked(nothing, [""]), /^senderIPAddresses: .*matches nothing/);
    const empty = fixture.declared({ senderIPAddresses: [] });
    await refusedUnasked(empty, ["senderIPAddresses"]);
  });

  for (const name of ["", "  ", " relay", "relay "]) {
    it(`the name "${name}" is refused`, async () => {
      await refusedUnasked(fixture.declared({ name }), ["name"]);
    });
  }

  it("values that are not known yet pass, beside known ones that are wrong", async () => {
    const later: Change[] = [
      { name: UNKNOWN },
      { senderIPAddresses: [UNKNOWN] },
      { senderIPAddresses: UNKNOWN as unknown as string[] },
      { tlsSenderCertificateName: UNKNOWN },
      { associatedAcceptedDomains: ["contoso.com", UNKNOWN] },
      { owner: UNKNOWN },
    ];
    for (const change of later) assert.deepEqual(await failuresOf(change), []);
    const [failure, ...others] = await failuresOf({ name: "", senderIPAddresses: [UNKNOWN] });
    assert.deepEqual([failure?.property, others], ["name", []]);
    assert.deepEqual(fixture.events(), []);
  });

  it("inputs come back in canonical form, marked, with what every relay has", async () => {
    const { domain } = fixture;
    const { inputs } = await check({
      senderIPAddresses: ["198.51.100.9/32", "198.51.100.16/28", "198.51.100.9"],
      associatedAcceptedDomains: [domain.toUpperCase(), `${domain}.`, domain],
    });
    assert.deepEqual(inputs, {
      ...fixture.declared(),
      senderIPAddresses: ["198.51.100.16/28", "198.51.100.9"],
      associatedAcceptedDomains: [domain],
      tlsSenderCertificateName: "",
      comment: "Managed by Pulumi: relay/test/erp. Changes made by hand are undone.",
      connectorType: "OnPremises",
      enabled: true,
      senderDomains: ["*"],
      requireTls: true,
      treatMessagesAsInternal: false,
      cloudServicesMailEnabled: false,
      restrictDomainsToIPAddresses: false,
      restrictDomainsToCertificate: false,
    });
  });

  it("unchanged inputs, however written, ask nothing of the tenant", async () => {
    const { inputs } = await check();
    fixture.reset();
    const { domain, address } = fixture;
    const again = {
      senderIPAddresses: [`${address}/32`],
      associatedAcceptedDomains: [`${domain}.`],
    };
    assert.deepEqual(await check(again, inputs), { inputs, failures: [] });
    assert.deepEqual(fixture.events(), []);
  });

  it("a changed input is checked against the tenant again", async () => {
    const { inputs } = await check();
    const [failure] = await failuresOf({ associatedAcceptedDomains: ["nowhere.example"] }, inputs);
    assert.equal(failure?.property, "associatedAcceptedDomains[0]");
  });

  it("a domain that the tenant has not verified is refused, with those it has", async () => {
    const unverified =
      fixture.lab.world.tenant.domains.find(({ isVerified }) => !isVerified)?.id ?? "";
    const [failure, ...others] = await failuresOf({
      associatedAcceptedDomains: [fixture.domain, unverified],
    });
    assert.deepEqual([failure?.property, others], ["associatedAcceptedDomains[1]", []]);
    assert.match(failure?.reason ?? "", /^is not an accepted domain of the tenant \(/);
    assert.ok(failure?.reason.includes(fixture.domain));
  });

  it("a certificate outside the accepted domains is refused", async () => {
    const certified = (tlsSenderCertificateName: string) =>
      fixture.kind().check({}, fixture.certified({ tlsSenderCertificateName }));
    const { failures } = await certified(`mail.not${fixture.domain}`);
    assert.equal(failures[0]?.property, "tlsSenderCertificateName");
    assert.match(failures[0]?.reason ?? "", /is in none of the tenant's accepted domains \(/);
    for (const name of [
      fixture.domain,
      `*.${fixture.domain}`,
      `A.B.${fixture.domain.toUpperCase()}`,
    ]) {
      assert.deepEqual((await certified(name)).failures, []);
    }
  });

  it("a tenant that can't have a relaying connector is refused", async () => {
    const { tenant } = fixture.lab.world;
    const [sku] = tenant.skus;
    assert.ok(sku);
    tenant.skus = [sku];
    sku.skuPartNumber = "DEVELOPERPACK_E5";
    const [developer] = await failuresOf();
    assert.equal(developer?.property, "tenantId");
    assert.match(developer?.reason ?? "", /only a Microsoft 365 E5 Developer subscription/);
    sku.servicePlans = [{ servicePlanId: "x", servicePlanName: "EXCHANGE_S_FOUNDATION" }];
    assert.match((await failuresOf())[0]?.reason ?? "", /no active subscription with Exchange/);
  });

  it("a connector of that name without our mark is in the way, unless it is adopted", async () => {
    const [there] = fixture.byHand({ Name: "RELAY-test-erp" });
    const [failure, ...others] = await failuresOf();
    assert.deepEqual([failure?.property, others], ["name", []]);
    assert.match(
      failure?.reason ?? "",
      /exists already and is not ours \(.*adoptConnector: "RELAY/,
    );
    assert.ok(failure?.reason.includes(String(there?.Guid)));
    assert.deepEqual(await failuresOf({ adopt: true }), []);
  });

  it("a connector that another stack manages is in the way, even of an adoption", async () => {
    const Comment = "Managed by Pulumi: relay/prod/erp. Changes made by hand are undone.";
    fixture.byHand({ Name: "relay-test-erp", Comment });
    const [taken] = await failuresOf();
    assert.match(taken?.reason ?? "", /a connector that relay\/prod\/erp manages .*another name$/);
    const [failure] = await failuresOf({ adopt: true });
    assert.match(
      failure?.reason ?? "",
      /^can't be adopted: relay\/prod\/erp manages it \(.*\); remove adoptConnector from the sender/,
    );
  });

  it("an address that a connector of others matches too is refused", async () => {
    const range = fixture.address.replace(/\.\d+$/, ".0/24");
    fixture.byHand({ SenderIPAddresses: [range] });
    const [failure] = await failuresOf();
    assert.equal(failure?.property, "senderIPAddresses");
    assert.match(
      failure?.reason ?? "",
      /shares addresses with .*\/24 of "by hand"; give the server an address of its own, or take the connector over with adoptConnector: "by hand" on the sender$/,
    );
  });

  it("a certificate that a connector of others matches too is refused", async () => {
    fixture.byHand({ TlsSenderCertificateName: `MAIL.${fixture.domain}`, RequireTls: true });
    const { failures } = await fixture.kind().check({}, fixture.certified());
    assert.equal(failures[0]?.property, "tlsSenderCertificateName");
    assert.match(failures[0]?.reason ?? "", /is matched by "by hand" already/);
  });

  it("a wildcard of others that covers the certificate is refused, at any depth", async () => {
    const { domain } = fixture;
    fixture.byHand({ TlsSenderCertificateName: `*.${domain}`, RequireTls: true });
    const { failures } = await fixture.kind().check({}, fixture.certified());
    assert.deepEqual(
      failures.map(({ property }) => property),
      ["tlsSenderCertificateName"],
    );
    assert.match(failures[0]?.reason ?? "", /^shares certificates with "\*\..*" of "by hand"/);
    const deeper = fixture.certified({ tlsSenderCertificateName: `a.mail.${domain}` });
    assert.equal((await fixture.kind().check({}, deeper)).failures.length, 1);
    const beside = fixture.certified({
      tlsSenderCertificateName: fixture.lab.world.outside.domain,
    });
    const { failures: others } = await fixture.kind().check({}, beside);
    assert.doesNotMatch(JSON.stringify(others), /by hand/);
  });

  it("one of others with both certificate and addresses is in the way by both", async () => {
    fixture.byHand({
      ...{ TlsSenderCertificateName: `mail.${fixture.domain}`, RequireTls: true },
      SenderIPAddresses: [fixture.address],
    });
    for (const [inputs, property] of [
      [fixture.declared(), "senderIPAddresses"],
      [fixture.certified(), "tlsSenderCertificateName"],
    ] as const) {
      const { failures } = await fixture.kind().check({}, inputs);
      assert.deepEqual([failures.length, failures[0]?.property], [1, property]);
      assert.match(failures[0]?.reason ?? "", /is matched by "by hand" already/);
    }
  });

  it("one that another sender of the stack adopts is not in the way, nor named as one to adopt", async () => {
    fixture.byHand({ Name: "Old Relay", SenderIPAddresses: [fixture.address] });
    assert.equal((await failuresOf()).length, 1);
    assert.deepEqual(await failuresOf({ adopted: ["old relay"] }), []);
    const [failure] = await failuresOf({
      adopt: true,
      name: "Other",
      adopted: ["old relay", "Other"],
    });
    assert.doesNotMatch(failure?.reason ?? "", /Old Relay/);
  });

  it("a disabled, a Partner and a sibling's connector are not in the way", async () => {
    const SenderIPAddresses = [fixture.address];
    fixture.byHand({ Name: "off", SenderIPAddresses, Enabled: false });
    fixture.byHand({ Name: "partner", SenderIPAddresses, ConnectorType: "Partner" });
    const Comment = "Managed by Pulumi: relay/test/crm. Changes made by hand are undone.";
    fixture.byHand({ Name: "sibling", SenderIPAddresses, Comment });
    assert.deepEqual(await failuresOf(), []);
  });

  it("a mark that names the stack only in its beginning is another stack's", async () => {
    const Comment = "Managed by Pulumi: relay/test2/crm. Changes made by hand are undone.";
    fixture.byHand({ SenderIPAddresses: [fixture.address], Comment });
    assert.equal((await failuresOf()).length, 1);
  });

  it("a resource does not move to another tenant", async () => {
    const olds = { ...(await check()).inputs, tenantId: "11111111-2222-3333-4444-555555555555" };
    const [failure] = await failuresOf({}, olds);
    assert.equal(failure?.property, "tenantId");
    assert.match(
      failure?.reason ?? "",
      /is not the tenant that the stack was created in \(11111111-/,
    );
  });

  it("the tenant's id in other letters, or not known yet, is no other tenant", async () => {
    const { inputs: olds } = await check();
    const tenantId = olds.tenantId.toUpperCase();
    assert.notEqual(tenantId, olds.tenantId);
    assert.deepEqual(await failuresOf({ tenantId }, olds), []);
    assert.deepEqual(await failuresOf({ tenantId: UNKNOWN }, olds), []);
  });

  it("a connector whose mark was cleared passes under the name that it had alone", async () => {
    const olds = await fixture.checked();
    fixture.byHand({ Name: "relay-test-erp" });
    const change = { senderIPAddresses: ["198.51.100.222"] };
    assert.deepEqual(await failuresOf(change, olds), []);
    const [failure] = await failuresOf(change, { ...olds, name: "relay-test-crm" });
    assert.match(failure?.reason ?? "", /exists already and is not ours/);
  });

  it("the tenant is asked once for all resources of a run", async (t) => {
    const kind = inboundConnector(openedTenants(t, fixture));
    const addresses = ["198.51.100.201", "198.51.100.202", "198.51.100.203"];
    await Promise.all(
      addresses.map((one, index) =>
        kind.check({}, fixture.declared({ name: `relay-${index}`, senderIPAddresses: [one] })),
      ),
    );
    for (const what of ["Get-InboundConnector", "GET /v1.0/domains", "GET /v1.0/subscribedSkus"]) {
      assert.equal(fixture.asked(what), 1, what);
    }
  });

  it("a missing credential is reported once for several resources, without a property", async (t) => {
    const kind = inboundConnector(openedTenants(t, fixture, { ARM_CLIENT_SECRET: undefined }));
    const [first, second] = await Promise.all([
      kind.check({}, fixture.declared()),
      kind.check({}, fixture.certified({ name: "second" })),
    ]);
    const failures = [...first.failures, ...second.failures];
    assert.deepEqual(
      failures.map(({ property }) => property),
      [""],
    );
    assert.match(failures[0]?.reason ?? "", /^nothing to sign in with: .*ARM_CLIENT_SECRET/);
  });

  it("a tenant that may not be asked is a failure, and not one of the arguments", async () => {
    fixture.lab.world.deployer.directoryRoles = [];
    fixture.signOut();
    const [failure, ...others] = await failuresOf();
    assert.deepEqual([failure?.property, others], ["", []]);
    assert.match(failure?.reason ?? "", /Get-InboundConnector.*Exchange Administrator/);
  });
});
