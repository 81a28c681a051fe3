import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it, type TestContext } from "node:test";
import { exchange, type Invoke } from "../../../tenant/exchange.ts";
import {
  ExchangeError,
  isAlreadyThere,
  isNotFound,
  isOutcomeUnknown,
} from "../../../tenant/exchangeError.ts";
import { type FaultKind, openTenantBench, type TenantBench, thrownBy } from "./bench.ts";

const NEW = {
  Name: "relay",
  SenderDomains: ["*"],
  ConnectorType: "OnPremises",
  SenderIPAddresses: ["198.51.100.7"],
};

describe("a cmdlet over the wire", () => {
  let bench: TenantBench;
  let invoke: Invoke;
  before(async () => {
    bench = await openTenantBench("cmdlet");
  });
  after(() => bench.lab.close());
  beforeEach(async () => {
    bench.reset();
    invoke = exchange(await bench.connect());
  });

  const strike = (match: string, what: FaultKind, times = 1) =>
    bench.lab.faults.inject({ where: { service: "exchange", match }, what, times });
  const failed = async (cmdlet: string, parameters = {}) => {
    const error = await thrownBy(() => invoke(cmdlet, parameters));
    assert.ok(error instanceof ExchangeError, `${error}`);
    return error;
  };
  const connectors = () => bench.lab.world.connectors.map(({ name }) => name);

  it("gives the objects, and the lab finds nothing wrong with the request", async () => {
    await invoke("New-InboundConnector", NEW);
    const { value, warnings } = await invoke("Get-InboundConnector", { Identity: "relay" });
    assert.deepEqual([value[0]?.Name, value.length, warnings], ["relay", 1, []]);
    assert.deepEqual(
      bench.events().filter(({ refused }) => refused),
      [],
    );
  });

  it("pages are put together, each asked for with the same body", async () => {
    const names = ["a", "b", "c", "d", "e"];
    for (const Name of names) bench.lab.admin("New-InboundConnector", { ...NEW, Name });
    bench.lab.world.settings.pageSize = 2;
    const { value } = await invoke("Get-InboundConnector", {});
    assert.deepEqual(
      value.map(({ Name }) => Name),
      names,
    );
    assert.equal(bench.asked("Get-InboundConnector"), 3);
  });

  /** Lets Exchange's answers name these next pages, one each; gives what was asked for. */
  function pagesLeadTo(t: TestContext, links: string[]): string[] {
    const real = globalThis.fetch;
    const asked: string[] = [];
    t.mock.method(globalThis, "fetch", async (url: string, init: RequestInit) => {
      asked.push(String(url));
      const response = await real(url, init);
      const link = links.shift();
      if (link === undefined || !String(url).includes("InvokeCommand")) return response;
      const page = (await response.json()) as object;
      return Response.json({ ...page, "@odata.nextLink": link });
    });
    return asked;
  }

  it("a next page of another origin is refused, and nothing is asked there", async (t) => {
    const own = `https://localhost:${bench.lab.ports.https}`;
    for (const link of [
      "https://evil.example/adminapi/beta/x/InvokeCommand",
      own.replace("localhost", "localhost.evil.example"),
      own.replace("https:", "http:"),
      "https://localhost@evil.example/",
      "/adminapi/beta/x/InvokeCommand",
      "no address at all",
    ]) {
      const asked = pagesLeadTo(t, [link]);
      const error = await failed("Get-InboundConnector");
      assert.ok(error.message.endsWith(`named a next page that is not one of its own: ${link}`));
      assert.deepEqual([asked.length, new URL(asked[0] ?? "").origin], [1, own]);
      assert.equal(isOutcomeUnknown(error) || isNotFound(error), false);
      t.mock.restoreAll();
    }
    assert.equal(bench.asked("Get-InboundConnector"), 6);
  });

  it("a next page that came already is refused", async (t) => {
    const { origin } = new URL(`https://localhost:${bench.lab.ports.https}`);
    const first = `${origin}/adminapi/beta/${bench.tenant.tenantId}/InvokeCommand`;
    pagesLeadTo(t, [first]);
    assert.match((await failed("Get-InboundConnector")).message, /not one of its own/);
    assert.equal(bench.asked("Get-InboundConnector"), 1);
    t.mock.restoreAll();

    for (const Name of ["a", "b", "c", "d", "e"]) {
      bench.lab.admin("New-InboundConnector", { ...NEW, Name });
    }
    bench.lab.world.settings.pageSize = 2;
    const asked = pagesLeadTo(t, []);
    await invoke("Get-InboundConnector", {});
    const [, second = ""] = asked;
    t.mock.restoreAll();
    const again = pagesLeadTo(t, [second, second]);
    assert.match((await failed("Get-InboundConnector")).message, /not one of its own/);
    assert.deepEqual(again, [first, second]);
  });

  for (const emptyOutcome of ["value", "no body"] as const) {
    it(`a success that says nothing (${emptyOutcome}) is a success`, async () => {
      bench.lab.world.settings.emptyOutcome = emptyOutcome;
      await invoke("New-InboundConnector", NEW);
      const change = { Identity: "relay", Comment: "x", Confirm: false };
      assert.deepEqual(await invoke("Set-InboundConnector", change), { value: [], warnings: [] });
      assert.equal(bench.lab.world.connectors[0]?.comment, "x");
    });
  }

  it("one sign-in is enough for several cmdlets", async () => {
    for (const _ of [1, 2, 3]) await invoke("Get-InboundConnector", {});
    assert.equal(bench.events().filter(({ what }) => what.endsWith("/token")).length, 1);
  });

  it("warnings are passed on", async () => {
    bench.lab.world.settings.connectorOffering = "disabled";
    const { warnings } = await invoke("New-InboundConnector", NEW);
    assert.match(warnings.join(), /created in a disabled state\. Contact Support/);
  });

  for (const shape of ["pipes", "json"] as const) {
    it(`errors in the shape "${shape}" are recognised by type`, async () => {
      bench.lab.world.settings.errorText = shape;
      await invoke("New-InboundConnector", NEW);
      const absent = await failed("Get-InboundConnector", { Identity: "nobody" });
      assert.ok(isNotFound(absent));
      assert.match(absent.message, /^Get-InboundConnector: .*'nobody' couldn't be found/);
      const twice = await failed("New-InboundConnector", NEW);
      assert.ok(isAlreadyThere(twice));
      assert.match(twice.message, /^New-InboundConnector: The object 'CN=relay,.*already exists/);
      assert.deepEqual(connectors(), ["relay"]);
    });
  }

  for (const gzip of [false, true]) {
    it(`403 with NUL bytes ${gzip ? "labelled gzip" : "as they are"} names the role`, async () => {
      bench.lab.world.settings.forbiddenLabelledGzip = gzip;
      bench.lab.world.deployer.directoryRoles = [];
      const error = await failed("Get-InboundConnector");
      assert.equal(error.status, 403);
      assert.match(error.message, /Directory Roles.*; .*assign its service principal Exchange Adm/);
      assert.equal(bench.asked("Get-InboundConnector"), 1);
    });
  }

  it("401 names the permission", async () => {
    bench.lab.world.deployer.appRoles.exchange = [];
    const error = await failed("Get-InboundConnector");
    assert.equal(error.status, 401);
    assert.match(error.message, /no permissions.*; .*Exchange\.ManageAsApp/);
  });

  it("a throttled cmdlet is tried again, also one that makes something", async () => {
    strike("New-InboundConnector", { kind: "status", status: 429, retryAfter: 0.01 }, 2);
    await invoke("New-InboundConnector", NEW);
    assert.equal(bench.asked("New-InboundConnector"), 3);
    assert.deepEqual(connectors(), ["relay"]);
  });

  it("says before each pause why, and how long it is", async () => {
    const pauses: [string, number][] = [];
    const patient = exchange(await bench.connect(), (reason, ms) => void pauses.push([reason, ms]));
    strike("Get-InboundConnector", { kind: "status", status: 429, retryAfter: 0.02 });
    strike("Get-InboundConnector", { kind: "status", status: 502, retryAfter: 0.01 });
    await patient("Get-InboundConnector", {});
    assert.deepEqual(pauses, [
      ["Exchange accepts no more requests for now (HTTP 429)", 20],
      ["Exchange gave no answer (HTTP 502)", 10],
    ]);
  });

  it("after four tries it gives up, and says what Exchange said", async () => {
    strike("Get-InboundConnector", { kind: "status", status: 429, retryAfter: 0.01 }, 9);
    const error = await failed("Get-InboundConnector");
    assert.equal(error.status, 429);
    assert.match(error.message, /injected by the lab/);
    assert.equal(bench.asked("Get-InboundConnector"), 4);
  });

  it("a wait that would hang the run is not waited for", async () => {
    strike("Get-InboundConnector", { kind: "status", status: 429, retryAfter: 3600 }, 9);
    assert.equal((await failed("Get-InboundConnector")).retryAfter, 3_600_000);
    assert.equal(bench.asked("Get-InboundConnector"), 1);
  });

  for (const status of [500, 502, 504] as const) {
    it(`${status}: what makes something is not tried again, a change is`, async () => {
      const what: FaultKind = { kind: "status", status, retryAfter: 0.01 };
      strike("New-InboundConnector", what);
      const error = await failed("New-InboundConnector", NEW);
      assert.ok(isOutcomeUnknown(error));
      assert.equal(bench.asked("New-InboundConnector"), 1);
      assert.deepEqual(connectors(), []);
      await invoke("New-InboundConnector", NEW);
      strike("Set-InboundConnector", what);
      await invoke("Set-InboundConnector", { Identity: "relay", Comment: "x", Confirm: false });
      assert.equal(bench.asked("Set-InboundConnector"), 2);
      assert.equal(bench.lab.world.connectors[0]?.comment, "x");
    });
  }

  it("503 says that nothing ran: even what makes something is tried again", async () => {
    strike("New-InboundConnector", { kind: "status", status: 503, retryAfter: 0.01 });
    await invoke("New-InboundConnector", NEW);
    assert.deepEqual(connectors(), ["relay"]);
  });

  it("a lost reply to what makes something: it ran once, and the caller gets an error", async () => {
    strike("New-InboundConnector", { kind: "replyLost" });
    const error = await failed("New-InboundConnector", NEW);
    assert.deepEqual([error.status, isOutcomeUnknown(error)], [0, true]);
    assert.match(error.message, /^New-InboundConnector: no answer from Exchange \(.+\)$/);
    assert.deepEqual(connectors(), ["relay"]);
    assert.equal(bench.asked("New-InboundConnector"), 1);
  });

  it("transient errors with HTTP 400, and lost replies to changes, are tried again", async () => {
    await invoke("New-InboundConnector", NEW);
    const change = { Identity: "relay", Comment: "x", Confirm: false };
    strike("Get-InboundConnector", { kind: "transient", type: "x.CmdletProxyNotAvailableFailure" });
    strike("Get-AcceptedDomain", { kind: "transient", type: "x.y.BackendCommunicationException" });
    strike("New-InboundConnector", { kind: "transient", type: "ServerBusyException" });
    strike("Set-InboundConnector", { kind: "replyLost" });
    // They wait a second each: at once.
    await Promise.all([
      invoke("Get-InboundConnector", {}),
      invoke("Get-AcceptedDomain", {}),
      invoke("New-InboundConnector", { ...NEW, Name: "second", SenderIPAddresses: ["192.0.2.9"] }),
      invoke("Set-InboundConnector", change),
    ]);
    assert.equal(bench.asked("Get-InboundConnector"), 2);
    assert.equal(bench.asked("Get-AcceptedDomain"), 2);
    assert.equal(bench.asked("New-InboundConnector"), 3);
    assert.deepEqual(connectors(), ["relay", "second"]);
    assert.equal(bench.lab.world.connectors[0]?.comment, "x");
  });

  it("an error that Exchange means is not tried again, and changes nothing", async () => {
    await failed("New-InboundConnector", { ...NEW, SenderIPAddresses: ["10.0.0.1"] });
    assert.equal(bench.asked("New-InboundConnector"), 1);
    assert.deepEqual(connectors(), []);
  });

  it("a failed sign-in asks nothing of Exchange and comes in Entra's words", async () => {
    invoke = exchange(await bench.connect({ ARM_CLIENT_SECRET: "wrong" }));
    const error = await thrownBy(() => invoke("Get-InboundConnector", {}));
    assert.match(error.message, /^sign-in to tenant .*AADSTS7000215/);
    assert.equal(bench.asked("Get-InboundConnector"), 0);
  });

  it("no error shows a token or a secret", async () => {
    strike("New-InboundConnector", { kind: "replyLost" });
    const errors = [await failed("New-InboundConnector", NEW), await failed("Get-Nonsense")];
    const secrets = bench.lab.secrets();
    assert.ok(secrets.length > 3);
    for (const { message, stack } of errors) {
      for (const secret of secrets) assert.ok(!`${message}${stack}`.includes(secret));
    }
  });
});
