// Each grant that a sender needs is needed: without it nothing is sent, the refusal says why, a refresh says which one
// it is, and `up --refresh` gives it again. Every test begins with the same world and state. The lab's words stand in
// for Microsoft's: nothing here was seen in a real tenant.
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { type Lab, openLab, type World } from "../../lab/src/lab.ts";
import { openScene, type Scene } from "../../lab/stack/scene.ts";
import { type Application, submitAs } from "../../lab/story/mail.ts";
import type { SignIn } from "../../lab/story/signIn.ts";
import type { Change } from "../../scripts/engine/operation.ts";
import { errorsOf, SEED } from "./bench.ts";
import { tolerateProgramFailures } from "./programFailures.ts";

const ROLE = "Application SMTP.SendAsApp";
const UNSUCCESSFUL = "535 5.7.3 Authentication unsuccessful";

/** A grant that goes. */
interface Removal {
  readonly who: Application;
  /** What goes, as an administrator would take it away, or Entra's portal. */
  take(): void;
  /** What the application hears: the SMTP reply without its mark, or Entra's error. */
  says(): string;
  /** What a refresh sees. */
  readonly seen: readonly string[];
  /** What is pending then; empty where the drift alone tells. */
  pending?(): string;
  /** What an `up` does. */
  readonly repaired: readonly string[];
}

