// The stand-in for the azuread plugin, over gRPC as engines speak to it, before a Microsoft that answers the least
// that it needs. What it asks is what the plugin itself was recorded to ask.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { serveAzureAd } from "../../plugins/azuread/plugin.ts";
import { UNKNOWN } from "../../plugins/values.ts";
import { type AzureAdScene, azureAdScene, recorded, secret, shapes } from "./azureadScene.ts";
import type { Request } from "./fakeMicrosoft.ts";
import { attachClient, PluginError } from "./pluginClient.ts";

const EXCHANGE = "00000002-0000-0ff1-ce00-000000000000";
const ROLE = "dc50a0fb-09a3-484d-be87-e023b12c6440";
const PRINCIPAL = "44444444-4444-4444-4444-444444444444";
const PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const GET_APP = "GET /v1.0/applications/ID";
const GET_SERVICE_PRINCIPAL = "azuread:index/getServicePrincipal:getServicePrincipal";

/** Ids in the recording. */
const RECORDED = {
  application: "7ffc697f-c805-4790-9cff-713a3aacf67f",
  clientId: "b3f68855-f126-4114-956a-c763bc7eda2d",
  servicePrincipal: "2f95de1d-388c-49cc-9a75-a401c4221f4a",
  exchange: "/v1.0/servicePrincipals/e0e0e0e0-0000-4000-8000-000000000001",
  user: "0d143c17-b1e7-4a0c-a5c7-9be350acdccd",
};

type Inputs = Record<string, unknown>;

/** One resource type, with the requests that the plugin was recorded to make for it. */
interface Case {
  readonly token: string;
  inputs(scene: AzureAdScene): Inputs;
  /** A change that replaces the resource. */
  readonly replacing?: Inputs;
  /** A change in place. */
  readonly changing?: Inputs;
  readonly created: readonly string[];
  readonly read: readonly string[];
  readonly deleted: readonly string[];
}

const about =
  (...parts: readonly string[]) =>
  ({ path }: Request) =>
    parts.some((part) => path.includes(part));

const once = (lines: readonly string[]): string[] => [...new Set(lines)];
const times = (count: number, line: string): string[] => Array(count).fill(line);

/** The recorded writes of a phase that have a text in them. */
const writes = (phase: string, text: string): string[] =>
  recorded(phase, ({ method }) => method !== "GET").filter((line) => line.includes(text));

const isOfApplication = ({ path }: Request): boolean =>
  /\/applications(\/[^/]+(\/owners.*)?)?(\?.*)?$/.test(path);
const isOfPrincipal = (request: Request): boolean =>
  about(RECORDED.servicePrincipal, RECORDED.clientId)(request) ||
  request.path === "/v1.0/servicePrincipals";
const isOfRole = ({ path }: Request): boolean =>
  path === RECORDED.exchange || path.startsWith(`${RECORDED.exchange}/`);
const isFederated = about("federatedIdentityCredentials");

/** The lines up to the first that fits. */
const upTo = (lines: readonly string[], last: RegExp): string[] =>
  lines.slice(0, lines.findIndex((line) => last.test(line)) + 1);

const newApplication = ({ microsoft }: AzureAdScene): string =>
  `/applications/${microsoft.put("/applications", { displayName: "relay" }).id}`;

