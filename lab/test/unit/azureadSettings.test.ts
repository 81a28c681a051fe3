// How the stand-in for the azuread plugin signs in, what its functions tell, and how it says what Graph refuses.
import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { serveAzureAd } from "../../plugins/azuread/plugin.ts";
import { azureAdScene, recorded, secret, shapes } from "./azureadScene.ts";
import { attachClient, type PluginClient } from "./pluginClient.ts";

const APPLICATION = "application:Application";
const GET_SERVICE_PRINCIPAL = "azuread:index/getServicePrincipal:getServicePrincipal";
const GET_CLIENT_CONFIG = "azuread:index/getClientConfig:getClientConfig";
const EXCHANGE = "00000002-0000-0ff1-ce00-000000000000";

/** What the plugin says of a cloud's description without one of these. */
const LACKING = [
  ["name", "retrieving metadata from endpoint: `name` was nil"],
  [
    "resourceManager",
    "retrieving metadata from endpoint: no `resourceManagerEndpoint` was returned",
  ],
  [
    "microsoftGraphResourceId",
    "retrieving metdata from endpoint: no `microsoftGraphResourceId` was returned",
  ],
] as const;

describe("the azuread stand-in's sign-in", () => {
  const scene = azureAdScene();

  /** A plugin of its own, with another environment. */
  async function withEnv(
    changes: Record<string, string | undefined>,
    use: (engine: PluginClient) => Promise<void>,
  ): Promise<void> {
    const served = await serveAzureAd("6.9.1", { ...scene.microsoft.env, ...changes });
    const engine = attachClient(served.port, `azuread:index/${APPLICATION}`);
    try {
      await use(engine);
    } finally {
      engine.close();
      await served.close();
    }
  }

  it("is the recorded one, once for each configuration", async () => {
    const engine = await scene.engine(APPLICATION);
    assert.equal(await engine.info(), "6.9.1");
    const isSignIn = ({ path }: { path: string }) => !/^\/(v1\.0|beta)\//.test(path);
    const expected = recorded("up", isSignIn).map((line) =>
      line.replace("https%3A%2F%2Flocalhost%3A9443", encodeURIComponent(scene.microsoft.origin)),
    );
    assert.deepEqual(shapes(scene.microsoft.requests), expected);
    await engine.create({ displayName: "relay" });
    await engine.create({ displayName: "other" });
    assert.equal(scene.microsoft.requests.filter(isSignIn).length, expected.length);
  });

  it("takes an engine's configuration before the environment", async () => {
    await withEnv({ ARM_CLIENT_SECRET: "wrong", ARM_TENANT_ID: undefined }, async (engine) => {
      const config = { clientSecret: secret("s3"), tenantId: "own", metadataHost: "" };
      await engine.configure(config);
      assert.match(scene.microsoft.requests[1]?.path ?? "", /^\/own\/oauth2/);
    });
  });

  it("works by an OIDC token, or by a file that holds one", async () => {
    await withEnv({ ARM_CLIENT_SECRET: undefined }, async (engine) => {
      await engine.configure({ useOidc: "true", oidcToken: "jwt" });
      const form = new URLSearchParams(String(scene.microsoft.requests[1]?.body));
      assert.equal(form.get("client_assertion"), "jwt");
      assert.equal(
        form.get("client_assertion_type"),
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      );
      assert.equal(form.has("client_secret"), false);
      const file = join(scene.microsoft.env.SSL_CERT_FILE ?? "", "../token");
      writeFileSync(file, "jwt\n");
      await engine.configure({ useOidc: true, oidcTokenFilePath: file });
      const both = { useOidc: true, oidcTokenFilePath: file, oidcToken: "other" };
      await assert.rejects(engine.configure(both), /mismatch between supplied OIDC token/);
      rmSync(file);
      await assert.rejects(engine.configure({ oidcToken: "jwt" }), /has no ARM_CLIENT_SECRET/);
    });
  });

  it("fails in the plugin's words", async () => {
    await withEnv({ ARM_CLIENT_SECRET: "wrong" }, async (engine) => {
      await assert.rejects(engine.configure({}), {
        message:
          "1 error occurred:\n\t* building client: unable to obtain access token: clientCredentialsToken: " +
          'received HTTP status 401 with response: {"error":"invalid_client"}\n\n',
      });
    });
    await withEnv({ ARM_METADATA_HOSTNAME: "localhost:1" }, async (engine) => {
      await assert.rejects(engine.configure({}), {
        message:
          /^1 error occurred:\n\t\* retrieving metadata from endpoint "https:\/\/localhost:1": performing request: /,
      });
    });
    for (const [lacking, words] of LACKING) {
      scene.microsoft.cloud[lacking] = undefined;
      await withEnv({}, async (engine) => {
        await assert.rejects(engine.configure({}), {
          message: `1 error occurred:\n\t* ${words}\n\n`,
        });
      });
      scene.microsoft.clear();
    }
  });

  it("is refused without a host, a tenant, a client or a secret, and with settings it does not have", async () => {
    const needed = ["METADATA_HOSTNAME", "TENANT_ID", "CLIENT_ID", "CLIENT_SECRET"];
    for (const name of needed.map((one) => `ARM_${one}`)) {
      await withEnv({ [name]: undefined }, (engine) =>
        assert.rejects(engine.configure({}), new RegExp(`has no ${name}`)),
      );
    }
    const engine = await scene.engine(APPLICATION);
    await assert.rejects(
      engine.configure({ clientCertificatePath: "x" }),
      /does not know the setting azuread:clientCertificatePath/,
    );
    await engine.configure({ useCli: "false", environment: "public" });
  });
});