describe(`grants, seed ${SEED}`, () => {
  let folder: string;
  let lab: Lab;
  let scene: Scene;
  let told: Readonly<Record<string, SignIn>>;
  let first: { readonly world: World; readonly told: typeof told; readonly state: State };

  before(async () => {
    tolerateProgramFailures();
    folder = await mkdtemp(join(tmpdir(), "m365-grants-"));
    lab = await openLab({ seed: SEED });
    scene = await openScene(lab, folder);
    await up();
    // The identity provider outside begins with the first token that it gives.
    for (const who of ["shop", "crm"] as const) assert.equal(await send(who), "", `${who} sends`);
    await lab.settle();
    const state = (await scene.stack.exportState()) as State;
    first = { world: structuredClone(lab.world), told, state };
  });
  afterEach(async () => {
    await lab.settle();
    Object.assign(lab.world, structuredClone(first.world));
    ({ told } = first);
    await scene.stack.importState(first.state);
  });
  after(async () => {
    await scene.close();
    await lab.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** `up --refresh`, after which every sender is told anew. */
  async function up(): Promise<readonly string[]> {
    const { outputs, changes } = await scene.stack.up({ refresh: true });
    assert.deepEqual(outputs.pending, []);
    told = outputs.senders as typeof told;
    return shown(changes);
  }

  /** Sends a message: "" when it is taken, else what refuses it, without Exchange's mark. */
  async function send(who: Application): Promise<string> {
    try {
      const { refusal } = await submitAs(scene, who, told);
      return refusal.replace(/ \[[^[\]]*\]$/, "");
    } catch (error) {
      if (error instanceof Error && error.message.startsWith("no token: ")) return error.message;
      throw error;
    }
  }

  /** What is pending of a sender, by the state. */
  async function pendingOf(who: Application): Promise<string | undefined> {
    const { deployment } = (await scene.stack.exportState()) as State;
    const of = deployment.resources.find(({ urn }) => urn.endsWith(`::relay-${who}-submission`));
    return of?.outputs?.pending;
  }

  const addressOf = (who: Application): string => told[who]?.mailbox ?? "";
  const clientIdOf = (who: Application): string => told[who]?.clientId ?? "";
  const appOf = (who: Application) =>
    found(lab.world.directory.applications, ({ appId }) => appId === clientIdOf(who));
  const enterpriseOf = (who: Application) =>
    found(lab.world.directory.servicePrincipals, ({ appId }) => appId === clientIdOf(who));

  /** Takes grants of both applications away, sees that each is missed, and has them given again. */
  async function lose(removals: readonly [Removal, Removal]): Promise<void> {
    for (const { take } of removals) take();
    for (const { who, says } of removals) assert.equal(await send(who), says());
    const seen = removals.flatMap((removal) => removal.seen).sort();
    assert.deepEqual(shown(await scene.stack.refresh()), seen);
    for (const { who, pending } of removals) {
      assert.equal(await pendingOf(who), pending?.() ?? "", `pending of ${who}`);
    }
    assert.deepEqual(await up(), removals.flatMap((removal) => removal.repaired).sort());
    for (const { who } of removals) assert.equal(await send(who), "", `${who} sends again`);
  }

  it("shop's role assignment; crm's SMTP AUTH switch", () =>
    lose([
      {
        who: "shop",
        take: () => lab.admin("Remove-ManagementRoleAssignment", { Identity: "relay-lab-shop" }),
        says: () => UNSUCCESSFUL,
        seen: ["delete relay-shop-role", "update relay-shop-submission"],
        pending: () =>
          `Exchange does not show the role "${ROLE}" of app ${clientIdOf("shop")}; run pulumi up --refresh, which gives it again if it is gone`,
        repaired: ["create relay-shop-role", "update relay-shop-submission"],
      },
      {
        who: "crm",
        take: () =>
          lab.admin("Set-CASMailbox", {
            Identity: addressOf("crm"),
            SmtpClientAuthenticationDisabled: true,
          }),
        says: () =>
          "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information.",
        seen: [
          "update relay-crm-mailbox: smtpClientAuthenticationDisabled",
          "update relay-crm-submission",
        ],
        pending: () =>
          `SMTP AUTH is off for ${addressOf("crm")}; run pulumi up --refresh to switch it on`,
        repaired: [
          "update relay-crm-mailbox: smtpClientAuthenticationDisabled",
          "update relay-crm-submission",
        ],
      },
    ]));

  it("shop's management scope; crm's service principal in Exchange", () =>
    lose([
      {
        who: "shop",
        take: () =>
          lab.admin("Set-ManagementScope", {
            Identity: "relay-lab-shop",
            RecipientRestrictionFilter: `PrimarySmtpAddress -eq '${addressOf("crm")}'`,
          }),
        says: () => UNSUCCESSFUL,
        seen: ["update relay-shop-scope: recipientFilter", "update relay-shop-submission"],
        pending: () =>
          `${addressOf("shop")} is not in the scope "relay-lab-shop" within which app ${clientIdOf("shop")} may send; run pulumi up --refresh to set it right`,
        repaired: ["update relay-shop-scope: recipientFilter", "update relay-shop-submission"],
      },
      {
        who: "crm",
        take: () => lab.admin("Remove-ServicePrincipal", { Identity: clientIdOf("crm") }),
        says: () => UNSUCCESSFUL,
        seen: [
          "delete relay-crm-exchange-principal",
          "delete relay-crm-role",
          "update relay-crm-submission",
        ],
        pending: () =>
          `Exchange does not show a service principal of app ${clientIdOf("crm")}; run pulumi up --refresh, which makes it again if it is gone`,
        repaired: [
          "create relay-crm-exchange-principal",
          "create relay-crm-role",
          "update relay-crm-submission",
        ],
      },
    ]));

  it("shop's mailbox; crm's role assignment, switched off", () =>
    lose([
      {
        who: "shop",
        take: () => lab.admin("Remove-Mailbox", { Identity: addressOf("shop") }),
        says: () => UNSUCCESSFUL,
        seen: [
          "delete relay-shop-mailbox",
          "update relay-shop-limit: from",
          "update relay-shop-submission",
        ],
        pending: () =>
          `Exchange does not show the mailbox ${addressOf("shop")}; run pulumi up --refresh, which makes it again if it is gone`,
        repaired: [
          "create relay-shop-mailbox",
          "update relay-shop-limit: from",
          "update relay-shop-submission",
        ],
      },
      {
        who: "crm",
        take: () =>
          lab.admin("Set-ManagementRoleAssignment", { Identity: "relay-lab-crm", Enabled: false }),
        says: () => UNSUCCESSFUL,
        seen: ["update relay-crm-role: enabled", "update relay-crm-submission"],
        pending: () =>
          `Exchange does not show the role "${ROLE}" of app ${clientIdOf("crm")}; run pulumi up --refresh, which gives it again if it is gone`,
        repaired: ["update relay-crm-role: enabled", "update relay-crm-submission"],
      },
    ]));

  // Exchange's service principal has the object id of the one that goes, and the role hangs on it.
  it("shop's service principal in Entra; crm's, switched off", () =>
    lose([
      {
        who: "shop",
        take() {
          const gone = enterpriseOf("shop");
          const { directory } = lab.world;
          directory.servicePrincipals = directory.servicePrincipals.filter((one) => one !== gone);
        },
        says: () =>
          `no token: AADSTS7000229: The client application ${clientIdOf("shop")} is missing service principal in the tenant ${lab.world.tenant.id}. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119`,
        seen: ["delete relay-shop-principal"],
        repaired: [
          "create relay-shop-principal",
          ...replaced("relay-shop-exchange-principal"),
          ...replaced("relay-shop-role"),
        ],
      },
      {
        who: "crm",
        take() {
          enterpriseOf("crm").accountEnabled = false;
        },
        says: () =>
          `no token: AADSTS7000112: Application '${clientIdOf("crm")}'(relay-lab-crm) is disabled.`,
        seen: ["update relay-crm-principal"],
        repaired: ["update relay-crm-principal"],
      },
    ]));

  it("shop's federated credential; crm's certificate", () =>
    lose([
      {
        who: "shop",
        take() {
          appOf("shop").federatedIdentityCredentials = [];
        },
        says: () =>
          `no token: AADSTS70021: No matching federated identity record found for presented assertion. Assertion Issuer: 'https://workloads.${lab.world.tenant.domain}'. Assertion Subject: 'shop/production'. Assertion Audience: 'api://AzureADTokenExchange'. https://docs.microsoft.com/en-us/azure/active-directory/develop/workload-identity-federation`,
        seen: ["delete relay-shop-federated-identity"],
        repaired: ["create relay-shop-federated-identity"],
      },
      {
        who: "crm",
        take() {
          appOf("crm").keyCredentials = [];
        },
        says: () =>
          `no token: AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '${thumbprintOf(scene)}', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '${clientIdOf("crm")}'.]`,
        seen: ["delete relay-crm-certificate"],
        repaired: ["create relay-crm-certificate"],
      },
    ]));

  it("a service principal in Exchange that somebody made with the app registration's object id", async () => {
    const AppId = clientIdOf("shop");
    const wrong = appOf("shop").id;
    lab.admin("Remove-ServicePrincipal", { Identity: AppId });
    lab.admin("New-ServicePrincipal", { AppId, ObjectId: wrong, DisplayName: "Shop" });
    lab.admin("New-ManagementRoleAssignment", {
      Name: "relay-lab-shop",
      App: wrong,
      Role: ROLE,
      CustomResourceScope: "relay-lab-shop",
    });
    assert.equal(await send("shop"), UNSUCCESSFUL);
    assert.deepEqual(shown(await scene.stack.drift()), [
      "delete relay-shop-exchange-principal",
      "delete relay-shop-role",
    ]);
    const [error = "", ...others] = await errorsOf(up());
    const right = enterpriseOf("shop").id;
    const [, said = "", Identity] =
      /^Exchange has a service principal (.*) -Identity ([-0-9a-f]{36}) and run pulumi/.exec(
        error,
      ) ?? [];
    assert.equal(
      said,
      `${Identity} ("Shop") of app ${AppId} with the object id ${wrong}, not ${right} of app ${AppId}: no app can send by that (535 5.7.3), as the object id must be the enterprise application's, not the app registration's; remove it with Remove-ServicePrincipal`,
    );
    assert.deepEqual(others, []);
    lab.admin("Remove-ServicePrincipal", { Identity });
    assert.deepEqual(await up(), [
      "create relay-shop-exchange-principal",
      "create relay-shop-role",
      "update relay-shop-submission",
    ]);
    assert.equal(await send("shop"), "");
  });

  // The azuread plugin can't read a certificate of an app that is gone, so the state has to forget it first. Entra keeps
  // a deleted app for 30 days: to restore it there is the better way.
  it("app registrations: the new ones have other client ids, and all that hangs on them is made anew", async () => {
    const [shop, crm] = [clientIdOf("shop"), clientIdOf("crm")];
    const { id } = appOf("crm");
    for (const clientId of [shop, crm]) removeApp(lab, clientId);
    assert.equal(await send("shop"), unknownApp(lab, shop));
    assert.equal(await send("crm"), unknownApp(lab, crm));
    const words = new RegExp(`Retrieving Application \\(Application: "${id}"\\): .* 404 `);
    assert.match((await errorsOf(up())).join("\n"), words);

    const state = (await scene.stack.exportState()) as State;
    const { deployment } = state;
    const resources = deployment.resources.filter(
      ({ urn }) => !urn.endsWith("::relay-crm-certificate"),
    );
    await scene.stack.importState({ ...state, deployment: { ...deployment, resources } });
    assert.deepEqual(shown(await scene.stack.drift()), [
      "delete relay-crm-app",
      "delete relay-crm-principal",
      "delete relay-shop-app",
      "delete relay-shop-federated-identity",
      "delete relay-shop-principal",
    ]);
    const anew = [...madeAnew("shop", "federated-identity"), ...madeAnew("crm", "certificate")];
    assert.deepEqual(await up(), anew.sort());
    assert.deepEqual([await send("shop"), await send("crm")], ["", ""]);
    assert.deepEqual(
      lab.world.exchangeServicePrincipals.map(({ appId }) => appId).sort(),
      [clientIdOf("shop"), clientIdOf("crm")].sort(),
    );
    for (const who of ["shop", "crm"] as const) {
      assert.ok(![shop, crm].includes(clientIdOf(who)), `${who} has a new client id`);
    }
  });

  it("a licence, in a tenant that wants one, is not ours to give: the reply names it", async () => {
    lab.world.settings.unlicensedSubmission = "refused";
    const address = addressOf("shop");
    assert.match(
      await send("shop"),
      new RegExp(`^554 5\\.2\\.253 InvalidLicense; ${address} has `),
    );
    assert.deepEqual(await scene.stack.drift(), []);
    const { externalDirectoryObjectId } = found(
      lab.world.mailboxes,
      (mailbox) => mailbox.address === address,
    );
    const account = found(lab.world.directory.users, ({ id }) => id === externalDirectoryObjectId);
    account.licenses.push(lab.world.tenant.skus[0]?.skuId ?? "");
    assert.equal(await send("shop"), "");
  });
});

type Exported = Awaited<ReturnType<Scene["stack"]["exportState"]>>;

/** What these tests read of a state. */
interface State extends Exported {
  deployment: { resources: { urn: string; outputs?: { pending?: string } }[] };
}

/** Changes in the order of their names, with the properties of an update. */
const shown = (changes: readonly Change[]): string[] =>
  changes
    .map(({ op, name, properties }) => [`${op} ${name}`, properties.join(", ")])
    .map(([what, properties]) => (properties ? `${what}: ${properties}` : `${what}`))
    .sort();

const replaced = (name: string): string[] =>
  ["create-replacement", "delete-replaced", "replace"].map((op) => `${op} ${name}`);

/** What an `up` does for an application whose app registration is gone. */
const madeAnew = (who: Application, credential: string): string[] => [
  ...["app", "principal", credential].map((suffix) => `create relay-${who}-${suffix}`),
  ...["exchange-principal", "role", "submission"].flatMap((suffix) =>
    replaced(`relay-${who}-${suffix}`),
  ),
];

function found<T>(all: readonly T[], is: (one: T) => boolean): T {
  const one = all.find(is);
  if (one === undefined) throw new Error("not in the world");
  return one;
}

/** Removes an app registration as the portal does: its enterprise application goes with it. */
function removeApp({ world: { directory } }: Lab, clientId: string): void {
  const stays = ({ appId }: { appId: string }) => appId !== clientId;
  directory.applications = directory.applications.filter(stays);
  directory.servicePrincipals = directory.servicePrincipals.filter(stays);
}

const unknownApp = ({ world }: Lab, clientId: string): string =>
  `no token: AADSTS700016: Application with identifier '${clientId}' was not found in the directory '${world.tenant.displayName}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`;

/** The thumbprint of crm's certificate, as Entra writes it. */
function thumbprintOf({ applications }: Scene): string {
  const { signInCertificate = "" } = found(applications, ({ name }) => name === "crm");
  return new X509Certificate(signInCertificate).fingerprint256.replaceAll(":", "");
}
