import assert from "node:assert/strict";
import { beforeEach, suite, test } from "node:test";
import { type Bench, EXCHANGE_SCOPE, makeBench, ORIGIN } from "./bench.ts";

type ExchangeValue = Record<string, unknown>;

interface Reply {
  status: number;
  headers: Headers;
  value: ExchangeValue[];
  warnings: string[];
  /** details[0].message of an error. */
  text: string;
  code: string;
  body: ReplyBody;
}

interface ReplyBody {
  value?: ExchangeValue[];
  "@adminapi.warnings"?: string[];
  "@adminapi.confirmationmessage"?: string;
  error?: { code: string; details?: { message: string }[] };
}

const NEW = { Name: "relay", SenderDomains: ["*"], ConnectorType: "OnPremises" };

suite("Exchange Online admin API", () => {
  let bench: Bench;
  let token: string;
  beforeEach(async () => {
    bench = await makeBench();
    bench.world.settings.errorText = "pipes";
    token = await bench.tokenFor(EXCHANGE_SCOPE);
  });

  function headers(): Record<string, string> {
    return {
      authorization: `Bearer ${token}`,
      "content-type": "application/json; charset=utf-8",
      "x-anchormailbox": `APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@${bench.world.tenant.id}`,
    };
  }
  const post = (body: unknown, extra: Record<string, string> = {}, version = "beta", query = "") =>
    bench.exchange.request(`/adminapi/${version}/${bench.world.tenant.id}/InvokeCommand${query}`, {
      method: "POST",
      headers: { ...headers(), ...extra },
      body: JSON.stringify(body),
    });
  async function invoke(name: string, parameters: object = {}): Promise<Reply> {
    const response = await post({ CmdletInput: { CmdletName: name, Parameters: parameters } });
    const body = (await response.json()) as ReplyBody;
    return {
      status: response.status,
      headers: response.headers,
      value: body.value ?? [],
      warnings: body["@adminapi.warnings"] ?? [],
      text: body.error?.details?.[0]?.message ?? "",
      code: body.error?.code ?? "",
      body,
    };
  }
  const state = () => structuredClone(bench.world.connectors);

  test("New gives the object, and Get reads it back in Exchange's own form", async () => {
    const { domain } = bench.world.tenant;
    const made = await invoke("New-InboundConnector", {
      ...NEW,
      SenderIPAddresses: ["203.0.113.9", "198.51.100.7/32", "198.51.100.0/25"],
      AssociatedAcceptedDomains: [domain.toUpperCase()],
      Comment: "ours",
    });
    assert.equal(made.status, 200);
    const read = await invoke("Get-InboundConnector", { Identity: "RELAY" });
    assert.deepEqual(read.value, made.value);
    const [connector = {}] = read.value;
    assert.deepEqual(connector.SenderDomains, ["smtp:*;1"]);
    assert.deepEqual(connector.SenderIPAddresses, [
      "198.51.100.0/25",
      "198.51.100.7",
      "203.0.113.9",
    ]);
    assert.deepEqual(connector.AssociatedAcceptedDomains, [domain]);
    assert.equal(connector.RequireTls, false);
    assert.equal(connector.TlsSenderCertificateName, null);
    assert.equal(connector["SenderDomains@odata.type"], "#Collection(String)");
    assert.match(String(connector.WhenCreatedUTC), /^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{7}Z$/);
  });

  test("Get has the field set of the live records", async () => {
    await invoke("New-InboundConnector", NEW);
    const { value } = await invoke("Get-InboundConnector");
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

  test("Set and Remove answer nothing, find by GUID, and rename by Name", async () => {
    const made = await invoke("New-InboundConnector", NEW);
    const guid = made.value[0]?.Guid;
    const set = await invoke("Set-InboundConnector", {
      Identity: guid,
      Name: "renamed",
      RequireTls: true,
      Confirm: false,
    });
    assert.deepEqual([set.status, set.value], [200, []]);
    const read = await invoke("Get-InboundConnector", { Identity: "renamed" });
    assert.deepEqual([read.value[0]?.Guid, read.value[0]?.RequireTls], [guid, true]);
    const removed = await invoke("Remove-InboundConnector", { Identity: guid, Confirm: false });
    assert.deepEqual([removed.status, removed.value], [200, []]);
    assert.deepEqual(bench.world.connectors, []);
  });

  test("a typed hash table edits a list, an array replaces it, null empties it", async () => {
    await invoke("New-InboundConnector", { ...NEW, SenderIPAddresses: ["198.51.100.1"] });
    const set = (SenderIPAddresses: unknown) =>
      invoke("Set-InboundConnector", { Identity: "relay", SenderIPAddresses, Confirm: false });
    const edit = { Add: ["198.51.100.2"], Remove: ["198.51.100.1"] };
    assert.equal((await set(edit)).status, 400);
    await set({ "@odata.type": "#Exchange.GenericHashTable", ...edit });
    assert.deepEqual(bench.world.connectors[0]?.senderIPAddresses, ["198.51.100.2"]);
    await set(["198.51.100.3"]);
    assert.deepEqual(bench.world.connectors[0]?.senderIPAddresses, ["198.51.100.3"]);
    await set(null);
    assert.deepEqual(bench.world.connectors[0]?.senderIPAddresses, []);
  });

  const bad: [string, object, RegExp][] = [
    ["an unknown parameter", { Nonsense: 1 }, /AmbiguousParameterSetException\|.*Nonsense$/],
    ["a bad enumerator", { ConnectorType: "Cloud" }, /ParameterTransformationException\|.*names/],
    ["a text for a flag", { Enabled: "true" }, /ParameterTransformationException\|.*Boolean/],
    ["a name of 65 characters", { Name: "x".repeat(65) }, /1 to 64/],
    ["no sender domains", { SenderDomains: [] }, /SenderDomains/],
    ["a wildcard in the middle", { SenderDomains: ["a.*.example"] }, /SMTP address space/],
    ["IPv6", { SenderIPAddresses: ["2001:db8::1"] }, /IPv4/],
    ["a range of addresses", { SenderIPAddresses: ["198.51.100.1-198.51.100.9"] }, /IPv4/],
    ["a range wider than /24", { SenderIPAddresses: ["198.51.100.0/23"] }, /\/24/],
    ["a private address", { SenderIPAddresses: ["10.1.2.3"] }, /private/],
    ["a domain that is not accepted", { AssociatedAcceptedDomains: ["x.example"] }, /NotFound/],
    ["a bad certificate name", { TlsSenderCertificateName: "CN=x" }, /TlsSenderCertificateName/],
    ["a Partner restriction", { RestrictDomainsToIPAddresses: true }, /only when .* Partner/],
    [
      "internal mail and cloud services at once",
      { TreatMessagesAsInternal: true, CloudServicesMailEnabled: true },
      /can't both/,
    ],
  ];
  for (const [what, change, text] of bad) {
    test(`New and Set refuse ${what}, and nothing changes`, async () => {
      const made = await invoke("New-InboundConnector", { ...NEW, ...change });
      assert.match(made.text, text);
      assert.ok(made.status === 400 || made.status === 404);
      assert.deepEqual(bench.world.connectors, []);
      await invoke("New-InboundConnector", NEW);
      const before = state();
      const set = { Identity: "relay", Confirm: false, ...change };
      assert.match((await invoke("Set-InboundConnector", set)).text, text);
      assert.deepEqual(bench.world.connectors, before);
    });
  }

  test("enumerators match by a beginning in any letter case", async () => {
    await invoke("New-InboundConnector", { ...NEW, ConnectorType: "onprem" });
    assert.equal(bench.world.connectors[0]?.connectorType, "OnPremises");
  });

  test("refuses a name that is taken, also by rename, and changes nothing", async () => {
    await invoke("New-InboundConnector", NEW);
    await invoke("New-InboundConnector", { ...NEW, Name: "other" });
    const before = state();
    const made = await invoke("New-InboundConnector", { ...NEW, Name: "Relay" });
    assert.equal(made.status, 400);
    assert.match(made.text, /ADObjectAlreadyExistsException\|The object 'CN=relay,/);
    const renamed = await invoke("Set-InboundConnector", {
      Identity: "other",
      Name: "relay",
      Confirm: false,
    });
    assert.match(renamed.text, /ADObjectAlreadyExistsException/);
    assert.deepEqual(bench.world.connectors, before);
  });

  test("answers 404 with both texts for an object that is not there", async () => {
    const piped = await invoke("Get-InboundConnector", { Identity: "x" });
    assert.deepEqual([piped.status, piped.code], [404, "NotFound"]);
    assert.match(
      piped.text,
      /^Ex[0-9A-F]{6}\|Microsoft\.Exchange\.[\w.]+NotFoundException\|The op/,
    );
    bench.world.settings.errorText = "json";
    const json = await invoke("Get-InboundConnector", { Identity: "x" });
    assert.match(JSON.parse(json.text).TypeName, /ManagementObjectNotFoundException$/);
  });

  test("Get without identity gives all; ResultSize cuts", async () => {
    await invoke("New-InboundConnector", NEW);
    await invoke("New-InboundConnector", { ...NEW, Name: "other" });
    assert.equal((await invoke("Get-InboundConnector", { Identity: null })).value.length, 2);
    assert.equal((await invoke("Get-InboundConnector", { ResultSize: 1 })).value.length, 1);
  });

  test("Set and Remove without Confirm:false ask instead of acting", async () => {
    await invoke("New-InboundConnector", NEW);
    const before = state();
    for (const name of ["Set-InboundConnector", "Remove-InboundConnector"]) {
      const asked = await invoke(name, { Identity: "relay" });
      assert.match(String(asked.body["@adminapi.confirmationmessage"]), /Are you sure/);
    }
    assert.deepEqual(bench.world.connectors, before);
  });

  test("an offering without connectors makes them disabled and does not enable them", async () => {
    bench.world.settings.connectorOffering = "disabled";
    const made = await invoke("New-InboundConnector", NEW);
    assert.match(made.warnings.join(), /created in a disabled state/);
    assert.equal(made.value[0]?.Enabled, false);
    const enable = { Identity: "relay", Enabled: true, Confirm: false };
    const set = await invoke("Set-InboundConnector", enable);
    assert.match(set.warnings.join(), /can't enable an inbound connector/);
    assert.equal(bench.world.connectors[0]?.enabled, false);
  });

  test("RequireTls on OnPremises is kept, or ignored without a word, as the world has it", async () => {
    const made = await invoke("New-InboundConnector", { ...NEW, RequireTls: true });
    assert.equal(made.value[0]?.RequireTls, true);
    bench.world.settings.requireTlsOnPremises = "ignored";
    const again = { ...NEW, Name: "again", RequireTls: true };
    const ignored = await invoke("New-InboundConnector", again);
    assert.deepEqual([ignored.warnings, ignored.value[0]?.RequireTls], [[], false]);
  });

  test("a developer subscription can't create a connector", async () => {
    bench.world.settings.connectorOffering = "refused";
    assert.equal((await invoke("New-InboundConnector", NEW)).status, 400);
    assert.deepEqual(bench.world.connectors, []);
  });

  test("an app without the directory role gets NUL bytes, as for an unknown cmdlet", async () => {
    bench.world.settings.forbiddenLabelledGzip = false;
    const unknown = await post({ CmdletInput: { CmdletName: "Get-Mailbox", Parameters: {} } });
    bench.world.deployer.directoryRoles = [];
    token = await bench.tokenFor(EXCHANGE_SCOPE);
    const roleless = await post({
      CmdletInput: { CmdletName: "New-InboundConnector", Parameters: NEW },
    });
    for (const response of [unknown, roleless]) {
      assert.equal(response.status, 403);
      assert.match(response.headers.get("x-ms-diagnostics") ?? "", /^2000003;reason="/);
      assert.deepEqual(new Uint8Array(await response.arrayBuffer()), new Uint8Array(4096));
    }
    assert.equal(bench.log.count({ what: "Get-Mailbox", refused: true }), 1);
    assert.deepEqual(bench.world.connectors, []);
  });

  test("a role that was added later is not in the old token", async () => {
    const { directoryRoles } = bench.world.deployer;
    bench.world.deployer.directoryRoles = [];
    token = await bench.tokenFor(EXCHANGE_SCOPE);
    bench.world.deployer.directoryRoles = directoryRoles;
    const body = { CmdletInput: { CmdletName: "Get-InboundConnector", Parameters: {} } };
    assert.equal((await post(body)).status, 403);
    token = await bench.tokenFor(EXCHANGE_SCOPE);
    assert.equal((await post(body)).status, 200);
  });

  test("a reading role reads and does not write", async () => {
    bench.world.deployer.directoryRoles = ["f2ef992c-3afb-46b9-b7cf-a126ee74c451"];
    token = await bench.tokenFor(EXCHANGE_SCOPE);
    const body = (CmdletName: string) => ({ CmdletInput: { CmdletName, Parameters: NEW } });
    const read = { CmdletInput: { CmdletName: "Get-InboundConnector", Parameters: {} } };
    assert.equal((await post(read)).status, 200);
    assert.equal((await post(body("New-InboundConnector"))).status, 403);
  });

  test("401 for no token, another audience, no app role, and an expired token", async () => {
    const body = { CmdletInput: { CmdletName: "Get-InboundConnector", Parameters: {} } };
    assert.equal((await post(body, { authorization: "" })).status, 401);
    const graph = await bench.tokenFor(`${ORIGIN}/.default`);
    assert.equal((await post(body, { authorization: `Bearer ${graph}` })).status, 401);
    await bench.clock.advance(91 * 60_000);
    assert.equal((await post(body)).status, 401);
    bench.world.deployer.appRoles.exchange = [];
    token = await bench.tokenFor(EXCHANGE_SCOPE);
    const refused = await post(body);
    assert.equal(refused.status, 401);
    assert.match(refused.headers.get("www-authenticate") ?? "", /^Bearer /);
  });

  test("refuses what a request must not be, and logs it", async () => {
    const good = { CmdletInput: { CmdletName: "Get-InboundConnector", Parameters: {} } };
    const plain = { "content-type": "text/plain" };
    const anchor = { "x-anchormailbox": "someone" };
    const expected: [Response, number][] = [
      [await post(good, plain), 415],
      [await post(good, anchor), 400],
      [await post(good, { "x-cmdletname": "Get-AcceptedDomain" }), 400],
      [await post({ ...good, Extra: 1 }), 400],
      [await post({ CmdletInput: { ...good.CmdletInput, Extra: 1 } }), 400],
      [await post(good, {}, "beta", "?$top=1"), 400],
      [await post(good, {}, "v1.0"), 405],
      [await bench.exchange.request("/adminapi/beta/x/Mailbox"), 404],
    ];
    for (const [response, status] of expected) assert.equal(response.status, status);
    assert.equal(bench.log.count({ service: "exchange", refused: true }), expected.length);
  });

  test("honours $select", async () => {
    await invoke("New-InboundConnector", NEW);
    const body = { CmdletInput: { CmdletName: "Get-InboundConnector", Parameters: {} } };
    const response = await post(body, {}, "beta", "?$select=Name,Enabled");
    const { value } = (await response.json()) as ReplyBody;
    assert.deepEqual(value, [{ Name: "relay", Enabled: true }]);
  });

  test("Get-AcceptedDomain lists the verified domains", async () => {
    const { value } = await invoke("Get-AcceptedDomain");
    assert.deepEqual(
      value.map(({ DomainName, Default, InitialDomain }) => [DomainName, Default, InitialDomain]),
      [
        [bench.world.tenant.initialDomain, false, true],
        [bench.world.tenant.domain, true, false],
      ],
    );
    assert.equal((await invoke("Get-AcceptedDomain", { Identity: "x.example" })).status, 404);
  });

  test("counts calls of each cmdlet", async () => {
    await invoke("New-InboundConnector", NEW);
    await invoke("Get-InboundConnector");
    await invoke("Get-InboundConnector");
    assert.equal(bench.log.count({ service: "exchange" }), 3);
    assert.equal(bench.log.count({ service: "exchange", what: "Get-InboundConnector" }), 2);
  });

  test("a transient fault is a 400 of that type and changes nothing", async () => {
    bench.faults.inject({
      where: { service: "exchange", match: "New-InboundConnector" },
      what: { kind: "transient", type: "CmdletProxyNotAvailableFailure" },
    });
    const refused = await invoke("New-InboundConnector", NEW);
    assert.equal(refused.status, 400);
    assert.match(refused.text, /\|CmdletProxyNotAvailableFailure\|/);
    assert.deepEqual(bench.world.connectors, []);
    assert.equal((await invoke("New-InboundConnector", NEW)).status, 200);
  });

  test("a slow replica does not see a new object for some reads, but its name is taken", async () => {
    bench.faults.inject({
      where: { service: "exchange", match: "New-InboundConnector" },
      what: { kind: "invisible", reads: 2 },
    });
    await invoke("New-InboundConnector", NEW);
    assert.equal((await invoke("New-InboundConnector", NEW)).status, 400);
    assert.equal((await invoke("Get-InboundConnector", { Identity: "relay" })).status, 404);
    assert.deepEqual((await invoke("Get-InboundConnector")).value, []);
    assert.equal((await invoke("Get-InboundConnector", { Identity: "relay" })).status, 200);
  });

  test("an injected 503 and an expired token strike once", async () => {
    for (const what of [
      { kind: "status", status: 503, retryAfter: 1 },
      { kind: "expiredToken" },
    ] as const) {
      bench.faults.inject({ where: { service: "exchange" }, what });
      const body = { CmdletInput: { CmdletName: "Get-InboundConnector", Parameters: {} } };
      assert.equal((await post(body)).status, what.kind === "status" ? 503 : 401);
      assert.equal((await post(body)).status, 200);
    }
  });
});
