// Each grant that an application needs is needed: without it nothing is sent, the refusal says why, a refresh says
// which one it is, and `up --refresh` gives it again. The lab's words stand in for Microsoft's: nothing here was seen
// in a real tenant.
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { after, afterEach, before, describe, it } from "node:test";
import type { Lab } from "../../lab/src/lab.ts";
import { type LabApplication, labApplications } from "../../lab/stack/senders.ts";
import type { SignIn } from "../../lab/stack/signIn.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";
import { errorsOf, type Fixture, openFixture, SEED, summaryOf } from "./fixture.ts";
import { submit } from "./sending.ts";

const ROLE = "Application SMTP.SendAsApp";
const UNSUCCESSFUL = "535 5.7.3 Authentication unsuccessful";

type SignIns = Readonly<Record<string, SignIn>>;

/** An application, and what somebody takes from it. */
interface Loss {
  /** Name of the application. */
  readonly name: string;
  readonly title: string;
  readonly by: "identity" | "certificate";
  /** What goes, as an administrator would take it away, or Entra's portal. */
  take(lab: Lab, signIn: SignIn): void;
  /** What the application hears: the SMTP reply without its mark, or Entra's error. */
  refusal(lab: Lab, signIn: SignIn): string;
  /** What a refresh sees, each `relay-NAME-` left out. */
  readonly seen: readonly string[];
  /** What is pending then; nothing where the drift alone tells. */
  pending?(signIn: SignIn): string;
  /** What an `up` does; what a refresh sees when left out. */
  readonly repaired: readonly string[];
}