const CASES: Readonly<Record<string, Case>> = {
  Application: {
    token: "application:Application",
    inputs: () => ({
      displayName: "relay 1",
      notes: "managed",
      requiredResourceAccesses: [
        { resourceAppId: EXCHANGE, resourceAccesses: [{ id: ROLE, type: "Role" }] },
      ],
    }),
    changing: { displayName: "relay 2" },
    created: upTo(recorded("up", isOfApplication), /\/owners$/),
    read: once(recorded("refresh", isOfApplication)),
    deleted: recorded("destroy", ({ path }) => path.endsWith(RECORDED.application)).slice(-6),
  },
  ServicePrincipal: {
    token: "servicePrincipal:ServicePrincipal",
    inputs: () => ({ clientId: RECORDED.clientId, tags: ["relay"] }),
    replacing: { clientId: UNKNOWN },
    changing: { accountEnabled: false },
    created: recorded("up", isOfPrincipal),
    read: once(recorded("refresh", about(RECORDED.servicePrincipal))),
    deleted: recorded("destroy", about(RECORDED.servicePrincipal)),
  },
  AppRoleAssignment: {
    token: "appRoleAssignment:AppRoleAssignment",
    inputs: ({ microsoft }) => ({
      appRoleId: ROLE,
      principalObjectId: PRINCIPAL,
      resourceObjectId: microsoft.put("/servicePrincipals", { appId: EXCHANGE }).id,
    }),
    replacing: { appRoleId: PRINCIPAL },
    created: recorded("up", isOfRole),
    read: once(recorded("refresh", isOfRole)),
    deleted: recorded("destroy", isOfRole),
  },
  User: {
    token: "user:User",
    inputs: () => ({
      accountEnabled: false,
      displayName: "relay",
      password: secret("Sup3r-Secret!"),
      usageLocation: "NL",
      userPrincipalName: "relay@contoso.com",
    }),
    changing: { displayName: "other" },
    created: recorded("up", about("/users")),
    read: once(recorded("refresh", about(RECORDED.user))),
    deleted: recorded("destroy", about(RECORDED.user)),
  },
  ApplicationPassword: {
    token: "applicationPassword:ApplicationPassword",
    inputs: (scene) => ({ applicationId: newApplication(scene), displayName: "relay" }),
    replacing: { displayName: "other" },
    created: [GET_APP, ...writes("up", "addPassword"), ...times(6, GET_APP)],
    read: [GET_APP],
    deleted: [...writes("destroy", "removePassword"), ...times(5, GET_APP)],
  },
  ApplicationCertificate: {
    token: "applicationCertificate:ApplicationCertificate",
    inputs: (scene) => ({
      applicationId: newApplication(scene),
      type: "AsymmetricX509Cert",
      value: PEM,
    }),
    replacing: { value: "another certificate" },
    created: [GET_APP, ...writes("up", '"keyCredentials":[{'), ...times(6, GET_APP)],
    read: [GET_APP],
    deleted: [GET_APP, ...writes("destroy", '"keyCredentials":[]'), ...times(5, GET_APP)],
  },
  ApplicationFederatedIdentityCredential: {
    token: "applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential",
    inputs: (scene) => ({
      applicationId: newApplication(scene),
      audiences: ["api://AzureADTokenExchange"],
      displayName: "gh",
      issuer: "https://token.actions.githubusercontent.com",
      subject: "repo:x/y:ref:refs/heads/main",
    }),
    replacing: { displayName: "other" },
    changing: { subject: "repo:x/y:environment:production" },
    created: [GET_APP, ...recorded("up", isFederated)],
    read: once(recorded("refresh", isFederated)),
    deleted: recorded("destroy", isFederated),
  },
};

