// The stand-in for the azuread plugin on the real engine, through the life of an app registration with its credentials
// and of a user. What it asks Microsoft is compared with what the plugin itself was recorded to ask. The Microsoft of
// this test answers the least that is needed; nothing here proves what the real one answers.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Application } from "@pulumi/azuread/application.js";
import { ApplicationCertificate } from "@pulumi/azuread/applicationCertificate.js";
import { ApplicationFederatedIdentityCredential } from "@pulumi/azuread/applicationFederatedIdentityCredential.js";
import { ApplicationPassword } from "@pulumi/azuread/applicationPassword.js";
import { AppRoleAssignment } from "@pulumi/azuread/appRoleAssignment.js";
import { getServicePrincipal } from "@pulumi/azuread/getServicePrincipal.js";
import { ServicePrincipal } from "@pulumi/azuread/servicePrincipal.js";
import { User } from "@pulumi/azuread/user.js";
import type { Change } from "../../../scripts/engine/operation.ts";
import { errorsOf, withFixture } from "../../../test/engine/fixture.ts";
import { recorded, shapes } from "../unit/azureadScene.ts";
import { type FakeMicrosoft, openFakeMicrosoft, type Request } from "../unit/fakeMicrosoft.ts";

const EXCHANGE = "00000002-0000-0ff1-ce00-000000000000";
const MANAGE = "dc50a0fb-09a3-484d-be87-e023b12c6440";
const PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