const LOSSES: readonly Loss[] = [
  {
    name: "role",
    title: "the role assignment",
    by: "identity",
    take: (lab) => lab.admin("Remove-ManagementRoleAssignment", { Identity: "relay-lab-role" }),
    refusal: () => UNSUCCESSFUL,
    seen: ["delete role", "update submission"],
    pending: ({ clientId }) =>
      `Exchange does not return the role "${ROLE}" of app ${clientId}; run pulumi up --refresh, which creates the app's service principal and assigns the role again if they are gone`,
    repaired: ["create role", "update submission"],
  },
  {
    name: "disabled",
    title: "the role assignment, which is switched off",
    by: "certificate",
    take: (lab) =>
      lab.admin("Set-ManagementRoleAssignment", { Identity: "relay-lab-disabled", Enabled: false }),
    refusal: () => UNSUCCESSFUL,
    seen: ["update role: enabled", "update submission"],
    pending: ({ clientId }) =>
      `Exchange does not return the role "${ROLE}" of app ${clientId}; run pulumi up --refresh, which creates the app's service principal and assigns the role again if they are gone`,
    repaired: ["update role: enabled", "update submission"],
  },
  {
    name: "switch",
    title: "the mailbox's SMTP AUTH switch",
    by: "certificate",
    take: (lab, { mailbox }) =>
      lab.admin("Set-CASMailbox", { Identity: mailbox, SmtpClientAuthenticationDisabled: true }),
    refusal: () =>
      "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information.",
    seen: ["update mailbox: smtpClientAuthenticationDisabled", "update submission"],
    pending: ({ mailbox }) =>
      `SMTP AUTH is off for ${mailbox}; run pulumi up --refresh to switch it on`,
    repaired: ["update mailbox: smtpClientAuthenticationDisabled", "update submission"],
  },
  {
    name: "scope",
    title: "its place in the management scope",
    by: "identity",
    take: (lab) =>
      lab.admin("Set-ManagementScope", {
        Identity: "relay-lab-scope",
        RecipientRestrictionFilter: `PrimarySmtpAddress -eq 'somebody@${lab.world.tenant.domain}'`,
      }),
    refusal: () => UNSUCCESSFUL,
    seen: ["update scope: recipientFilter", "update submission"],
    pending: ({ mailbox, clientId }) =>
      `${mailbox} is not in the scope "relay-lab-scope" within which app ${clientId} may send; run pulumi up --refresh to correct the scope`,
    repaired: ["update scope: recipientFilter", "update submission"],
  },
  {
    name: "exchange",
    title: "the service principal in Exchange",
    by: "certificate",
    take: (lab, { clientId }) => lab.admin("Remove-ServicePrincipal", { Identity: clientId }),
    refusal: () => UNSUCCESSFUL,
    seen: ["delete exchange-principal", "delete role", "update submission"],
    pending: ({ clientId }) =>
      `Exchange does not return the role "${ROLE}" of app ${clientId}; run pulumi up --refresh, which creates the app's service principal and assigns the role again if they are gone`,
    repaired: ["create exchange-principal", "create role", "update submission"],
  },
  {
    name: "mailbox",
    title: "the mailbox",
    by: "identity",
    take: (lab, { mailbox }) => lab.admin("Remove-Mailbox", { Identity: mailbox }),
    refusal: () => UNSUCCESSFUL,
    seen: ["delete mailbox", "update limit: from", "update submission"],
    pending: ({ mailbox }) =>
      `Exchange does not return the mailbox ${mailbox}; run pulumi up --refresh, which creates it again if it is gone`,
    repaired: ["create mailbox", "update limit: from", "update submission"],
  },
  {
    // Exchange's service principal has the object id of the one that goes, and the role hangs on it.
    name: "enterprise",
    title: "the service principal in Entra",
    by: "identity",
    take(lab, { clientId }) {
      const { directory } = lab.world;
      directory.servicePrincipals = directory.servicePrincipals.filter(
        ({ appId }) => appId !== clientId,
      );
    },
    refusal: ({ world }, { clientId }) =>
      `no token: AADSTS7000229: The client application ${clientId} is missing service principal in the tenant ${world.tenant.id}. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119`,
    seen: ["delete principal"],
    repaired: ["create principal", ...replaced("exchange-principal"), ...replaced("role")],
  },
  {
    name: "blocked",
    title: "the service principal in Entra, which is switched off",
    by: "certificate",
    take(lab, { clientId }) {
      enterpriseOf(lab, clientId).accountEnabled = false;
    },
    refusal: (_, { clientId }) =>
      `no token: AADSTS7000112: Application '${clientId}'(relay-lab-blocked) is disabled.`,
    seen: ["update principal"],
    repaired: ["update principal"],
  },
  {
    name: "federation",
    title: "the federated credential",
    by: "identity",
    take(lab, { clientId }) {
      appOf(lab, clientId).federatedIdentityCredentials = [];
    },
    refusal: ({ world }) =>
      `no token: AADSTS70021: No matching federated identity record found for presented assertion. Assertion Issuer: 'https://workloads.${world.tenant.domain}'. Assertion Subject: 'federation'. Assertion Audience: 'api://AzureADTokenExchange'. https://docs.microsoft.com/en-us/azure/active-directory/develop/workload-identity-federation`,
    seen: ["delete federated-identity"],
    repaired: ["create federated-identity"],
  },
  {
    name: "certificate",
    title: "the certificate",
    by: "certificate",
    take(lab, { clientId }) {
      appOf(lab, clientId).keyCredentials = [];
    },
    refusal: ({ world }, { clientId }) =>
      `no token: AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '${thumbprintOf(labApplications(world)[1])}', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '${clientId}'.]`,
    seen: ["delete certificate"],
    repaired: ["create certificate"],
  },
];