describe("the azuread stand-in's functions", () => {
  const scene = azureAdScene();

  it("find a service principal by client id as recorded, by name, or by object id", async () => {
    const engine = await scene.engine(APPLICATION);
    const { id } = scene.microsoft.put("/servicePrincipals", {
      appId: EXCHANGE,
      displayName: "Office 365 Exchange Online",
      appRoles: [{ id: "r", value: "Exchange.ManageAsApp" }],
    });
    const found = await engine.invoke(GET_SERVICE_PRINCIPAL, { clientId: EXCHANGE });
    assert.deepEqual(
      shapes(scene.asked()),
      recorded("preview-unchanged", ({ path }) => path.includes("servicePrincipals")),
    );
    assert.equal(found.id, `/servicePrincipals/${id}`);
    assert.deepEqual(found.appRoleIds, { "Exchange.ManageAsApp": "r" });
    const displayName = "Office 365 Exchange Online";
    assert.deepEqual(await engine.invoke(GET_SERVICE_PRINCIPAL, { displayName }), found);
    assert.deepEqual(await engine.invoke(GET_SERVICE_PRINCIPAL, { objectId: id }), found);
  });

  it("say when there is none, or more than one", async () => {
    const engine = await scene.engine(APPLICATION);
    const find = (args: Record<string, unknown>) => engine.invoke(GET_SERVICE_PRINCIPAL, args);
    await assert.rejects(find({ clientId: EXCHANGE }), /No service principal found/);
    await assert.rejects(find({ objectId: "x" }), /was not found/);
    await assert.rejects(
      find({ displayName: "it's" }),
      /matching filter: "displayName eq 'it''s'"/,
    );
    scene.microsoft.put("/servicePrincipals", { displayName: "twice" });
    scene.microsoft.put("/servicePrincipals", { displayName: "twice" });
    await assert.rejects(find({ displayName: "twice" }), /found multiple service principals/);
    await assert.rejects(find({}), /one of `client_id,display_name,object_id` must be specified/);
    await assert.rejects(find({ tags: [] }), /does not know the argument "tags"/);
  });

  it("tell who is signed in, and ask nothing", async () => {
    const engine = await scene.engine(APPLICATION);
    const { ARM_TENANT_ID: tenantId, ARM_CLIENT_ID: clientId } = scene.microsoft.env;
    const objectId = scene.microsoft.caller;
    assert.deepEqual(await engine.invoke(GET_CLIENT_CONFIG, {}), {
      id: `${tenantId}-${clientId}-${objectId}`,
      clientId,
      objectId,
      tenantId,
    });
    assert.deepEqual(scene.asked(), []);
  });

  it("and types that the stand-in does not have are refused", async () => {
    const group = await scene.engine("group:Group");
    await assert.rejects(group.create({}), /does not know azuread:index\/group:Group/);
    await assert.rejects(
      group.invoke("azuread:index/getUser:getUser", {}),
      /does not know azuread:index\/getUser/,
    );
  });
});

describe("what Graph refuses", () => {
  const scene = azureAdScene();

  it("is told with the plugin's words before Graph's", async () => {
    const engine = await scene.engine(APPLICATION);
    const words = "Insufficient privileges to complete the operation.";
    scene.microsoft.refuse("POST", 403, "Authorization_RequestDenied", words);
    await assert.rejects(engine.create({ displayName: "relay" }), {
      message:
        "1 error occurred:\n\t* Could not create application: unexpected status 403 (403 Forbidden) " +
        `with error: Authorization_RequestDenied: ${words}\n\n`,
    });
    assert.equal(scene.asked().length, 1);
    assert.equal(scene.microsoft.objects.size, 0);
  });

  it("because it is busy is tried again, and in the end told", async () => {
    const engine = await scene.engine(APPLICATION);
    scene.microsoft.refuse("POST", 429, "TooManyRequests", "later");
    scene.microsoft.refuse("POST", 503, "ServiceUnavailable", "later");
    await engine.create({ displayName: "relay" });
    assert.equal(scene.asked().filter(({ method }) => method === "POST").length, 3);
    scene.microsoft.refuse("GET", 504, "GatewayTimeout", "never", 99);
    const [id = ""] = scene.microsoft.objects.keys();
    await assert.rejects(engine.read(id), /504 \(504 Gateway Timeout\) .*GatewayTimeout: never/);
  });
});
