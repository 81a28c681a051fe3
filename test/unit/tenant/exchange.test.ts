import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it, type TestContext } from "node:test";
import { ABSENT_SHAPES } from "../../../lab/src/world/settings.ts";
import { exchange, type Invoke } from "../../../tenant/exchange.ts";
import {
  ExchangeError,
  isAlreadyThere,
  isNotFound,
  isOutcomeUnknown,
  isRefusal,
} from "../../../tenant/exchangeError.ts";
import { type FaultKind, openTenantBench, type TenantBench, thrownBy } from "./bench.ts";

const NEW = {
  Name: "relay",
  SenderDomains: ["*"],
  ConnectorType: "OnPremises",
  SenderIPAddresses: ["198.51.100.7"],
};

const NOT_FOUND = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException";
const NOBODY = "00000000-1111-4111-8111-111111111111";

/** A call of every reading cmdlet by an identity that nothing has. */
const ABSENT_CALLS: [string, object][] = [
  ...[
    ...["Get-AcceptedDomain", "Get-AuthenticationPolicy", "Get-CASMailbox"],
    ...["Get-DkimSigningConfig", "Get-HostedOutboundSpamFilterPolicy"],
    ...["Get-HostedOutboundSpamFilterRule", "Get-InboundConnector", "Get-Mailbox"],
    ...["Get-ManagementRole", "Get-ManagementRoleAssignment", "Get-ManagementScope"],
    ...["Get-Recipient", "Get-ServicePrincipal", "Get-User"],
    ...["Test-ServicePrincipalAuthorization"],
  ].map((cmdlet): [string, object] => [cmdlet, { Identity: NOBODY }]),
  ["Get-MailboxPermission", { Identity: NOBODY }],
  ["Get-RecipientPermission", { Identity: NOBODY }],
];

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

  it("a next page of another host is refused, and nothing is asked there", async (t) => {
    const own = `https://localhost:${bench.lab.ports.https}`;
    bench.lab.world.settings.endpointRedirect = null;
    for (const [link, named] of [
      ["https://evil.example/adminapi/beta/x/InvokeCommand", "https://evil.example"],
      [own.replace("localhost", "localhost.evil.example"), "https://localhost.evil.example"],
      [own.replace("https:", "http:"), "http://localhost"],
      ["https://localhost@evil.example/", "https://evil.example"],
      ["/adminapi/beta/x/InvokeCommand", '"/adminapi/beta/x/InvokeCommand"'],
      ["no address at all", '"no address at all"'],
    ] as const) {
      const asked = pagesLeadTo(t, [link]);
      const error = await failed("Get-InboundConnector");
      const words = `Get-InboundConnector: Exchange named as its next page ${named}`;
      assert.ok(error.message.startsWith(words), error.message);
      assert.match(error.message, /, which is not https at localhost or beneath; nothing was sent/);
      assert.deepEqual([asked.length, new URL(asked[0] ?? "").origin], [1, own]);
      assert.equal(isOutcomeUnknown(error) || isNotFound(error), false);
      t.mock.restoreAll();
    }
    assert.equal(bench.asked("Get-InboundConnector"), 6);
  });

  it("a next page that came already is refused", async (t) => {
    bench.lab.world.settings.endpointRedirect = null;
    const { origin } = new URL(`https://localhost:${bench.lab.ports.https}`);
    const first = `${origin}/adminapi/beta/${bench.tenant.tenantId}/InvokeCommand`;
    pagesLeadTo(t, [first]);
    assert.match(
      (await failed("Get-InboundConnector")).message,
      /next page .*, which it gave already/,
    );
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
    assert.match(
      (await failed("Get-InboundConnector")).message,
      /next page .*, which it gave already/,
    );
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

  for (const absentObject of ABSENT_SHAPES) {
    for (const errorText of ["pipes", "header"] as const) {
      it(`an object that does not exist (${absentObject}, ${errorText}) is none for every cmdlet`, async () => {
        Object.assign(bench.lab.world.settings, { absentObject, errorText });
        const isNone = async (cmdlet: string, parameters: object) => {
          try {
            return (await invoke(cmdlet, { ...parameters })).value.length === 0;
          } catch (error) {
            return isNotFound(error);
          }
        };
        for (const [cmdlet, parameters] of ABSENT_CALLS) {
          assert.ok(await isNone(cmdlet, parameters), cmdlet);
          assert.equal(bench.asked(cmdlet), 1, cmdlet);
        }
        // Nothing in the list, and one object in it.
        assert.deepEqual((await invoke("Get-InboundConnector", {})).value, []);
        await invoke("New-InboundConnector", NEW);
        assert.equal((await invoke("Get-InboundConnector", {})).value.length, 1);
        assert.equal((await invoke("Get-InboundConnector", { Identity: "relay" })).value.length, 1);
      });
    }
  }

  it("an object that a write names and that does not exist is an error in every world", async () => {
    for (const absentObject of ABSENT_SHAPES) {
      bench.lab.world.settings.absentObject = absentObject;
      const change = { Identity: "nobody", Comment: "x", Confirm: false };
      assert.ok(isNotFound(await failed("Set-InboundConnector", change)));
    }
  });

  it("a 200 with an error in it is that error, of a read too, and is not tried again", async () => {
    const type = "Microsoft.Exchange.Management.Tasks.ValidationException";
    for (const [cmdlet, parameters] of [
      ["Get-InboundConnector", {}],
      ["New-InboundConnector", NEW],
    ] as const) {
      strike(cmdlet, { kind: "errorInSuccess", type, ran: false });
      const error = await failed(cmdlet, parameters);
      assert.deepEqual([error.status, error.type], [200, "ValidationException"]);
      assert.equal(
        error.message,
        `${cmdlet}: The cmdlet could not complete for one of its objects.`,
      );
      assert.equal(bench.asked(cmdlet), 1);
    }
    assert.deepEqual(connectors(), []);
  });

  it("a write that a 200 with an error in it may have done is of unknown outcome", async () => {
    strike("New-InboundConnector", { kind: "errorInSuccess", type: "x.SomeException", ran: true });
    assert.ok(isOutcomeUnknown(await failed("New-InboundConnector", NEW)));
    assert.deepEqual(connectors(), ["relay"]);
  });

  it("an error in a later page is an error, and the list is not taken as whole", async (t) => {
    for (const Name of ["a", "b", "c"]) bench.lab.admin("New-InboundConnector", { ...NEW, Name });
    bench.lab.world.settings.pageSize = 2;
    for (const type of ["a.b.SomeException", NOT_FOUND]) {
      const real = globalThis.fetch;
      t.mock.method(globalThis, "fetch", async (url: string, init: RequestInit) => {
        const response = await real(url, init);
        if (!String(url).includes("skiptoken")) return response;
        return Response.json({ value: [], "@adminapi.errors": [`|${type}|Broken.`] });
      });
      const error = await failed("Get-InboundConnector");
      assert.match(
        error.message,
        /: Broken\.; Exchange listed 2 objects and then did not give the/,
      );
      assert.equal(isNotFound(error), false);
      t.mock.restoreAll();
    }
  });

  it("a page that Exchange refuses to give is an error that says that the list is not complete", async (t) => {
    for (const Name of ["a", "b", "c"]) bench.lab.admin("New-InboundConnector", { ...NEW, Name });
    bench.lab.world.settings.pageSize = 2;
    const real = globalThis.fetch;
    t.mock.method(globalThis, "fetch", (url: string, init: RequestInit) => {
      const isNext = String(url).includes("skiptoken");
      // Another body than the first page's: for Exchange another call.
      return real(url, isNext ? { ...init, body: `${init.body} ` } : init);
    });
    assert.equal(
      (await failed("Get-InboundConnector")).message,
      "Get-InboundConnector: Expired or Invalid pagination request. Default Expiry time is 00:30:00; Exchange listed 2 objects and then did not give the next page, so the list is not complete; run it again",
    );
    assert.equal(bench.asked("Get-InboundConnector"), 2);
  });

  it("a list that never ends is an error", async (t) => {
    const real = globalThis.fetch;
    let pages = 0;
    t.mock.method(globalThis, "fetch", async (url: string, init: RequestInit) => {
      if (!String(url).includes("adminapi")) return real(url, init);
      pages += 1;
      const link = `https://localhost:${bench.lab.ports.https}/adminapi/beta/x/InvokeCommand?page=${pages}`;
      return Response.json({ value: [{ Name: "a" }], "@odata.nextLink": link });
    });
    assert.match(
      (await failed("Get-InboundConnector")).message,
      /gave 1000 pages and named one more/,
    );
    assert.equal(pages, 1000);
  });

  it("a next page that asks to wait is waited for, and the list begins again", async (t) => {
    for (const Name of ["a", "b", "c"]) bench.lab.admin("New-InboundConnector", { ...NEW, Name });
    bench.lab.world.settings.pageSize = 2;
    const real = globalThis.fetch;
    let busy = 1;
    t.mock.method(globalThis, "fetch", async (url: string, init: RequestInit) => {
      if (!String(url).includes("skiptoken") || busy-- <= 0) return real(url, init);
      return new Response("<html>", { status: 429, headers: { "Retry-After": "0.01" } });
    });
    assert.equal((await invoke("Get-InboundConnector", {})).value.length, 3);
    assert.equal(bench.asked("Get-InboundConnector"), 3);
  });

  it('an answer that is none of Exchange\'s is no success, and not "none"', async (t) => {
    const real = globalThis.fetch;
    for (const body of ["<html>Sign in</html>", '{"status":"ok"}', "\ufeff<html>"]) {
      t.mock.method(globalThis, "fetch", async (url: string, init: RequestInit) =>
        String(url).includes("adminapi") ? new Response(body) : real(url, init),
      );
      const error = await failed("New-InboundConnector", NEW);
      assert.equal(
        error.message,
        "New-InboundConnector: no answer from Exchange (what came is not an answer of Exchange's admin API); run it again",
      );
      assert.ok(isOutcomeUnknown(error));
      t.mock.restoreAll();
    }
    t.mock.method(globalThis, "fetch", async (url: string, init: RequestInit) =>
      String(url).includes("adminapi") ? new Response('\ufeff{"value":[]}') : real(url, init),
    );
    assert.deepEqual((await invoke("Get-InboundConnector", {})).value, []);
  });

  it("a list that Exchange cut short is an error, and comes whole with ResultSize", async () => {
    for (const Name of ["a", "b", "c"]) bench.lab.admin("New-InboundConnector", { ...NEW, Name });
    bench.lab.world.settings.defaultResultSize = 2;
    assert.equal(
      (await failed("Get-InboundConnector")).message,
      "Get-InboundConnector: Exchange listed 2 objects and left others out",
    );
    bench.lab.world.settings.pageSize = 2;
    const { value, warnings } = await invoke("Get-InboundConnector", { ResultSize: "Unlimited" });
    assert.deepEqual([value.length, warnings], [3, []]);
  });

  it("warnings are passed on", async () => {
    bench.lab.world.settings.connectorOffering = "disabled";
    const { warnings } = await invoke("New-InboundConnector", NEW);
    assert.match(warnings.join(), /created in a disabled state\. Contact Support/);
  });

  for (const shape of ["pipes", "json", "pipes in json", "header", "no json"] as const) {
    it(`errors in the shape "${shape}" are recognised by type`, async () => {
      Object.assign(bench.lab.world.settings, { errorText: shape, absentObject: "not found" });
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

  const told: [string, number, string, string][] = [
    ["busy", 503, "<html>Service unavailable</html>", ": HTTP 503; run it again"],
    ["a broken gateway", 502, "<html>Bad gateway</html>", ": HTTP 502; run it again"],
    ["a failure in words", 500, '"It broke."', ": It broke.; run it again"],
    ["a lasting failure", 500, '"|x.UnableToWriteToAadException|Reason: no."', ": Reason: no."],
    ["a refusal", 400, "<html>Bad request</html>", ": HTTP 400"],
  ];
  for (const [what, status, body, words] of told) {
    it(`${what} that lasts is told as "${words}"`, async (t) => {
      const real = globalThis.fetch;
      t.mock.method(globalThis, "fetch", async (url: string, init: RequestInit) =>
        String(url).includes("adminapi") ? new Response(body, { status }) : real(url, init),
      );
      const patience = { lastTry: 0, longestCall: 10_000 };
      const impatient = exchange(await bench.connect(), undefined, patience);
      await assert.rejects(impatient("New-InboundConnector", NEW), (error) => {
        assert.ok(error instanceof ExchangeError);
        assert.deepEqual([error.message, error.status], [`New-InboundConnector${words}`, status]);
        return true;
      });
    });
  }

  it("a lost reply to what makes something: it ran once, and the caller gets an error", async () => {
    strike("New-InboundConnector", { kind: "replyLost" });
    const error = await failed("New-InboundConnector", NEW);
    assert.deepEqual([error.status, isOutcomeUnknown(error)], [0, true]);
    assert.match(
      error.message,
      /^New-InboundConnector: no answer from Exchange \(.+\); run it again$/,
    );
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
    // They wait two seconds each: at once.
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

  it("too many requests at once, and a write that Entra did not take, are tried again", async () => {
    strike("Get-AcceptedDomain", { kind: "concurrency" });
    strike("New-InboundConnector", { kind: "concurrency" });
    strike("Set-InboundConnector", { kind: "dualWrite", lasting: false });
    bench.lab.admin("New-InboundConnector", { ...NEW, Name: "first" });
    await Promise.all([
      invoke("Get-AcceptedDomain", {}),
      invoke("New-InboundConnector", { ...NEW, SenderIPAddresses: ["192.0.2.9"] }),
      invoke("Set-InboundConnector", { Identity: "first", Comment: "x", Confirm: false }),
    ]);
    assert.deepEqual(connectors(), ["first", "relay"]);
    assert.equal(bench.lab.world.connectors[0]?.comment, "x");
  });

  it("what Entra will not take later either is not tried again", async () => {
    strike("New-InboundConnector", { kind: "dualWrite", lasting: true });
    const error = await failed("New-InboundConnector", NEW);
    assert.match(error.message, /EmailAddresses is incorrect\. Reason: InvalidValue/);
    assert.equal(bench.asked("New-InboundConnector"), 1);
  });

  it("pauses 2, 8 and 30 s where Exchange names no time", async (t) => {
    const { setTimeout: real } = globalThis;
    const soon = (act: () => void, ms?: number) =>
      real(act, [2_000, 8_000, 30_000].includes(ms ?? 0) ? 1 : ms);
    t.mock.method(globalThis, "setTimeout", soon as typeof setTimeout);
    const pauses: number[] = [];
    const patient = exchange(await bench.connect(), (_reason, ms) => void pauses.push(ms));
    strike("Get-InboundConnector", { kind: "concurrency" }, 9);
    await assert.rejects(
      () => patient("Get-InboundConnector", {}),
      /concurrent requests per tenant/,
    );
    assert.deepEqual(pauses, [2_000, 8_000, 30_000]);
    assert.equal(bench.asked("Get-InboundConnector"), 4);
  });

  it("an error that Exchange means is not tried again, and changes nothing", async () => {
    await failed("New-InboundConnector", { ...NEW, SenderIPAddresses: ["10.0.0.1"] });
    assert.equal(bench.asked("New-InboundConnector"), 1);
    assert.deepEqual(connectors(), []);
  });

  for (const status of [301, 302, 307, 308] as const) {
    it(`${status}: a tenant with an endpoint of its own is asked there, and from then on at once`, async () => {
      bench.lab.world.settings.endpointRedirect = status;
      await invoke("New-InboundConnector", NEW);
      assert.equal((await invoke("Get-InboundConnector", {})).value[0]?.Name, "relay");
      const redirected = bench.events().filter(({ service }) => service === "web");
      assert.deepEqual(
        redirected.map(({ result }) => result),
        [`${status} exchange.redirected`],
      );
      assert.equal(bench.asked("New-InboundConnector"), 1);
    });
  }

  it("pages of an endpoint of its own are put together", async () => {
    bench.lab.world.settings.endpointRedirect = 307;
    for (const Name of ["a", "b", "c"]) bench.lab.admin("New-InboundConnector", { ...NEW, Name });
    bench.lab.world.settings.pageSize = 2;
    assert.equal((await invoke("Get-InboundConnector", {})).value.length, 3);
  });

  /** Lets the first answers of Exchange be redirections to these places; gives what was asked for. */
  function redirections(t: TestContext, places: (string | undefined)[], status = 307): string[] {
    const real = globalThis.fetch;
    const asked: string[] = [];
    t.mock.method(globalThis, "fetch", async (url: string, init: RequestInit) => {
      if (!String(url).includes("adminapi")) return real(url, init);
      asked.push(String(url));
      const place = asked.length <= places.length ? places[asked.length - 1] : "";
      if (place === "") return real(url, init);
      return new Response(null, { status, ...(place && { headers: { Location: place } }) });
    });
    return asked;
  }

  for (const place of [
    "https://evil.example/adminapi/beta/x/InvokeCommand",
    "http://localhost/adminapi/beta/x/InvokeCommand",
    "https://user@localhost/",
    "//evil.example/x",
    "https://outlook.office365.us/x",
    "javascript:alert(1)",
    undefined,
  ]) {
    it(`a redirection to ${place ?? "no place"} is refused: no token goes there, nothing was done`, async (t) => {
      const asked = redirections(t, [place]);
      const error = await failed("New-InboundConnector", NEW);
      assert.match(
        error.message,
        place === undefined
          ? /^New-InboundConnector: Exchange redirected with HTTP 307 without a Location$/
          : /^New-InboundConnector: Exchange redirected to .*, which is not https at localhost or beneath; nothing was sent there; /,
      );
      assert.deepEqual([asked.length, isOutcomeUnknown(error)], [1, false]);
      assert.deepEqual(connectors(), []);
    });
  }

  it("a redirection to a path of the same host is followed, with the same request", async (t) => {
    bench.lab.world.settings.endpointRedirect = null;
    const path = `/adminapi/beta/${bench.tenant.tenantId}/InvokeCommand?`;
    const asked = redirections(t, [path]);
    await invoke("New-InboundConnector", NEW);
    assert.equal(asked.length, 2);
    assert.deepEqual(connectors(), ["relay"]);
  });

  it("redirections that lead in a circle end after three", async (t) => {
    const here = `https://localhost:${bench.lab.ports.https}/adminapi/beta/x/InvokeCommand`;
    const asked = redirections(t, [here, here, here, here, here, here]);
    const error = await failed("Get-InboundConnector");
    assert.match(
      error.message,
      /redirected more than 3 times, the last time to https:\/\/localhost/,
    );
    assert.equal(asked.length, 4);
  });

  it("a redirection of another kind is not followed, and not taken for a refusal of Exchange's", async (t) => {
    for (const status of [300, 303, 304]) {
      const asked = redirections(t, ["https://localhost/x"], status);
      const error = await failed("New-InboundConnector", NEW);
      assert.equal(
        error.message,
        `New-InboundConnector: Exchange redirected with HTTP ${status}, after which a request is not repeated`,
      );
      assert.deepEqual([asked.length, isRefusal(error), isNotFound(error)], [1, false, false]);
      t.mock.restoreAll();
    }
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