describe("the stand-in for the azuread plugin, on the engine", () => {
  it("asks in the life of an app and a user what the plugin asks", (t) =>
    withFixture(async ({ open, plugins }) => {
      const used = plugins.find(({ plugin }) => plugin === "azuread");
      if (used?.kind === "plugin") t.diagnostic("the plugin itself is used");
      const microsoft = await openFakeMicrosoft();
      const { id: exchange } = microsoft.put("/servicePrincipals", {
        appId: EXCHANGE,
        appRoles: [{ id: MANAGE, value: "Exchange.ManageAsApp", isEnabled: true }],
      });
      let displayName = "relay 1";
      const stack = await open({
        env: microsoft.env,
        program: async () => {
          const { appRoleIds, objectId: resourceObjectId } = await getServicePrincipal({
            clientId: EXCHANGE,
          });
          const app = new Application("app", {
            displayName,
            notes: "managed",
            requiredResourceAccesses: [
              { resourceAppId: EXCHANGE, resourceAccesses: [{ id: MANAGE, type: "Role" }] },
            ],
          });
          const principal = new ServicePrincipal("sp", {
            clientId: app.clientId,
            tags: ["relay"],
          });
          new AppRoleAssignment("role", {
            appRoleId: appRoleIds["Exchange.ManageAsApp"] ?? "",
            principalObjectId: principal.objectId,
            resourceObjectId,
          });
          const password = new ApplicationPassword("password", {
            applicationId: app.id,
            displayName: "relay",
          });
          new ApplicationCertificate("certificate", {
            applicationId: app.id,
            type: "AsymmetricX509Cert",
            value: PEM,
          });
          new ApplicationFederatedIdentityCredential("federated", {
            applicationId: app.id,
            audiences: ["api://AzureADTokenExchange"],
            displayName: "gh",
            issuer: "https://token.actions.githubusercontent.com",
            subject: "repo:x/y:ref:refs/heads/main",
          });
          new User("user", {
            accountEnabled: false,
            displayName: "relay",
            password: "Sup3r-Secret!",
            usageLocation: "NL",
            userPrincipalName: "relay@contoso.com",
          });
          return { id: app.id, value: password.value };
        },
      });
      try {
        const names = ["app", "certificate", "federated", "password", "role", "sp", "user"];
        assert.deepEqual(
          opsOf(await stack.preview()),
          ["m365-smtp-relay-lab", ...names].map((name) => `create ${name}`).sort(),
        );
        assert.deepEqual(writesIn(requestsOf(microsoft)), []);

        const { outputs } = await stack.up();
        assert.deepEqual(once(requestsOf(microsoft)), recordedOf("up"));
        assert.match(String(outputs.value), /^secret of /);
        const state = await stateIn(stack.stateFolder);
        for (const text of ["secret of ", "Sup3r-Secret!", JSON.stringify(PEM).slice(1, -1)]) {
          assert.equal(state.includes(text), false, text);
        }
        assert.ok(state.includes("relay 1"));

        assert.deepEqual(await stack.preview(), []);
        assert.deepEqual(once(requestsOf(microsoft)), recordedOf("preview-unchanged"));
        assert.deepEqual(await stack.drift(), []);
        assert.deepEqual(await stack.refresh(), []);
        assert.deepEqual(once(requestsOf(microsoft)), recordedOf("refresh"));

        const app = microsoft.objects.get(String(outputs.id)) ?? { id: "" };
        app.notes = "by hand";
        const [drift] = await stack.drift();
        assert.deepEqual([drift?.op, drift?.name, drift?.properties], ["update", "app", ["notes"]]);
        assert.deepEqual(opsOf((await stack.up({ refresh: true })).changes), ["update app"]);
        assert.equal(app.notes, "managed");

        displayName = "relay 2";
        requestsOf(microsoft);
        assert.deepEqual(opsOf((await stack.up()).changes), ["update app"]);
        assert.deepEqual(once(requestsOf(microsoft)), recordedOf("update"));

        app.passwordCredentials = [];
        assert.deepEqual(opsOf(await stack.drift()), ["delete password"]);
        const again = await stack.up({ refresh: true });
        assert.notEqual(again.outputs.value, outputs.value);

        requestsOf(microsoft);
        await stack.destroy();
        assert.deepEqual(once(requestsOf(microsoft)), recordedOf("destroy"));
        assert.deepEqual([...microsoft.objects.keys()], [`/servicePrincipals/${exchange}`]);
      } finally {
        await microsoft.close();
      }
    }));

  it("keeps an incomplete app, replaces a credential, imports an app", () =>
    withFixture(async ({ open }) => {
      const microsoft = await openFakeMicrosoft();
      let subject = "one";
      let displayName = "gh";
      let id = "";
      const stack = await open({
        env: microsoft.env,
        program: async () => {
          const app = new Application(
            "app",
            { displayName: "relay" },
            id === "" ? {} : { import: id },
          );
          new ApplicationFederatedIdentityCredential("federated", {
            applicationId: app.id,
            audiences: ["api://AzureADTokenExchange"],
            displayName,
            issuer: "https://issuer.example",
            subject,
          });
        },
      });
      const credentials = () =>
        [...microsoft.objects].filter(([path]) => path.includes("federated")).map(([, one]) => one);
      try {
        microsoft.refuse("DELETE", 403, "Authorization_RequestDenied", "no such right");
        const errors = await errorsOf(stack.up());
        assert.match(
          errors.join("\n"),
          /DELETE .*\/owners\/.* with error: Authorization_RequestDenied: no such right/,
        );
        assert.equal(microsoft.objects.size, 1);
        const { changes: repaired } = await stack.up();
        assert.deepEqual(opsOf(repaired), ["create federated", "update app"]);
        assert.deepEqual(await stack.preview(), []);

        subject = "two";
        assert.deepEqual(opsOf((await stack.up()).changes), ["update federated"]);
        displayName = "other";
        const { changes } = await stack.up();
        assert.ok(opsOf(changes).includes("replace federated"), opsOf(changes).join());
        assert.deepEqual(
          credentials().map(({ name, subject: of }) => [name, of]),
          [["other", "two"]],
        );

        await stack.destroy();
        assert.equal(microsoft.objects.size, 0);
        const there = microsoft.put("/applications", {
          appId: EXCHANGE,
          displayName: "relay",
          signInAudience: "AzureADMyOrg",
        });
        id = `/applications/${there.id}`;
        assert.ok(opsOf((await stack.up()).changes).includes("import app"));
        assert.deepEqual(await stack.preview(), []);
      } finally {
        await microsoft.close();
      }
    }));

  it("works with the lab's own Entra and Graph", () =>
    withFixture(async ({ lab, open }) => {
      const { domain } = lab.world.tenant;
      const { chain } = await lab.issueCertificate({
        names: ["relay.lab"],
        issuer: "self-signed",
        key: "rsa",
      });
      const stack = await open({
        program: async () => {
          const { appRoleIds, objectId: resourceObjectId } = await getServicePrincipal({
            clientId: EXCHANGE,
          });
          const app = new Application("app", { displayName: "relay" });
          const principal = new ServicePrincipal("sp", { clientId: app.clientId });
          new AppRoleAssignment("role", {
            appRoleId: appRoleIds["SMTP.SendAsApp"] ?? "",
            principalObjectId: principal.objectId,
            resourceObjectId,
          });
          const password = new ApplicationPassword("password", {
            applicationId: app.id,
            displayName: "relay",
          });
          new ApplicationCertificate("certificate", {
            applicationId: app.id,
            type: "AsymmetricX509Cert",
            value: chain,
          });
          new ApplicationFederatedIdentityCredential("federated", {
            applicationId: app.id,
            audiences: ["api://AzureADTokenExchange"],
            displayName: "gh",
            issuer: "https://issuer.example",
            subject: "relay",
          });
          new User("user", {
            displayName: "relay",
            password: "Sup3r-Secret!-1",
            usageLocation: "NL",
            userPrincipalName: `relay-user@${domain}`,
          });
          return { clientId: app.clientId, value: password.value };
        },
      });
      const { directory } = lab.world;
      const before = structuredClone(directory);
      const { outputs } = await stack.up();
      const app = directory.applications.find(({ appId }) => appId === outputs.clientId);
      assert.equal(app?.passwordCredentials.length, 1);
      assert.equal(app?.keyCredentials.length, 1);
      assert.ok(lab.secrets().includes(String(outputs.value)));
      assert.deepEqual(await stack.preview(), []);
      assert.deepEqual(await stack.drift(), []);
      await stack.destroy();
      assert.deepEqual(directory, before);
      assert.deepEqual(lab.log.events({ refused: true }), []);
    }));
});

const opsOf = (changes: readonly Change[]) => changes.map(({ op, name }) => `${op} ${name}`).sort();

/** What was asked since the last time. */
const requestsOf = ({ requests }: FakeMicrosoft): Request[] => requests.splice(0);

const writesIn = (requests: readonly Request[]): string[] =>
  shapes(requests.filter(({ path, method }) => method !== "GET" && !isSignIn(path)));

/** Every write in an order of its own, and what was read counted once: what runs at once has no order. */
const once = (requests: readonly Request[]): string[] => sorted(shapes(requests.filter(isOfGraph)));

/** The same of what the plugin itself asked; the recorded program also listed the domains. */
const recordedOf = (phase: string): string[] => sorted(recorded(phase, isOfGraph));

const sorted = (lines: readonly string[]): string[] => [
  ...new Set(lines.filter((line) => line.startsWith("GET")).sort()),
  ...lines.filter((line) => !line.startsWith("GET")).sort(),
];

const isOfGraph = ({ path }: Request): boolean => !isSignIn(path) && path !== "/v1.0/domains";

const isSignIn = (path: string): boolean => !/^\/(v1\.0|beta)\//.test(path);

/** Everything that the state's files hold. */
async function stateIn(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = files.map(({ name, parentPath }) => readFile(join(parentPath, name), "utf8"));
  return (await Promise.all(texts)).join();
}
