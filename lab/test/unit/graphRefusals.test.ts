// Graph's refusals for an app's token without the app role that a route needs.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { ORIGIN } from "./bench.ts";
import { type GraphBench, makeGraphBench } from "./graphClient.ts";

const NO_PERMISSIONS = [
  401,
  "NoPermissionsInAccessToken",
  "The token contains no permissions, or permissions can not be understood.",
];
const MAIL_DENIED = [
  403,
  "ErrorAccessDenied",
  "Access is denied. Check credentials and try again.",
];
const DENIED = [
  403,
  "Authorization_RequestDenied",
  "Insufficient privileges to complete the operation.",
];
const NO_SCOPES = [
  403,
  "AccessDenied",
  "You cannot perform the requested operation, required scopes are missing in the token.",
];
const NOBODY = [400, "BadRequest", "/me request is only valid with delegated authentication flow."];
const MAIL: [string, string][] = [
  ["GET", "/v1.0/users/anna/messages"],
  ["GET", "/v1.0/users/anna/mailFolders"],
  ["GET", "/v1.0/users/anna/mailFolders/inbox/messages"],
  ["POST", "/v1.0/users/anna/sendMail"],
];
const DIRECTORY: [string, string][] = [
  ["GET", "/v1.0/users"],
  ["GET", "/v1.0/groups"],
  ["GET", "/v1.0/directoryRoles"],
];
const ME: [string, string][] = [
  ["GET", "/v1.0/me"],
  ["GET", "/v1.0/me/messages"],
  ["POST", "/v1.0/me/sendMail"],
];

describe("Graph without an app role", () => {
  let bench: GraphBench;
  before(async () => {
    bench = await makeGraphBench("refusals");
  });

  /** What Graph said, which changed nothing. */
  async function said(method: string, path: string, body?: object) {
    const state = bench.state();
    const answer = await bench.ask(method, path, body);
    assert.deepEqual(bench.state(), state, path);
    return [answer.status, answer.code, answer.message];
  }

  it("refuses every route to a token without roles", async () => {
    await bench.use([]);
    const routes = bench.graph.routes.filter(({ method }) => method !== "ALL");
    assert.ok(routes.length > 40, "the routes were found");
    for (const { method, path } of routes) {
      const expected = path.startsWith("/v1.0/me")
        ? NOBODY
        : /messages|mailFolders|sendMail/.test(path)
          ? NO_PERMISSIONS
          : /SecurityDefaults|conditionalAccess/.test(path)
            ? NO_SCOPES
            : DENIED;
      assert.deepEqual(await said(method, path), expected, `${method} ${path}`);
    }
  });

  it("refuses mail, users and groups to an app with other roles", async () => {
    await bench.use(["Domain.Read.All"]);
    for (const [method, path] of MAIL) {
      assert.deepEqual(await said(method, path), MAIL_DENIED, path);
    }
    for (const [method, path] of DIRECTORY) {
      assert.deepEqual(await said(method, path), DENIED, path);
    }
  });

  it("separates reading mail from sending it", async () => {
    const [read, send] = [MAIL.slice(0, 3), MAIL.slice(3)];
    await bench.use(["Mail.Send"]);
    for (const [method, path] of read) assert.deepEqual(await said(method, path), MAIL_DENIED);
    await bench.use(["Mail.Read"]);
    for (const [method, path] of send) assert.deepEqual(await said(method, path), MAIL_DENIED);
  });

  it("refuses /me to an app with any role", async () => {
    await bench.use(["Mail.Read", "Mail.Send", "User.Read.All", "Directory.Read.All"]);
    for (const [method, path] of ME) assert.deepEqual(await said(method, path), NOBODY, path);
  });

  it("refuses with the lab's own error, and logs it, where the app has the role", async () => {
    await bench.use(["Mail.Read", "Mail.Send", "Directory.Read.All"]);
    for (const [method, path] of [...MAIL.slice(1), ...DIRECTORY.slice(1)]) {
      const refused = bench.log.count({ refused: true });
      const words = `The lab does not do this: ${method} ${path}.`;
      const body = method === "POST" ? {} : undefined;
      assert.deepEqual(await said(method, path, body), [400, "BadRequest", words]);
      assert.equal(bench.log.count({ refused: true }), refused + 1);
    }
  });

  it("refuses a missing token before anything else", async () => {
    for (const token of [
      "nonsense",
      await bench.tokenFor("https://outlook.office365.com/.default"),
    ]) {
      bench.useToken(token);
      for (const [method, path] of [...MAIL, ...DIRECTORY, ...ME]) {
        assert.equal((await said(method, path))[1], "InvalidAuthenticationToken", path);
      }
    }
    await bench.use([]);
  });
});

describe("the list of users in Graph", () => {
  it("answers all of them, a page at a time", async () => {
    const bench = await makeGraphBench("list of users");
    await bench.use(["User.Read.All"]);
    const { users } = bench.world.directory;
    const names = users.map(({ userPrincipalName }) => userPrincipalName);
    const namesIn = (value: { userPrincipalName: string }[]) =>
      value.map(({ userPrincipalName }) => userPrincipalName);
    const { body } = await bench.ask("GET", "/v1.0/users");
    assert.deepEqual(namesIn(body.value), names);
    assert.ok(!("accountEnabled" in body.value[0]), "what is not selected stays away");
    const first = await bench.ask("GET", "/v1.0/users?$top=1&$select=userPrincipalName");
    assert.deepEqual(first.body.value, [{ userPrincipalName: names[0] }]);
    const next = first.body["@odata.nextLink"].slice(ORIGIN.length);
    assert.deepEqual(namesIn((await bench.ask("GET", next)).body.value), names.slice(1, 2));
  });

  it("filters by userPrincipalName, and refuses other filters", async () => {
    const bench = await makeGraphBench("list of users");
    const { users } = bench.world.directory;
    const anna = users.find(({ userPrincipalName }) => userPrincipalName.startsWith("anna@"));
    const find = (filter: string) =>
      bench.ask("GET", `/v1.0/users?$filter=${encodeURIComponent(filter)}`);
    const { body } = await find(`userPrincipalName eq '${anna?.userPrincipalName.toUpperCase()}'`);
    assert.deepEqual(
      body.value.map(({ id }: { id: string }) => id),
      [anna?.id],
    );
    assert.deepEqual((await find("displayName eq 'nobody'")).body.value, []);
    assert.equal((await find("accountEnabled eq true")).code, "Request_UnsupportedQuery");
  });

  it("is refused to an app that may only write apps", async () => {
    const bench = await makeGraphBench("list of users");
    await bench.use(["Application.ReadWrite.All"]);
    assert.equal((await bench.ask("GET", "/v1.0/users")).status, 403);
  });
});
