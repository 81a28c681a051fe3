// The connector cmdlets: what New- and Set- take and refuse, how objects are named, what reads show.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { type ExchangeBench, makeExchangeBench, RELAY } from "./bench.ts";

describe("inbound connector cmdlets", () => {
  let bench: ExchangeBench;
  let domain: string;
  beforeEach(async () => {
    bench = await makeExchangeBench();
    domain = bench.world.tenant.domain;
  });
  const make = (change: object = {}) =>
    bench.invoke("New-InboundConnector", { ...RELAY, ...change });
  const set = (change: object) =>
    bench.invoke("Set-InboundConnector", { Identity: "relay", Confirm: false, ...change });
  const read = (parameters: object = {}) => bench.invoke("Get-InboundConnector", parameters);
  const only = () => bench.world.connectors[0];

  it("New gives the object, and Get reads it back in Exchange's own form", async () => {
    const made = await make({
      SenderIPAddresses: ["203.0.113.9", "198.51.100.7/32", "198.51.100.0/25"],
      AssociatedAcceptedDomains: [domain.toUpperCase()],
      Comment: "ours",
    });
    assert.equal(made.status, 200);
    const found = await read({ Identity: "RELAY" });
    assert.deepEqual(found.value, made.value);
    const [connector = {}] = found.value;
    assert.deepEqual(connector.SenderDomains, ["smtp:*;1"]);
    assert.deepEqual(connector.SenderIPAddresses, [
      "198.51.100.0/25",
      "198.51.100.7",
      "203.0.113.9",
    ]);
    assert.equal(connector.RequireTls, false);
    assert.equal(connector.TlsSenderCertificateName, null);
    assert.equal(connector["SenderDomains@odata.type"], "#Collection(String)");
    assert.match(String(connector.WhenCreatedUTC), /^\d{4}-\d\d-\d\dT[\d:]{8}\.0000000Z$/);
  });

  it("AssociatedAcceptedDomains reads back as the tenant shows accepted domains", async () => {
    const accepted = bench.world.tenant.acceptedDomains.find(({ name }) => name === domain);
    assert.ok(accepted);
    accepted.objectName = "Head office";
    await make();
    const { tenant, settings } = bench.world;
    const path = `${tenant.initialDomain}/Configuration/Transport Settings/Accepted Domains`;
    const shown = { domain, name: "Head office", path: `${path}/Head office` };
    for (const [how, text] of Object.entries(shown)) {
      settings.associatedDomainsShown = how as keyof typeof shown;
      for (const given of [domain.toUpperCase(), "head office", accepted.guid]) {
        await set({ AssociatedAcceptedDomains: [given] });
        assert.deepEqual((await read()).value[0]?.AssociatedAcceptedDomains, [text]);
      }
    }
  });

  it("Get has the field set of the live records", async () => {
    await make();
    const { value } = await read();
    const names = Object.keys(value[0] ?? {}).filter((name) => !name.includes("@"));
    assert.deepEqual(names, [
      ...["Enabled", "ConnectorType", "ConnectorSource", "Comment", "SenderIPAddresses"],
      ...["SenderDomains", "TrustedOrganizations", "ClientHostNames"],
      ...["AssociatedAcceptedDomains", "RequireTls", "RestrictDomainsToIPAddresses"],
      ...["RestrictDomainsToCertificate", "CloudServicesMailEnabled", "TreatMessagesAsInternal"],
      ...["TlsSenderCertificateName", "EFTestMode", "ScanAndDropRecipients", "EFSkipLastIP"],
      ...["EFSkipIPs", "EFSkipMailGateway", "EFUsers", "AdminDisplayName", "Name", "Identity"],
      ...["WhenChangedUTC", "WhenCreatedUTC", "Guid", "IsValid"],
    ]);
  });

  it("without ConnectorType it is a Partner connector that demands TLS", async () => {
    const { ConnectorType: _, ...rest } = RELAY;
    await bench.invoke("New-InboundConnector", rest);
    assert.deepEqual([only()?.connectorType, only()?.requireTls], ["Partner", true]);
  });

  const refusals: [string, object, RegExp][] = [
    [
      "a type for an unknown one",
      { "No@odata.type": "#x" },
      /AmbiguousParameterSetException\|.*No$/,
    ],
    ["a wrong type", { "SenderDomains@odata.type": "#Int32" }, /ParameterTransformation.*#Int32/],
    ["a parameter twice", { enabled: true, Enabled: true }, /specified more than once/],
    ["a bad enumerator", { ConnectorType: "Cloud" }, /ParameterTransformationException\|.*names/],
    ["a source that can't be set", { ConnectorSource: "AdminUI" }, /identifier name AdminUI/],
    ["null for an enumerator", { ConnectorType: null }, /ParameterTransformationException/],
    ["a text for a flag", { Enabled: "true" }, /System\.Boolean".*accept only Boolean values/],
    ["null for a flag", { Enabled: null }, /Cannot convert value "" to type "System\.Boolean"/],
    ["a number in a list", { SenderDomains: [1] }, /ParameterTransformationException/],
    ["a name of 65 characters", { Name: "x".repeat(65) }, /1 to 64/],
    ["a name with a blank at its end", { Name: "relay " }, /no blank/],
    ["a name of two lines", { Name: "re\nlay" }, /no line breaks/],
    ["an empty name", { Name: "" }, /1 to 64/],
    ["a comment of 1025 characters", { Comment: "x".repeat(1025) }, /0 to 1024/],
    ["no sender domains", { SenderDomains: [] }, /Sender Domain cannot be null/],
    ["a wildcard in the middle", { SenderDomains: ["a.*.example"] }, /SMTP address space/],
    ["an address as sender domain", { SenderDomains: ["198.51.100.7"] }, /SMTP address space/],
    ["a sender domain twice", { SenderDomains: ["a.example", "A.example"] }, /already present/],
    ["IPv6", { SenderIPAddresses: ["2001:db8::1"] }, /IPv4/],
    ["a range of addresses", { SenderIPAddresses: ["198.51.100.1-198.51.100.9"] }, /IPv4/],
    ["a range wider than /24", { SenderIPAddresses: ["198.51.100.0/23"] }, /\/24/],
    ["a private address", { SenderIPAddresses: ["10.1.2.3"] }, /private/],
    ["an address for protocols", { SenderIPAddresses: ["192.0.0.8"] }, /private or reserved/],
    ["an address for benchmarks", { SenderIPAddresses: ["198.19.255.1"] }, /private or reserved/],
    ["a reserved address", { SenderIPAddresses: ["240.0.0.1"] }, /private or reserved/],
    ["an empty address", { SenderIPAddresses: [""] }, /IPv4/],
    ["an address twice", { SenderIPAddresses: ["192.0.2.1", "192.0.2.1/32"] }, /already present/],
    ["an address of Exchange", { SenderIPAddresses: ["40.107.1.1"] }, /Exchange Online/],
    ["an address of a mail vendor", { SenderIPAddresses: ["167.89.1.0/24"] }, /third-party vendor/],
    [
      "a domain that is not accepted",
      { AssociatedAcceptedDomains: ["x.example"] },
      /ManagementObjectNotFoundException\|.*'x\.example'/,
    ],
    ["a bad certificate name", { TlsSenderCertificateName: "CN=x" }, /TlsSenderCertificateName/],
    ["an empty certificate name", { TlsSenderCertificateName: "" }, /TlsSenderCertificateName/],
    ["an address as certificate name", { TlsSenderCertificateName: "192.0.2.1" }, /isn't a valid/],
    [
      "a certificate name of Exchange",
      { TlsSenderCertificateName: "mail.protection.outlook.com", RequireTls: true },
      /certificate of Exchange/,
    ],
    [
      "a certificate without RequireTls",
      { TlsSenderCertificateName: "relay.example.com", RequireTls: false },
      /RequireTls must be true/,
    ],
    ["nothing to match by", { SenderIPAddresses: null }, /must have SenderIPAddresses or/],
    ["a Partner restriction", { RestrictDomainsToIPAddresses: true }, /only when .* Partner/],
    [
      "both restrictions",
      {
        ConnectorType: "Partner",
        RestrictDomainsToIPAddresses: true,
        RestrictDomainsToCertificate: true,
      },
      /can't both/,
    ],
    [
      "a restriction to no certificate",
      { ConnectorType: "Partner", RestrictDomainsToCertificate: true },
      /TlsSenderCertificateName must have a value/,
    ],
    [
      "internal mail on a Partner connector",
      { ConnectorType: "Partner", TreatMessagesAsInternal: true },
      /only when .* OnPremises/,
    ],
    [
      "cloud services on a Partner connector",
      { ConnectorType: "Partner", CloudServicesMailEnabled: true },
      /only when .* OnPremises/,
    ],
    [
      "internal mail and cloud services at once",
      { TreatMessagesAsInternal: true, CloudServicesMailEnabled: true },
      /can't both/,
    ],
  ];
  for (const [what, change, text] of refusals) {
    it(`New and Set refuse ${what}, and nothing changes`, async () => {
      const made = await make(change);
      assert.match(made.text, text);
      assert.ok(made.status === 400 || made.status === 404);
      assert.deepEqual(bench.world.connectors, []);
      await make();
      const before = bench.state();
      assert.match((await set(change)).text, text);
      assert.deepEqual(bench.state(), before);
    });
  }

  describe("clearing", () => {
    const addresses = ["198.51.100.1"];
    const byCertificate = { TlsSenderCertificateName: "relay.a.example", RequireTls: true };
    it("null and an empty list empty a list that need not have values", async () => {
      await make({ ...byCertificate, SenderIPAddresses: addresses });
      for (const nothing of [null, []]) {
        await set({ AssociatedAcceptedDomains: [domain], SenderIPAddresses: addresses });
        assert.equal((await set({ AssociatedAcceptedDomains: nothing })).status, 200);
        assert.equal((await set({ SenderIPAddresses: nothing })).status, 200);
        assert.deepEqual(only()?.associatedAcceptedDomains, []);
        assert.deepEqual(only()?.senderIPAddresses, []);
      }
    });
    it("null clears a certificate name and a comment", async () => {
      await make({ ...byCertificate, Comment: "ours" });
      await set({ TlsSenderCertificateName: null, Comment: null });
      assert.deepEqual([only()?.tlsSenderCertificateName, only()?.comment], [null, ""]);
    });
    it("null for Name, SenderDomains, or the last thing to match by is refused", async () => {
      await make();
      const before = bench.state();
      for (const change of [{ Name: null }, { SenderDomains: null }, { SenderIPAddresses: null }]) {
        assert.equal((await set(change)).status, 400);
      }
      assert.deepEqual(bench.state(), before);
    });
    it("address and certificate can change places in one call", async () => {
      await make();
      assert.equal((await set({ SenderIPAddresses: null, ...byCertificate })).status, 200);
      assert.equal(only()?.tlsSenderCertificateName, "relay.a.example");
      const back = { SenderIPAddresses: addresses, TlsSenderCertificateName: null };
      assert.equal((await set(back)).status, 200);
      assert.deepEqual(only()?.senderIPAddresses, addresses);
    });
  });

  it("a typed hash table edits a list, an array replaces it", async () => {
    await make({ SenderIPAddresses: ["198.51.100.1"] });
    const edit = { Add: ["198.51.100.2"], Remove: ["198.51.100.1", "198.51.100.99"] };
    const typed = { "@odata.type": "#Exchange.GenericHashTable", ...edit };
    assert.equal((await set({ SenderIPAddresses: edit })).status, 400);
    await set({ SenderIPAddresses: typed });
    assert.deepEqual(only()?.senderIPAddresses, ["198.51.100.2"]);
    const again = { ...typed, Remove: [] };
    assert.match((await set({ SenderIPAddresses: again })).text, /already present/);
    await set({ SenderIPAddresses: ["198.51.100.3"] });
    assert.deepEqual(only()?.senderIPAddresses, ["198.51.100.3"]);
  });

  it("Set with ConnectorType turns a connector over, by the rules of the new type", async () => {
    await make({ TreatMessagesAsInternal: true });
    const before = bench.state();
    assert.match((await set({ ConnectorType: "Partner" })).text, /only when .* OnPremises/);
    assert.deepEqual(bench.state(), before);
    await set({ ConnectorType: "Partner", TreatMessagesAsInternal: false });
    assert.equal(only()?.connectorType, "Partner");
    await set({ SenderIPAddresses: null });
    assert.match((await set({ ConnectorType: "OnPremises" })).text, /must have SenderIPAddresses/);
    await set({ ConnectorType: "OnPremises", SenderIPAddresses: ["192.0.2.1"] });
    assert.equal(only()?.connectorType, "OnPremises");
  });

  it("enumerators match by a beginning in any letter case", async () => {
    await make({ ConnectorType: "onprem" });
    assert.equal(only()?.connectorType, "OnPremises");
  });

  it("Set renames by Name, and the GUID stays", async () => {
    const { value } = await make();
    await set({ Name: "renamed" });
    const found = await read({ Identity: "renamed" });
    assert.equal(found.value[0]?.Guid, value[0]?.Guid);
    assert.equal((await read({ Identity: "relay" })).status, 404);
  });

  it("a name that is taken is refused in either way, also by rename, and nothing changes", async () => {
    await make();
    await make({ Name: "other", SenderIPAddresses: ["192.0.2.10"] });
    const before = bench.state();
    const taken = await make({ Name: "Relay" });
    assert.equal(taken.status, 400);
    assert.match(taken.text, /ADObjectAlreadyExistsException\|The object 'CN=relay,/);
    bench.world.settings.nameTaken = "ErrorInboundConnectorAlreadyExistsException";
    const own = await make({ Name: "Relay" });
    assert.match(own.text, /Tasks\.ErrorInboundConnectorAlreadyExistsException\|/);
    const renamed = await set({ Identity: "other", Name: "relay" });
    assert.match(renamed.text, /ADObjectAlreadyExistsException/);
    assert.deepEqual(bench.state(), before);
  });

  it("an address that another connector has too is taken with a warning", async () => {
    await make({ SenderIPAddresses: ["198.51.100.0/28"] });
    const beside = { Name: "beside", SenderIPAddresses: ["198.51.100.7", "192.0.2.1"] };
    const made = await make(beside);
    assert.match(made.warnings.join(), /198\.51\.100\.7 overlap .* relay\.$/);
    const still = await set({ Identity: "beside", Comment: "x" });
    assert.match(still.warnings.join(), /overlap/);
    await set({ Enabled: false });
    assert.deepEqual((await set({ Identity: "beside", Comment: "y" })).warnings, []);
  });

  it("ResultSize cuts", async () => {
    await make();
    await make({ Name: "other" });
    assert.equal((await read({ ResultSize: 1 })).value.length, 1);
    assert.equal((await read({ ResultSize: "unlimited" })).value.length, 2);
    assert.equal((await read({ ResultSize: 0 })).status, 400);
  });

  it("an offering without connectors makes them disabled and does not enable them", async () => {
    bench.world.settings.connectorOffering = "disabled";
    const made = await make();
    assert.match(made.warnings.join(), /created in a disabled state/);
    assert.equal(made.value[0]?.Enabled, false);
    const enabled = await set({ Enabled: true });
    assert.match(enabled.warnings.join(), /can't enable an inbound connector/);
    assert.equal(only()?.enabled, false);
  });

  it("RequireTls on OnPremises is kept, or ignored without a word, as the world has it", async () => {
    const made = await make({ RequireTls: true });
    assert.equal(made.value[0]?.RequireTls, true);
    bench.world.settings.requireTlsOnPremises = "ignored";
    const ignored = await make({
      Name: "again",
      SenderIPAddresses: null,
      TlsSenderCertificateName: "relay.a.example",
      RequireTls: true,
    });
    assert.deepEqual([ignored.warnings, ignored.value[0]?.RequireTls], [[], false]);
  });

  it("a developer subscription can't create a connector", async () => {
    bench.world.settings.connectorOffering = "refused";
    assert.equal((await make()).status, 400);
    assert.deepEqual(bench.world.connectors, []);
  });

  it("a slow replica does not see a new object for some reads, but its name is taken", async () => {
    bench.faults.inject({
      where: { service: "exchange", match: "New-InboundConnector" },
      what: { kind: "invisible", reads: 2 },
    });
    await make();
    assert.equal((await make()).status, 400);
    assert.equal((await read({ Identity: "relay" })).status, 404);
    assert.deepEqual((await read()).value, []);
    assert.equal((await read({ Identity: "relay" })).status, 200);
  });

  it("a slow replica shows what was changed or removed as it was, for some reads", async () => {
    const { value } = await make({ Comment: "before" });
    const stale = (match: string) =>
      bench.faults.inject({
        where: { service: "exchange", match },
        what: { kind: "stale", reads: 2 },
      });
    stale("Set-InboundConnector");
    assert.equal((await set({ Name: "renamed", Comment: "after" })).status, 200);
    assert.equal(only()?.comment, "after");
    assert.deepEqual((await read()).value, value);
    assert.deepEqual((await read({ Identity: value[0]?.Guid })).value, value);
    assert.equal((await read({ Identity: value[0]?.Guid })).value[0]?.Comment, "after");
    stale("Remove-InboundConnector");
    await bench.invoke("Remove-InboundConnector", { Identity: "renamed", Confirm: false });
    assert.deepEqual(bench.world.connectors, []);
    const gone = await bench.invoke("Remove-InboundConnector", {
      Identity: "renamed",
      Confirm: false,
    });
    assert.equal(gone.status, 404);
    assert.equal((await read({ Identity: "renamed" })).status, 200);
    assert.equal((await read()).value.length, 1);
    assert.equal((await read({ Identity: "renamed" })).status, 404);
    assert.deepEqual(bench.world.staleReads, []);
  });
});
