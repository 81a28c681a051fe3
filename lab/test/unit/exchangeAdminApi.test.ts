// The admin API around the cmdlets: who may enter, what a request must be, the shapes of answers, faults.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import {
  command,
  EXCHANGE_SCOPE,
  type ExchangeBench,
  makeExchangeBench,
  ORIGIN,
  RELAY,
  type ReplyBody,
} from "./bench.ts";

const READ = command("Get-InboundConnector");
const WRITE = command("New-InboundConnector", RELAY);

describe("Exchange Online admin API", () => {
  let bench: ExchangeBench;
  beforeEach(async () => {
    bench = await makeExchangeBench();
  });
  const pathOf = (version: string, query = "") =>
    `/adminapi/${version}/${bench.world.tenant.id}/InvokeCommand${query}`;

  const EXCHANGE_ADMINISTRATOR = "29232cdf-9323-42fd-ade2-1d097af3e4de";
  const GLOBAL_READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451";
  const SECURITY_READER = "5d6b6bb7-de71-4623-b4af-96380a352509";
  const grants: [string, string[], string[], number, number][] = [
    ["neither grant", [], [], 401, 401],
    ["the directory role alone", [], [EXCHANGE_ADMINISTRATOR], 401, 401],
    ["the app role of another API", ["Exchange.ManageAsAppV2"], [EXCHANGE_ADMINISTRATOR], 401, 401],
    ["the app role alone", ["Exchange.ManageAsApp"], [], 403, 403],
    ["Security Reader", ["Exchange.ManageAsApp"], [SECURITY_READER], 403, 403],
    ["Global Reader", ["Exchange.ManageAsApp"], [GLOBAL_READER], 200, 403],
    ["both grants", ["Exchange.ManageAsApp"], [EXCHANGE_ADMINISTRATOR], 200, 200],
  ];
  for (const [what, appRoles, directoryRoles, reading, writing] of grants) {
    it(`with ${what}: reading is ${reading}, writing ${writing}`, async () => {
      bench.world.deployer.appRoles.exchange = appRoles;
      bench.world.deployer.directoryRoles = directoryRoles;
      await bench.renewToken();
      assert.equal((await bench.post(READ)).status, reading);
      assert.equal((await bench.post(WRITE)).status, writing);
      assert.equal(bench.world.connectors.length, writing === 200 ? 1 : 0);
    });
  }

  it("a grant that was added later is not in the old token", async () => {
    const { deployer } = bench.world;
    const { directoryRoles } = deployer;
    deployer.directoryRoles = [];
    await bench.renewToken();
    deployer.directoryRoles = directoryRoles;
    assert.equal((await bench.post(READ)).status, 403);
    await bench.renewToken();
    assert.equal((await bench.post(READ)).status, 200);
  });

  it("401 for no token, another audience, another tenant, and an expired token", async () => {
    const refuse = async (response: Response) => {
      assert.equal(response.status, 401);
      assert.match(response.headers.get("www-authenticate") ?? "", /^Bearer /);
      assert.equal(await response.text(), "");
    };
    await refuse(await bench.post(WRITE, { authorization: "" }));
    const graph = await bench.tokenFor(`${ORIGIN}/.default`);
    await refuse(await bench.post(WRITE, { authorization: `Bearer ${graph}` }));
    const elsewhere = await makeExchangeBench("elsewhere");
    const theirs = await elsewhere.tokenFor(EXCHANGE_SCOPE);
    await refuse(await bench.post(WRITE, { authorization: `Bearer ${theirs}` }));
    await refuse(await bench.post(WRITE, {}, "/adminapi/beta/%0Anowhere/InvokeCommand"));
    await bench.clock.advance(91 * 60_000);
    await refuse(await bench.post(WRITE));
    assert.deepEqual(bench.world.connectors, []);
  });

  it("403 is a run of NUL bytes with the reason in a header, also for an unknown cmdlet", async () => {
    bench.world.settings.forbiddenLabelledGzip = false;
    const unknown = await bench.post(command("Get-UnifiedGroup"));
    bench.world.deployer.directoryRoles = [];
    await bench.renewToken();
    for (const response of [unknown, await bench.post(WRITE)]) {
      assert.equal(response.status, 403);
      assert.match(response.headers.get("x-ms-diagnostics") ?? "", /^2000003;reason="/);
      assert.deepEqual(new Uint8Array(await response.arrayBuffer()), new Uint8Array(4096));
    }
    assert.equal(bench.log.count({ what: "Get-UnifiedGroup", refused: true }), 1);
    assert.deepEqual(bench.world.connectors, []);
  });

  it("refuses what a request must not be, and logs it", async () => {
    const expected: [Response, number][] = [
      [await bench.post(WRITE, { "content-type": "text/plain" }), 415],
      [await bench.post(WRITE, { "x-anchormailbox": "someone" }), 400],
      [await bench.post(WRITE, { "x-cmdletname": "Get-AcceptedDomain" }), 400],
      [await bench.post({ ...WRITE, Extra: 1 }), 400],
      [await bench.post({ CmdletInput: { ...WRITE.CmdletInput, Extra: 1 } }), 400],
      [await bench.post(WRITE, {}, pathOf("beta", "?$top=1")), 400],
      [await bench.post(WRITE, {}, pathOf("beta", "?$skiptoken=x")), 400],
      [await bench.post(WRITE, {}, pathOf("v1.0")), 405],
      [await bench.exchange.request("/adminapi/beta/x/Mailbox"), 404],
    ];
    for (const [response, status] of expected) assert.equal(response.status, status);
    assert.equal(bench.log.count({ service: "exchange", refused: true }), expected.length);
    assert.deepEqual(bench.world.connectors, []);
  });

  const NOT_FOUND = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException";
  it("an object that is not there: 404 with its type in either text", async () => {
    const piped = await bench.invoke("Get-InboundConnector", { Identity: "x" });
    assert.deepEqual([piped.status, piped.code], [404, "NotFound"]);
    const { directory } = bench.world.tenant.servers;
    const words = `The operation couldn't be performed because object 'x' couldn't be found on '${directory}'.`;
    assert.equal(piped.text, `Ex6F9304|${NOT_FOUND}|${words}`);
    assert.equal(piped.body.error?.message, "Error executing cmdlet");
    assert.equal(piped.body.error?.details?.[0]?.code, "Context");
    assert.equal(piped.body.error?.innererror?.internalexception.message, piped.text);
    bench.world.settings.errorText = "json";
    const json = await bench.invoke("Get-InboundConnector", { Identity: "x" });
    assert.deepEqual(JSON.parse(json.text), {
      Message: words,
      TypeName: NOT_FOUND,
      StackTrace: null,
      InnerError: null,
    });
  });

  it("an error of the API itself has an empty code before its type", async () => {
    const { text } = await bench.invoke("Get-InboundConnector", { Nonsense: 1 });
    assert.match(text, /^\|Microsoft\.Exchange\.AdminApi\.CommandInvocation\.\w+\|Parameter set /);
  });

  it("Set- and Remove- answer an empty list, or nothing at all, as the world has it", async () => {
    await bench.invoke("New-InboundConnector", RELAY);
    const change = { Identity: "relay", Confirm: false };
    const set = await bench.invoke("Set-InboundConnector", { ...change, Comment: "a" });
    assert.deepEqual([set.status, set.body.value], [200, []]);
    bench.world.settings.emptyOutcome = "no body";
    const silent = await bench.post(command("Set-InboundConnector", { ...change, Comment: "b" }));
    assert.deepEqual([silent.status, await silent.text()], [200, ""]);
    const warned = await bench.invoke("Set-InboundConnector", { ...change, Comment: "b" });
    assert.match(warned.warnings.join(), /no settings .* have been modified/);
    assert.deepEqual((await bench.invoke("Get-InboundConnector")).value.length, 1);
    const removed = await bench.post(command("Remove-InboundConnector", change));
    assert.deepEqual([removed.status, await removed.text()], [200, ""]);
    assert.deepEqual((await bench.invoke("Get-InboundConnector")).value, []);
  });

  it("a page is continued by the same body with the same anchor, for half an hour", async () => {
    for (const Name of ["a", "b", "c"])
      await bench.invoke("New-InboundConnector", { ...RELAY, Name });
    bench.world.settings.pageSize = 2;
    const first = (await (await bench.post(READ)).json()) as ReplyBody;
    const link = first["@odata.nextLink"] ?? "";
    const second = (await (await bench.post(READ, {}, link)).json()) as ReplyBody;
    assert.deepEqual(
      [first, second].map(({ value = [] }) => value.map(({ Name }) => Name)),
      [["a", "b"], ["c"]],
    );
    assert.equal(second["@odata.nextLink"], undefined);
    const anchor = { "x-anchormailbox": `UPN:admin@${bench.world.tenant.domain}` };
    assert.equal((await bench.post(READ, anchor, link)).status, 400);
    assert.equal((await bench.post(command("Get-AcceptedDomain"), {}, link)).status, 400);
    assert.equal((await bench.post(WRITE, {}, link)).status, 400);
    assert.equal(bench.world.connectors.length, 3);
    await bench.clock.advance(31 * 60_000);
    const late = await bench.post(READ, {}, link);
    assert.match(await late.text(), /Expired or Invalid pagination request/);
  });

  it("gives no more objects in a page than the client prefers", async () => {
    for (const Name of ["a", "b", "c"])
      await bench.invoke("New-InboundConnector", { ...RELAY, Name });
    const prefer = { prefer: "odata.maxpagesize=2" };
    const first = (await (await bench.post(READ, prefer)).json()) as ReplyBody;
    assert.equal(first.value?.length, 2);
    assert.match(first["@adminapi.warnings"]?.join() ?? "", /more results available/);
    const link = first["@odata.nextLink"] ?? "";
    const second = (await (await bench.post(READ, prefer, link)).json()) as ReplyBody;
    assert.deepEqual([second.value?.length, second["@adminapi.warnings"]], [1, []]);
  });

  it("ends a list after 1000 objects unless ResultSize says otherwise, and warns", async () => {
    bench.world.settings.defaultResultSize = 2;
    for (const Name of ["a", "b", "c"])
      await bench.invoke("New-InboundConnector", { ...RELAY, Name });
    for (const [parameters, count, cut] of [
      [{}, 2, true],
      [{ ResultSize: 1 }, 1, true],
      [{ ResultSize: 3 }, 3, false],
      [{ ResultSize: "unlimited" }, 3, false],
      [{ Identity: "a" }, 1, false],
    ] as const) {
      const { value, warnings, body } = await bench.invoke("Get-InboundConnector", parameters);
      assert.deepEqual([value.length, body["@odata.nextLink"]], [count, undefined]);
      assert.deepEqual(
        warnings,
        cut
          ? [
              "There are more results available than are currently displayed. To view them, increase the value for the ResultSize parameter.",
            ]
          : [],
      );
    }
  });

  it("shows every object of a cmdlet without ResultSize", async () => {
    bench.world.settings.defaultResultSize = 0;
    assert.ok((await bench.invoke("Get-ManagementRole")).value.length > 2);
    assert.deepEqual((await bench.invoke("Get-AcceptedDomain")).value, []);
    const refused = await bench.invoke("Get-ManagementRole", { ResultSize: "Unlimited" });
    assert.match(refused.text, /Invalid cmdlet parameters specified\. ResultSize$/);
  });

  it("honours $select", async () => {
    await bench.invoke("New-InboundConnector", RELAY);
    const response = await bench.post(READ, {}, pathOf("beta", "?$select=Name,Enabled"));
    const { value } = (await response.json()) as ReplyBody;
    assert.deepEqual(value, [{ Name: "relay", Enabled: true }]);
    assert.equal((await bench.post(READ, {}, pathOf("beta", "?$select=No"))).status, 400);
  });

  it("Get-AcceptedDomain lists the verified domains", async () => {
    const { value } = await bench.invoke("Get-AcceptedDomain");
    assert.deepEqual(
      value.map(({ DomainName, Default, InitialDomain }) => [DomainName, Default, InitialDomain]),
      [
        [bench.world.tenant.initialDomain, false, true],
        [bench.world.tenant.domain, true, false],
      ],
    );
    assert.equal((await bench.invoke("Get-AcceptedDomain", { Identity: "x.example" })).status, 404);
    assert.equal((await bench.invoke("Get-AcceptedDomain", { Identity: "" })).status, 400);
  });

  it("counts calls of each cmdlet", async () => {
    await bench.invoke("New-InboundConnector", RELAY);
    await bench.invoke("Get-InboundConnector");
    await bench.invoke("Get-InboundConnector");
    assert.equal(bench.log.count({ service: "exchange" }), 3);
    assert.equal(bench.log.count({ service: "exchange", what: "Get-InboundConnector" }), 2);
  });

  it("a transient fault is a 400 of that type and changes nothing", async () => {
    bench.faults.inject({
      where: { service: "exchange", match: "New-InboundConnector" },
      what: { kind: "transient", type: "CmdletProxyNotAvailableFailure" },
    });
    const refused = await bench.invoke("New-InboundConnector", RELAY);
    assert.equal(refused.status, 400);
    assert.match(refused.text, /\|CmdletProxyNotAvailableFailure\|/);
    assert.deepEqual(bench.world.connectors, []);
    assert.equal((await bench.invoke("New-InboundConnector", RELAY)).status, 200);
  });

  it("an injected 503 and an expired token strike once", async () => {
    for (const what of [
      { kind: "status", status: 503, retryAfter: 1 },
      { kind: "expiredToken" },
    ] as const) {
      bench.faults.inject({ where: { service: "exchange" }, what });
      assert.equal((await bench.post(READ)).status, what.kind === "status" ? 503 : 401);
      assert.equal((await bench.post(READ)).status, 200);
    }
  });
});
