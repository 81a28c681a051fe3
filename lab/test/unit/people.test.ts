// People who sign in by the device code flow, with Microsoft's own client, and what their tokens open.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, beforeEach, describe, it } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { DeviceCodeCredential, type DeviceCodeInfo } from "@azure/identity";
import { decodeJwt } from "jose";
import { EXCHANGE_RESOURCE } from "../../src/entra/resource.ts";
import { type Lab, openLab } from "../../src/lab.ts";
import { command, makeExchangeBench, ORIGIN } from "./bench.ts";
import { type GraphBench, makeGraphBench } from "./graphClient.ts";

const GRAPH = "14d82eec-204b-4c2f-b7e8-296a70dab67e";
const EXCHANGE = "fb78d390-0c51-40cd-8e17-fdbfab77341b";
const DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code";

/** What Entra answered: codes, tokens, or an error. */
interface Answer {
  status: number;
  user_code?: string;
  device_code?: string;
  access_token?: string;
  refresh_token?: string;
  id_token?: string;
  error?: string;
  error_description?: string;
}

describe("the unmodified DeviceCodeCredential", () => {
  let lab: Lab;
  before(async () => {
    lab = await openLab({ seed: process.env.LAB_SEED ?? "people" });
    const root = readFileSync(lab.caFile, "utf8");
    setDefaultCACertificates([...getCACertificates("bundled"), root]);
  });
  after(() => lab.close());
  const credential = (
    clientId: string,
    answer: (info: DeviceCodeInfo) => void,
    tenantId = lab.world.tenant.id,
  ) =>
    new DeviceCodeCredential({
      tenantId,
      clientId,
      authorityHost: `https://localhost:${lab.ports.https}`,
      disableInstanceDiscovery: true,
      userPromptCallback: answer,
    });

  it("gets a person's token for Graph, and another one by the refresh token", async () => {
    const prompts: DeviceCodeInfo[] = [];
    const person = credential(GRAPH, (info) => {
      prompts.push(info);
      lab.approveSignIn(info.userCode);
    });
    const scopes = ["Application.ReadWrite.All", "RoleManagement.ReadWrite.Directory"];
    const { token } = await person.getToken(
      scopes.map((scope) => `https://graph.microsoft.com/${scope}`),
    );
    const { upn, scp, wids, appid, oid } = decodeJwt(token);
    assert.equal(upn, lab.world.people.administrator);
    assert.equal(scp, scopes.join(" "));
    assert.equal(appid, GRAPH);
    assert.ok((wids as string[]).includes("62e90394-69f5-4237-9190-012177145e10"));
    assert.ok(lab.world.directory.users.some(({ id }) => id === oid));
    const again = await person.getToken("https://graph.microsoft.com/.default");
    assert.notEqual(again.token, token);
    assert.equal(decodeJwt(again.token).scp, scp);
    const [{ userCode = "", verificationUri = "", message = "" } = {}] = prompts;
    assert.equal(prompts.length, 1, "nobody was asked twice");
    assert.match(userCode, /^[A-Z0-9]{9}$/);
    assert.ok(message.includes(userCode) && message.includes(verificationUri), message);
  });

  it("gets a person's token for Exchange, without consent, in a tenant that is not named", async () => {
    const { exchangeAdministrator } = lab.world.people;
    const person = credential(
      EXCHANGE,
      ({ userCode }) => lab.approveSignIn(userCode.toLowerCase(), exchangeAdministrator),
      "organizations",
    );
    const { token } = await person.getToken(`${EXCHANGE_RESOURCE}/.default`);
    const { upn, scp, tid } = decodeJwt(token);
    assert.equal(upn, exchangeAdministrator);
    assert.equal(tid, lab.world.tenant.id);
    assert.match(String(scp), /\bAdminApi\.AccessAsUser\.All\b/);
  });

  it("ends when the person cancels", async () => {
    const person = credential(GRAPH, ({ userCode }) => lab.declineSignIn(userCode));
    await assert.rejects(
      person.getToken("https://graph.microsoft.com/User.Read"),
      /authorization_declined/,
    );
  });

  it("the lab's tokens for a person are of the same kind, and are secrets", async () => {
    const { M365_SMTP_RELAY_GRAPH_TOKEN: graph, M365_SMTP_RELAY_EXCHANGE_TOKEN: exchange } =
      await lab.adminEnv({ scopes: ["Domain.Read.All"] });
    assert.match(String(decodeJwt(graph).scp), /\bDomain\.Read\.All\b/);
    assert.equal(decodeJwt(exchange).aud, EXCHANGE_RESOURCE);
    for (const token of [graph, exchange]) assert.ok(lab.secrets().includes(token));
  });
});

