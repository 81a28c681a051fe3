import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { signIn } from "../../../tenant/connection.ts";
import { exchange } from "../../../tenant/exchange.ts";
import { connectPerson } from "../../../tenant/person.ts";
import { openTenantBench, type TenantBench, thrownBy } from "./bench.ts";

const SCOPES = ["Application.ReadWrite.All"];

describe("a person", () => {
  let bench: TenantBench;
  before(async () => {
    bench = await openTenantBench(process.env.LAB_SEED ?? "1");
  });
  after(() => bench.lab.close());
  beforeEach(() => bench.reset());

  it("signs in by a code for Graph, and by another one for Exchange when that is asked", async () => {
    const codes: string[] = [];
    const onCode = (message: string) => {
      codes.push(message);
      const [code = ""] = /\b[A-Z0-9]{9}\b/.exec(message) ?? [];
      bench.lab.approveSignIn(code);
    };
    const connection = await connectPerson(bench.tenant, {
      scopes: SCOPES,
      onCode,
      env: bench.lab.env,
    });
    assert.equal(connection.person?.userPrincipalName, bench.lab.world.people.administrator);
    assert.equal(codes.length, 1);
    assert.match(codes[0] ?? "", /^to sign in to Microsoft Graph: To sign in, use a web browser/);
    const { value } = await exchange(connection)("Get-OrganizationConfig", {});
    assert.equal(value.length, 1);
    assert.match(codes[1] ?? "", /^to sign in to Exchange Online: /);
    const { token } = await signIn(connection, connection.cloud.graph);
    const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    assert.match(claims.scp, /Application\.ReadWrite\.All/);
  });

  it("who cancels is told what to do, and nothing was asked of Graph", async () => {
    const onCode = (message: string) =>
      bench.lab.declineSignIn(/\b[A-Z0-9]{9}\b/.exec(message)?.[0] ?? "");
    const options = { scopes: SCOPES, onCode, env: bench.lab.env };
    const { message } = await thrownBy(() => connectPerson(bench.tenant, options));
    assert.match(
      message,
      /^nobody signed in to tenant .* for Microsoft Graph: .*; run it again and enter the code in time, or .*M365_SMTP_RELAY_GRAPH_TOKEN/,
    );
    assert.equal(bench.events().filter(({ service }) => service === "graph").length, 0);
  });

  it("with tokens in the environment is asked for no code", async () => {
    const env = { ...bench.lab.env, ...(await bench.lab.adminEnv()) };
    const onCode = () => assert.fail("a code was asked for");
    const connection = await connectPerson(bench.tenant, { scopes: SCOPES, onCode, env });
    assert.equal(connection.person?.userPrincipalName, bench.lab.world.people.administrator);
    await exchange(connection)("Get-OrganizationConfig", {});
  });

  it("a token of another tenant is refused by both names, and one that is none by its variable", async () => {
    const other = "99999999-0000-4000-8000-000000000000";
    const tokens = await bench.lab.adminEnv();
    const connect = (change: object, tenantId = bench.tenant.tenantId) =>
      thrownBy(() =>
        connectPerson(
          { ...bench.tenant, tenantId },
          { scopes: SCOPES, onCode: () => {}, env: { ...bench.lab.env, ...tokens, ...change } },
        ),
      );
    const { message } = await connect({}, other);
    assert.ok(message.startsWith("M365_SMTP_RELAY_GRAPH_TOKEN: is a token for tenant"), message);
    assert.ok(message.includes(bench.tenant.tenantId) && message.includes(other), message);
    const none = (await connect({ M365_SMTP_RELAY_GRAPH_TOKEN: "s3cret" })).message;
    assert.match(none, /^M365_SMTP_RELAY_GRAPH_TOKEN: is not an access token of Microsoft Entra; /);
    assert.ok(!none.includes("s3cret"));
    assert.equal(bench.events().filter(({ service }) => service === "graph").length, 0);
  });
});