// Every application loses one grant. What becomes of all is seen by one refresh and repaired by one `up`.
describe(`a grant that goes, seed ${SEED}`, () => {
  let fixture: Fixture;
  let lab: Lab;
  let stack: OpenedStack;
  let applications: Map<string, LabApplication>;
  let signIns: SignIns;
  let seen: string[];
  let pending: Map<string, string>;
  let repaired: string[];
  const refusals = new Map<string, string>();

  const send = (name: string): Promise<string> => {
    const application = applications.get(name);
    assert.ok(application);
    return submit(lab, application, signIns[name]);
  };
  const signInOf = (name: string): SignIn => {
    const signIn = signIns[name];
    assert.ok(signIn);
    return signIn;
  };

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    applications = new Map(LOSSES.map((loss) => [loss.name, applicationOf(lab, loss)]));
    stack = await fixture.open({ config: configOf(lab, [...applications.values()]) });
    signIns = signInsOf(await stack.up({ skipPreview: true }));
    for (const { name } of LOSSES) assert.equal(await send(name), "", `${name} sends`);
    for (const { name, take } of LOSSES) take(lab, signInOf(name));
    for (const { name } of LOSSES) refusals.set(name, await send(name));
    seen = summaryOf(await stack.refresh());
    pending = await pendingIn(stack);
    const result = await stack.up({ refresh: true });
    repaired = summaryOf(result.changes);
    signIns = signInsOf(result);
  });
  after(() => fixture?.close());

  for (const { name, title, refusal, pending: isPending, ...loss } of LOSSES) {
    const ofApplication = (changes: readonly string[]) =>
      changes
        .filter((change) => change.includes(` relay-${name}-`))
        .map((change) => change.replace(`relay-${name}-`, ""));

    it(`is missed, seen and given again: ${title}`, async () => {
      assert.equal(refusals.get(name), refusal(lab, signInOf(name)));
      assert.deepEqual(ofApplication(seen), [...loss.seen].sort());
      assert.equal(pending.get(name) ?? "", isPending?.(signInOf(name)) ?? "");
      assert.deepEqual(ofApplication(repaired), [...loss.repaired].sort());
      assert.equal(await send(name), "", "it sends again");
    });
  }

  it("takes nothing else with it", () => {
    const count = (of: "seen" | "repaired") => LOSSES.flatMap((loss) => loss[of]).length;
    assert.equal(seen.length, count("seen"), seen.join("\n"));
    assert.equal(repaired.length, count("repaired"), repaired.join("\n"));
  });
});