describe("the device code flow", () => {
  let bench: GraphBench;
  beforeEach(async () => {
    bench = await makeGraphBench("device codes");
  });

  async function post(path: string, form: Record<string, string>): Promise<Answer> {
    const body = new URLSearchParams(form).toString();
    const response = await bench.entra.request(path, { method: "POST", body });
    return { status: response.status, ...((await response.json()) as object) };
  }
  const begin = (form: Record<string, string> = {}) =>
    post(`/${bench.world.tenant.id}/oauth2/v2.0/devicecode`, {
      client_id: GRAPH,
      scope: "https://graph.microsoft.com/Domain.Read.All openid offline_access",
      ...form,
    });
  const poll = (code: string | undefined, form: Record<string, string> = {}) =>
    post(`/${bench.world.tenant.id}/oauth2/v2.0/token`, {
      client_id: GRAPH,
      grant_type: DEVICE_CODE,
      device_code: String(code),
      ...form,
    });
  const pending = async () =>
    (await begin()) as Required<Pick<Answer, "user_code" | "device_code">>;

  it("a poll waits, then gets the tokens, then nothing more", async () => {
    const { user_code: userCode, device_code: code } = await pending();
    assert.equal((await poll(code)).error, "authorization_pending");
    bench.signIns.approve(userCode, bench.world.people.administrator);
    const tokens = await poll(code);
    assert.equal(tokens.status, 200);
    assert.ok(tokens.access_token && tokens.refresh_token && tokens.id_token);
    const twice = await poll(code);
    assert.deepEqual([twice.status, twice.error], [400, "invalid_grant"]);
  });

  it("says what is wrong with a code that is declined, old, another client's, or made up", async () => {
    const first = await pending();
    bench.signIns.decline(first.user_code);
    assert.equal((await poll(first.device_code)).error, "authorization_declined");
    const second = await pending();
    assert.match(
      String((await poll(second.device_code, { client_id: EXCHANGE })).error_description),
      /^AADSTS7000014/,
    );
    assert.match(String((await poll("made-up")).error_description), /^AADSTS7000014/);
    await bench.clock.advance(901_000);
    assert.equal((await poll(second.device_code)).error, "expired_token");
    assert.throws(
      () => bench.signIns.approve(second.user_code, bench.world.people.administrator),
      /We don't recognize this code/,
    );
  });

  const refused: [string, Record<string, string>, RegExp][] = [
    ["for Exchange by Graph's client", { scope: `${EXCHANGE_RESOURCE}/.default` }, /^AADSTS65002/],
    [
      "for Graph by Exchange's client",
      { client_id: EXCHANGE, scope: "https://graph.microsoft.com/.default" },
      /^AADSTS65002/,
    ],
    ["for a permission that Graph has not", { scope: "Nonsense.Read" }, /^AADSTS650053/],
    ["for what only apps can hold", { scope: "Application.ReadWrite.OwnedBy" }, /^AADSTS650053/],
    [
      "for two resources",
      { scope: `Domain.Read.All ${EXCHANGE_RESOURCE}/.default` },
      /^AADSTS70011/,
    ],
    ["without a scope", { scope: "" }, /^AADSTS900144/],
    [
      "for an app that nobody has",
      { client_id: "11111111-1111-4111-8111-111111111111" },
      /^AADSTS700016/,
    ],
  ];
  for (const [what, form, words] of refused) {
    it(`gives no code ${what}`, async () => {
      const answer = await begin(form);
      assert.equal(answer.status, 400);
      assert.match(String(answer.error_description), words);
      assert.equal(answer.device_code, undefined);
    });
  }

  it("gives no code by an app that has to prove itself", async () => {
    const answer = await begin({ client_id: bench.world.deployer.clientId });
    assert.deepEqual([answer.status, answer.error], [401, "invalid_client"]);
  });

  it("an administrator's consent lasts; a person without a role can't give it", async () => {
    const { user } = bench.world.people;
    const { user_code: userCode, device_code: code } = await pending();
    const before = bench.state();
    assert.throws(
      () => bench.signIns.approve(userCode, user),
      /^Error: AADSTS90094: .*only an admin/,
    );
    assert.deepEqual(bench.state(), before);
    assert.equal((await poll(code)).error, "authorization_pending");
    const own = await begin({ scope: "User.Read openid" });
    bench.signIns.approve(String(own.user_code), user);
    const tokens = await poll(own.device_code);
    assert.equal(decodeJwt(String(tokens.access_token)).scp, "User.Read");
    assert.equal(tokens.refresh_token, undefined, "nobody asked for offline_access");
  });

  it("nobody signs in with a disabled account, nor where Conditional Access blocks the flow", async () => {
    const { user } = bench.world.people;
    const { user_code: userCode } = await begin({ scope: "User.Read" });
    bench.world.settings.deviceCodeFlow = "blocked";
    assert.throws(() => bench.signIns.approve(String(userCode), user), /AADSTS53003/);
    bench.world.settings.deviceCodeFlow = "allowed";
    const account = bench.world.directory.users.find((one) => one.userPrincipalName === user);
    assert.ok(account);
    account.accountEnabled = false;
    assert.throws(() => bench.signIns.approve(String(userCode), user), /AADSTS50057/);
    assert.throws(() => bench.signIns.approve(String(userCode), "nobody"), /no account nobody/);
  });

  it("a refresh token is good for its client, its person and what was consented to", async () => {
    const { user_code: userCode, device_code: code } = await pending();
    bench.signIns.approve(userCode, bench.world.people.administrator);
    const { refresh_token: refreshToken = "" } = await poll(code);
    const refresh = (form: Record<string, string> = {}) =>
      post("/organizations/oauth2/v2.0/token", {
        client_id: GRAPH,
        grant_type: "refresh_token",
        refresh_token: refreshToken,
        scope: "https://graph.microsoft.com/Domain.Read.All",
        ...form,
      });
    assert.equal((await refresh()).status, 200);
    assert.match(
      String((await refresh({ refresh_token: "x" })).error_description),
      /^AADSTS9002313/,
    );
    assert.match(
      String((await refresh({ scope: "User.ReadWrite.All" })).error_description),
      /^AADSTS65001/,
    );
    const other = { client_id: EXCHANGE, scope: `${EXCHANGE_RESOURCE}/.default` };
    assert.match(String((await refresh(other)).error_description), /^AADSTS9002313/);
    for (const user of bench.world.directory.users) user.accountEnabled = false;
    assert.match(String((await refresh()).error_description), /^AADSTS50057/);
  });

  it("the page takes a code and who one is, or says what is wrong", async () => {
    const page = (form: Record<string, string>) =>
      bench.entra.request("/devicelogin", {
        method: "POST",
        body: new URLSearchParams(form).toString(),
      });
    const shown = await bench.entra.request("/devicelogin");
    assert.match(await shown.text(), new RegExp(bench.world.people.exchangeAdministrator));
    const { user_code: code, device_code: deviceCode } = await pending();
    const wrong = await page({ code: "<b>" });
    assert.equal(wrong.status, 400);
    assert.match(await wrong.text(), /We don&#39;t recognize this code/);
    const who = bench.world.people.administrator;
    const done = await page({ code, who });
    assert.equal(done.status, 200);
    assert.ok((await done.text()).includes(`You have signed in as ${who}`));
    assert.equal((await poll(deviceCode)).status, 200);
    const second = await pending();
    await page({ code: second.user_code, who, answer: "decline" });
    assert.equal((await poll(second.device_code)).error, "authorization_declined");
  });
});

describe("a person's token", () => {
  it("opens what its permission and the person's directory role allow together", async () => {
    const bench = await makeGraphBench("people in Graph");
    const { people } = bench.world;
    const tokenOf = (who: string, scopes: string[]) =>
      bench.signIns.tokenFor(who, {
        client: { clientId: GRAPH, displayName: "Graph", resource: "graph", preauthorized: scopes },
        audience: ORIGIN,
        scopes,
        openId: [],
      });
    const statusOf = async (
      who: string,
      scope: string,
      method: string,
      path: string,
      body = {},
    ) => {
      bench.useToken(await tokenOf(who, [scope]));
      return (await bench.ask(method, path, method === "GET" ? undefined : body)).status;
    };
    const { administrator, exchangeAdministrator, user } = people;
    const roles = "/v1.0/roleManagement/directory/roleAssignments";
    const sessions = `/v1.0/users/${user}/revokeSignInSessions`;
    const app = { displayName: "app" };
    const cases: [string, string, string, string, object, number][] = [
      [administrator, "Domain.Read.All", "GET", "/v1.0/domains", {}, 200],
      [user, "Domain.Read.All", "GET", "/v1.0/domains", {}, 200],
      [administrator, "User.Read", "GET", "/v1.0/domains", {}, 403],
      [user, "User.Read", "GET", "/v1.0/me", {}, 200],
      [administrator, "Application.ReadWrite.All", "POST", "/v1.0/applications", app, 201],
      [administrator, "Application.Read.All", "POST", "/v1.0/applications", app, 403],
      [exchangeAdministrator, "RoleManagement.ReadWrite.Directory", "POST", roles, {}, 403],
      [administrator, "RoleManagement.ReadWrite.Directory", "POST", roles, {}, 400],
      [administrator, "RoleManagement.Read.Directory", "POST", roles, {}, 403],
      [user, "RoleManagement.Read.Directory", "GET", roles, {}, 200],
      [user, "User.ReadWrite.All", "POST", "/v1.0/users", {}, 403],
      [administrator, "User.ReadWrite.All", "POST", "/v1.0/users", {}, 400],
      [administrator, "User.ReadWrite.All", "POST", sessions, {}, 200],
      [administrator, "User.RevokeSessions.All", "POST", sessions, {}, 200],
      [user, "User.RevokeSessions.All", "POST", sessions, {}, 403],
    ];
    for (const [who, scope, method, path, body, expected] of cases) {
      const state = expected === 403 ? bench.state() : undefined;
      const status = await statusOf(who, scope, method, path, body);
      assert.equal(status, expected, `${who} ${scope} ${method} ${path}`);
      if (state) assert.deepEqual(bench.state(), state);
    }
  });

  it("opens only apps of his own to a person without a role", async () => {
    const bench = await makeGraphBench("people's apps");
    const { directory, people } = bench.world;
    const client = { clientId: GRAPH, displayName: "Graph", resource: "graph" as const };
    const tokenOf = (who: string) =>
      bench.signIns.tokenFor(who, {
        client: { ...client, preauthorized: ["Application.ReadWrite.All"] },
        ...{ audience: ORIGIN, scopes: [], openId: [] },
      });
    const foreign = await bench.ask("POST", "/v1.0/applications", { displayName: "foreign" });
    bench.useToken(await tokenOf(people.user));
    const own = await bench.ask("POST", "/v1.0/applications", { displayName: "own" });
    assert.equal(own.status, 201);
    const owner = directory.users.find(
      ({ userPrincipalName }) => userPrincipalName === people.user,
    );
    assert.deepEqual(directory.applications.at(-1)?.owners, [owner?.id]);
    const rename = (id: string) =>
      bench.ask("PATCH", `/v1.0/applications/${id}`, { displayName: "renamed" });
    assert.equal((await rename(own.body.id)).status, 204);
    assert.equal((await rename(foreign.body.id)).status, 403);
    bench.useToken(await tokenOf(people.administrator));
    assert.equal((await rename(foreign.body.id)).status, 204);
  });

  it("runs the cmdlets of the person's directory role, and is who the audit log names", async () => {
    const bench = await makeExchangeBench("people in Exchange");
    const { administrator, exchangeAdministrator, user } = bench.world.people;
    const call = async (who: string, scopes: string[]) => {
      const token = await bench.signIns.tokenFor(who, {
        client: {
          clientId: EXCHANGE,
          displayName: "x",
          resource: "exchange",
          preauthorized: scopes,
        },
        ...{ audience: EXCHANGE_RESOURCE, scopes: [], openId: [] },
      });
      return bench.post(command("New-AuthenticationPolicy", { Name: who.split("@")[0] }), {
        authorization: `Bearer ${token}`,
        "x-anchormailbox": `UPN:${who}`,
      });
    };
    const admin = ["AdminApi.AccessAsUser.All"];
    assert.equal((await call(administrator, admin)).status, 200);
    assert.equal((await call(exchangeAdministrator, admin)).status, 200);
    assert.deepEqual(
      bench.world.audit.records.map(({ actor }) => [actor.kind, actor.userId, actor.appId]),
      [administrator, exchangeAdministrator].map((who) => ["administrator", who, EXCHANGE]),
    );
    assert.equal((await call(user, admin)).status, 403);
    assert.equal((await call(administrator, ["FfoPowerShell.AccessAsUser.All"])).status, 401);
    assert.equal(bench.world.authenticationPolicies.length, 2);
  });
});