describe("the azuread stand-in", () => {
  const scene = azureAdScene();
  const asked = (): string[] => shapes(scene.asked());

  it("leaves what ignoreChanges names as it is, in a diff, a preview and an update", async () => {
    const engine = await scene.engine("user:User");
    const ignored = ["usageLocation"];
    const { usageLocation: _, ...inputs } = CASES.User?.inputs(scene) ?? {};
    const { id, outputs } = await engine.create(inputs);
    // A licence has set it meanwhile.
    const seen = { ...outputs, usageLocation: "DE" };
    assert.deepEqual((await engine.diff(seen, inputs)).changes, ["usageLocation"]);
    assert.deepEqual((await engine.diff(seen, inputs, ignored)).changes, []);
    const news = { ...inputs, displayName: "other" };
    assert.deepEqual((await engine.diff(seen, news, ignored)).changes, ["displayName"]);
    assert.equal((await engine.update(id, seen, news, true, ignored)).usageLocation, "DE");
    scene.asked();
    await engine.update(id, seen, news, false, ignored);
    const patch = scene.asked().find(({ method }) => method === "PATCH");
    assert.match(JSON.stringify(patch), /usageLocation[^,]*DE/);
  });

  for (const [type, { token, replacing, changing, ...expected }] of Object.entries(CASES)) {
    describe(type, () => {
      it("is checked and previewed without a request", async () => {
        const engine = await scene.engine(token);
        const inputs = expected.inputs(scene);
        assert.deepEqual(await engine.check(inputs), []);
        const { id, outputs } = await engine.create(inputs, true);
        assert.equal(id, "");
        for (const [name, value] of Object.entries(inputs)) {
          const isSecret = name === "value" && type === "ApplicationCertificate";
          assert.deepEqual(outputs[name], isSecret ? secret(value) : value, name);
        }
        assert.deepEqual(asked(), []);
      });

      it("refuses a property that the stand-in does not have", async () => {
        const engine = await scene.engine(token);
        const [failure] = await engine.check({ ...expected.inputs(scene), shadow: true });
        assert.equal(failure?.property, "shadow");
      });

      it("is created by the recorded requests, and then differs in nothing", async () => {
        const engine = await scene.engine(token);
        const inputs = expected.inputs(scene);
        const { outputs } = await engine.create(inputs);
        assert.deepEqual(asked(), expected.created);
        assert.deepEqual(await engine.diff(outputs, inputs), { changes: [], replaces: [] });
      });

      it("is read by the recorded requests, with the outputs that it was created with", async () => {
        const engine = await scene.engine(token);
        const inputs = expected.inputs(scene);
        const { id, outputs } = await engine.create(inputs);
        asked();
        const found = await engine.read(id, outputs, inputs);
        assert.deepEqual(asked(), expected.read);
        assert.deepEqual(found.outputs, outputs);
      });

      it("is deleted by the recorded requests, and is gone then", async () => {
        const engine = await scene.engine(token);
        const inputs = expected.inputs(scene);
        const { id, outputs } = await engine.create(inputs);
        asked();
        await engine.delete(id, outputs);
        assert.deepEqual(asked(), expected.deleted);
        assert.equal((await engine.read(id, outputs, inputs)).id, "");
      });

      if (replacing !== undefined) {
        it(`is replaced when ${Object.keys(replacing)} changes`, async () => {
          const engine = await scene.engine(token);
          const inputs = expected.inputs(scene);
          const { outputs } = await engine.create(inputs);
          const names = Object.keys(replacing);
          const { changes, replaces } = await engine.diff(outputs, { ...inputs, ...replacing });
          assert.deepEqual([changes, replaces], [names, names]);
        });
      }

      if (changing !== undefined) {
        it(`is updated when ${Object.keys(changing)} changes`, async () => {
          const engine = await scene.engine(token);
          const inputs = expected.inputs(scene);
          const { id, outputs } = await engine.create(inputs);
          const changed = { ...inputs, ...changing };
          assert.deepEqual(await engine.diff(outputs, changed), {
            changes: Object.keys(changing),
            replaces: [],
          });
          asked();
          await engine.update(id, outputs, changed, true);
          assert.deepEqual(asked(), []);
          const updated = await engine.update(id, outputs, changed);
          assert.deepEqual(await engine.diff(updated, changed), { changes: [], replaces: [] });
        });
      }
    });
  }

  it("updates an application by the recorded requests", async () => {
    const engine = await scene.engine("application:Application");
    const inputs = CASES.Application?.inputs(scene) ?? {};
    const { id, outputs } = await engine.create(inputs);
    asked();
    await engine.update(id, outputs, { ...inputs, displayName: "relay 2" });
    assert.deepEqual(asked(), recorded("update", isOfApplication));
  });

  it("sees no change in the order of a set, or where the program sets the default", async () => {
    const engine = await scene.engine("application:Application");
    const { outputs } = await engine.create({ displayName: "relay", tags: ["one", "two"] });
    const same = { displayName: "relay", tags: ["two", "one"], description: "" };
    assert.deepEqual((await engine.diff(outputs, same)).changes, []);
    assert.deepEqual((await engine.diff(outputs, { displayName: "relay" })).changes, []);
  });

  it("shows a change by hand in outputs and inputs", async () => {
    const engine = await scene.engine("application:Application");
    const inputs = CASES.Application?.inputs(scene) ?? {};
    const { id, outputs } = await engine.create(inputs);
    Object.assign(scene.microsoft.objects.get(id) ?? {}, { notes: "by hand", tags: ["x"] });
    const found = await engine.read(id, outputs, inputs);
    assert.deepEqual(found.inputs, { ...inputs, notes: "by hand" });
    assert.deepEqual((await engine.diff(found.outputs, inputs)).changes, ["notes"]);
  });

  it("imports an application by its id", async () => {
    const engine = await scene.engine("application:Application");
    const inputs = CASES.Application?.inputs(scene) ?? {};
    const { id, outputs } = await engine.create(inputs);
    const imported = await engine.read(id);
    assert.equal(imported.outputs.clientId, outputs.clientId);
    assert.deepEqual((await engine.diff(imported.outputs, inputs)).changes, []);
  });

  it("keeps a resource of which a later step failed, without unknown outputs", async () => {
    const engine = await scene.engine("application:Application");
    scene.microsoft.refuse("DELETE", 403, "Authorization_RequestDenied", "Insufficient privileges");
    await assert.rejects(engine.create({ displayName: "relay 1" }), (error) => {
      assert.ok(error instanceof PluginError);
      assert.match(error.message, /\/owners\/.*: unexpected status 403 .*Insufficient privileges$/);
      const [id] = scene.microsoft.objects.keys();
      assert.equal(error.state?.id, id);
      assert.equal(error.state?.outputs.displayName, "relay 1");
      assert.equal(Object.values(error.state?.outputs ?? {}).includes(UNKNOWN), false);
      return true;
    });
  });

  it("refuses a service principal that exists, and changes nothing", async () => {
    const engine = await scene.engine("servicePrincipal:ServicePrincipal");
    const { id } = scene.microsoft.put("/servicePrincipals", { appId: RECORDED.clientId });
    const before = structuredClone([...scene.microsoft.objects]);
    const creation = engine.create({ clientId: RECORDED.clientId });
    await assert.rejects(creation, new RegExp(`A resource with the ID "${id}" already exists`));
    assert.deepEqual([...scene.microsoft.objects], before);
  });

  it("tells a client secret once, as a secret", async () => {
    const engine = await scene.engine("applicationPassword:ApplicationPassword");
    const inputs = CASES.ApplicationPassword?.inputs(scene) ?? {};
    const preview = await engine.create(inputs, true);
    assert.deepEqual(preview.outputs.value, secret(UNKNOWN));
    const { id, outputs } = await engine.create(inputs);
    assert.deepEqual(outputs.value, secret(`secret of ${outputs.keyId}`));
    assert.equal("value" in (await engine.read(id)).outputs, false);
  });

  it("leaves an application's other certificates, however many are created at once", async () => {
    const engine = await scene.engine("applicationCertificate:ApplicationCertificate");
    const inputs = CASES.ApplicationCertificate?.inputs(scene) ?? {};
    const certificates = () =>
      scene.microsoft.objects.get(String(inputs.applicationId))?.keyCredentials as object[];
    const [, second] = await Promise.all([1, 2, 3].map(() => engine.create(inputs)));
    assert.equal(certificates().length, 3);
    await engine.delete(second?.id ?? "", second?.outputs ?? {});
    assert.equal(certificates().length, 2);
  });

  it("fails to read a certificate whose application is gone, as the plugin does", async () => {
    const engine = await scene.engine("applicationCertificate:ApplicationCertificate");
    const { id, outputs } = await engine.create(CASES.ApplicationCertificate?.inputs(scene) ?? {});
    scene.microsoft.objects.clear();
    await assert.rejects(engine.read(id, outputs), /unexpected status 404/);
  });

  it("sends a user's password and address list only when they change", async () => {
    const engine = await scene.engine("user:User");
    const inputs = CASES.User?.inputs(scene) ?? {};
    const { id, outputs } = await engine.create(inputs);
    scene.asked();
    await engine.update(id, outputs, { ...inputs, displayName: "other" });
    const [patch, next] = scene.asked();
    assert.equal("passwordProfile" in (patch?.body as object), false);
    assert.equal(next?.method, "GET");
    const changed = { ...inputs, password: secret("N3w-Secret!"), showInAddressList: false };
    const updated = await engine.update(id, outputs, changed);
    const [withPassword, beta] = scene.asked();
    assert.deepEqual((withPassword?.body as Inputs).passwordProfile, {
      forceChangePasswordNextSignIn: false,
      password: "N3w-Secret!",
    });
    assert.equal((beta?.body as Inputs).showInAddressList, false);
    assert.deepEqual(updated.password, changed.password);
  });

  it("finds a service principal and its app roles by client id, as recorded", async () => {
    const engine = await scene.engine("application:Application");
    const { id } = scene.microsoft.put("/servicePrincipals", {
      appId: EXCHANGE,
      appRoles: [{ id: ROLE, value: "Exchange.ManageAsApp" }],
    });
    const found = await engine.invoke(GET_SERVICE_PRINCIPAL, { clientId: EXCHANGE });
    assert.deepEqual(asked(), recorded("preview-unchanged", about("servicePrincipals")));
    assert.deepEqual([found.objectId, found.clientId], [id, EXCHANGE]);
    assert.deepEqual(found.appRoleIds, { "Exchange.ManageAsApp": ROLE });
    const unknown = engine.invoke(GET_SERVICE_PRINCIPAL, { clientId: ROLE });
    await assert.rejects(unknown, /no service principal found/);
  });

  it("refuses types and functions that it does not have", async () => {
    const engine = await scene.engine("group:Group");
    await assert.rejects(engine.create({}), /does not know azuread:index\/group:Group/);
    await assert.rejects(engine.invoke("azuread:index/getUser:getUser", {}), /does not know/);
  });

  it("passes on what Graph refuses, and tries a busy Graph again", async () => {
    const engine = await scene.engine("application:Application");
    const words = "Insufficient privileges to complete the operation.";
    scene.microsoft.refuse("POST", 403, "Authorization_RequestDenied", words);
    await assert.rejects(engine.create({ displayName: "relay" }), {
      message: `POST /v1.0/applications: unexpected status 403 (403 Forbidden) with error: Authorization_RequestDenied: ${words}`,
    });
    assert.equal(scene.microsoft.objects.size, 0);
    assert.equal(scene.asked().length, 1);
    scene.microsoft.refuse("POST", 429, "TooManyRequests", "later");
    await engine.create({ displayName: "relay" });
    assert.equal(scene.asked().filter(({ method }) => method === "POST").length, 2);
    scene.microsoft.refuse("GET", 504, "GatewayTimeout", "never", 99);
    const [id = ""] = scene.microsoft.objects.keys();
    await assert.rejects(engine.read(id), /504 \(504 Gateway Timeout\) .*GatewayTimeout: never/);
  });

  it("signs in once for each configuration, by the recorded requests", async () => {
    const engine = await scene.engine("application:Application");
    assert.equal(await engine.info(), "6.9.1");
    const isSignIn = ({ path }: Request) => !/^\/(v1\.0|beta)\//.test(path);
    const expected = recorded("up", isSignIn).map((line) =>
      line.replace("https%3A%2F%2Flocalhost%3A9443", encodeURIComponent(scene.microsoft.origin)),
    );
    assert.deepEqual(shapes(scene.microsoft.requests), expected);
    await engine.create({ displayName: "relay" });
    assert.equal(scene.microsoft.requests.filter(isSignIn).length, expected.length);
  });

  it("takes an engine's configuration before the environment", async () => {
    const env = { ...scene.microsoft.env, ARM_CLIENT_SECRET: "wrong", ARM_TENANT_ID: undefined };
    const config = { clientSecret: secret("s3"), tenantId: "own", metadataHost: "" };
    assert.equal(await configured(env, config), "configured");
    assert.match(scene.microsoft.requests[1]?.path ?? "", /^\/own\/oauth2/);
  });

  it("refuses a wrong secret with Entra's answer", async () => {
    const env = { ...scene.microsoft.env, ARM_CLIENT_SECRET: "wrong" };
    assert.equal(
      await configured(env),
      'building client: unable to obtain access token: clientCredentialsToken: received HTTP status 401 with response: {"error":"invalid_client"}',
    );
  });

  for (const name of ["METADATA_HOSTNAME", "TENANT_ID", "CLIENT_ID", "CLIENT_SECRET"]) {
    it(`refuses an environment without ARM_${name}`, async () => {
      const problem = await configured({ ...scene.microsoft.env, [`ARM_${name}`]: undefined });
      assert.match(problem, new RegExp(`has no ARM_${name}: run it through the lab`));
    });
  }
});

/** Why a plugin that starts with this environment can't be configured, else "configured". */
async function configured(
  env: Record<string, string | undefined>,
  config: Inputs = {},
): Promise<string> {
  const served = await serveAzureAd("6.9.1", env);
  const engine = attachClient(served.port, "azuread:index/application:Application");
  try {
    await engine.configure(config);
    return "configured";
  } catch (error) {
    return (error as Error).message;
  } finally {
    engine.close();
    await served.close();
  }
}