describe(`what up can't give again, seed ${SEED}`, () => {
  let fixture: Fixture;
  let lab: Lab;
  let stack: OpenedStack;
  let signIns: SignIns;
  let atFirst: SignIns;
  let restore: () => Promise<void>;

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    stack = await fixture.open({ config: configOf(lab, labApplications(lab.world)) });
    atFirst = signInsOf(await stack.up({ skipPreview: true }));
    signIns = atFirst;
    // The identity provider outside begins with the first token that it gives.
    assert.deepEqual([await send("shop"), await send("crm")], ["", ""]);
    restore = await fixture.snapshot();
  });
  afterEach(async () => {
    signIns = atFirst;
    await restore();
  });
  after(() => fixture?.close());

  const send = (name: string): Promise<string> => {
    const application = labApplications(lab.world).find((one) => one.name === name);
    assert.ok(application);
    return submit(lab, application, signIns[name]);
  };
  const clientIdOf = (name: string): string => signIns[name]?.clientId ?? "";
  const up = async (): Promise<string[]> => {
    const result = await stack.up({ refresh: true });
    signIns = signInsOf(result);
    return summaryOf(result.changes);
  };

  it("a service principal in Exchange that somebody made with the app registration's object id", async () => {
    const AppId = clientIdOf("shop");
    const wrong = appOf(lab, AppId).id;
    lab.admin("Remove-ServicePrincipal", { Identity: AppId });
    lab.admin("New-ServicePrincipal", { AppId, ObjectId: wrong, DisplayName: "Shop" });
    lab.admin("New-ManagementRoleAssignment", {
      Name: "relay-lab-shop",
      App: wrong,
      Role: ROLE,
      CustomResourceScope: "relay-lab-shop",
    });
    assert.equal(await send("shop"), UNSUCCESSFUL);
    assert.deepEqual(summaryOf(await stack.drift()), [
      "delete relay-shop-exchange-principal",
      "delete relay-shop-role",
    ]);
    const [error = "", ...others] = await errorsOf(up());
    const right = enterpriseOf(lab, AppId).id;
    const [, said = "", Identity] =
      /^Exchange has a service principal (([-0-9a-f]{36}) .*), then run pulumi up/.exec(error) ??
      [];
    assert.equal(
      said,
      `${Identity} ("Shop") of app ${AppId} with the object id ${wrong} instead of ${right} of app ${AppId}: no app can send with it (535 5.7.3), because the object id must be that of the enterprise application, not of the app registration; let whoever made it take it back`,
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

  // The azuread plugin can't read a certificate of an app that is gone, so the state has to forget it first. Entra
  // keeps a deleted app for 30 days: to restore it there is the better way.
  it("app registrations: the new ones have other client ids, and all that hangs on them is made anew", async () => {
    const [shop, crm] = [clientIdOf("shop"), clientIdOf("crm")];
    const { id } = appOf(lab, crm);
    for (const clientId of [shop, crm]) removeApp(lab, clientId);
    assert.equal(await send("shop"), unknownApp(lab, shop));
    assert.equal(await send("crm"), unknownApp(lab, crm));
    assert.match(
      (await errorsOf(up())).join("\n"),
      new RegExp(`${id}\\b.*: unexpected status 404 `),
    );

    const state = (await stack.exportState()) as State;
    const { deployment } = state;
    const resources = deployment.resources.filter(
      ({ urn }) => !urn.endsWith("::relay-crm-certificate"),
    );
    await stack.importState({ ...state, deployment: { ...deployment, resources } });
    assert.deepEqual(summaryOf(await stack.drift()), [
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
    for (const name of ["shop", "crm"]) {
      assert.ok(![shop, crm].includes(clientIdOf(name)), `${name} has a new client id`);
    }
  });

  it("a licence, in a tenant that wants one: the reply names it", async () => {
    lab.world.settings.unlicensedSubmission = "refused";
    const address = signIns.shop?.mailbox ?? "";
    assert.match(
      await send("shop"),
      new RegExp(`^554 5\\.2\\.253 InvalidLicense; ${address} has `),
    );
    assert.deepEqual(await stack.drift(), []);
    const { externalDirectoryObjectId } = only(
      lab.world.mailboxes,
      (mailbox) => mailbox.address === address,
    );
    const account = only(lab.world.directory.users, ({ id }) => id === externalDirectoryObjectId);
    account.licenses.push(lab.world.tenant.skus[0]?.skuId ?? "");
    assert.equal(await send("shop"), "");
  });
});

type Exported = Awaited<ReturnType<OpenedStack["exportState"]>>;

/** What these tests read of a state. */
interface State extends Exported {
  deployment: { resources: { urn: string; outputs?: { pending?: string } }[] };
}

/** The lab's stack file with these applications alone. */
function configOf(lab: Lab, applications: readonly LabApplication[]): Record<string, unknown> {
  const senders = applications.map(({ from, ...application }) => ({
    ...application,
    from: [from],
    authentication: ["oauth"],
    recipientsPerDay: 500,
  }));
  return { ...labConfig(lab.world), "m365-smtp-relay:senders": senders };
}

function applicationOf({ world }: Lab, { name, by }: Loss): LabApplication {
  const [shop, crm] = labApplications(world);
  const from = `${name}@${world.tenant.domain}`;
  if (by === "certificate") return { ...crm, name, from };
  const issuer = shop.federatedIdentity?.issuer ?? "";
  return { name, from, federatedIdentity: { issuer, subject: name } };
}

function signInsOf({ outputs }: Awaited<ReturnType<OpenedStack["up"]>>): SignIns {
  assert.deepEqual(outputs.pending, []);
  return outputs.senders as SignIns;
}

/** What is pending of each application, by the state. */
async function pendingIn(stack: OpenedStack): Promise<Map<string, string>> {
  const { deployment } = (await stack.exportState()) as State;
  return new Map(
    deployment.resources.flatMap(({ urn, outputs }) => {
      const [, name] = /::relay-([a-z]+)-submission$/.exec(urn) ?? [];
      return name === undefined ? [] : [[name, outputs?.pending ?? ""]];
    }),
  );
}

function replaced(name: string): string[] {
  return ["create-replacement", "delete-replaced", "replace"].map((op) => `${op} ${name}`);
}

/** What an `up` does for an application whose app registration is gone. */
const madeAnew = (name: string, credential: string): string[] => [
  ...["app", "principal", credential].map((suffix) => `create relay-${name}-${suffix}`),
  ...["exchange-principal", "role", "submission"].flatMap((suffix) =>
    replaced(`relay-${name}-${suffix}`),
  ),
];

const appOf = ({ world }: Lab, clientId: string) =>
  only(world.directory.applications, ({ appId }) => appId === clientId);

const enterpriseOf = ({ world }: Lab, clientId: string) =>
  only(world.directory.servicePrincipals, ({ appId }) => appId === clientId);

function only<T>(all: readonly T[], is: (one: T) => boolean): T {
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

/** The thumbprint of an application's certificate, as Entra writes it. */
const thumbprintOf = ({ signInCertificate = "" }: LabApplication): string =>
  new X509Certificate(signInCertificate).fingerprint256.replaceAll(":", "");
