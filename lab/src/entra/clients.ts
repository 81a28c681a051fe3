import { X509Certificate } from "node:crypto";
import type { Application, ServicePrincipal } from "../world/directory.ts";
import { EXCHANGE_APP_ID, GRAPH_APP_ID } from "../world/makeDirectory.ts";
import type { Secrets } from "../world/secrets.ts";
import type { ReaderApp, World } from "../world/world.ts";

/** What tokens can be for. */
export type ResourceName = "exchange" | "graph";

/** An app that can sign in, with what Entra knows of it at this moment: the deployer's or one of the directory. */
export interface Client {
  clientId: string;
  displayName: string;
  /** Whether it may act for users without proving itself (`isFallbackPublicClient`). */
  isPublic: boolean;
  /** Its presence in the tenant; null when there is none. */
  servicePrincipal: { id: string; accountEnabled: boolean } | null;
  secrets: { text: string; period: Period }[];
  certificates: { pem: string; period: Period }[];
  federated: FederatedRecord[];
  /** App roles that it holds, by resource. */
  appRoles: Record<ResourceName, string[]>;
  /** Template ids of its Entra directory roles. */
  directoryRoles: string[];
}

/** When a credential can be used; null is without a bound. */
export interface Period {
  from: Date | null;
  until: Date | null;
}

/** A federated identity credential; `certificate` (PEM) is null when the issuer shows no keys. */
export interface FederatedRecord {
  issuer: string;
  subject: string;
  audiences: string[];
  certificate: string | null;
}

const RESOURCES: Record<ResourceName, string> = {
  exchange: EXCHANGE_APP_ID,
  graph: GRAPH_APP_ID,
};

/** Finds an app by its client id; what Graph made a short while ago is not there yet (`signInDelayMs`). */
export function findClient(
  clientId: string,
  { world, secrets, at }: { world: World; secrets: Secrets; at: Date },
): Client | undefined {
  const wanted = clientId.toLowerCase();
  if (wanted === world.deployer.clientId) return deployerOf(world, secrets);
  const reader = world.readers.find(({ clientId: id }) => id === wanted);
  if (reader !== undefined) return readerOf(reader, world, secrets);
  const isKnown = ({ effectiveAt }: { effectiveAt: string }): boolean =>
    new Date(effectiveAt) <= at;
  const app = world.directory.applications.find(({ appId }) => appId === wanted);
  if (app === undefined || !isKnown(app)) return undefined;
  const principal = world.directory.servicePrincipals.find(({ appId }) => appId === wanted);
  return {
    clientId: app.appId,
    displayName: String(app.properties.displayName),
    isPublic: app.properties.isFallbackPublicClient === true,
    servicePrincipal: principal !== undefined && isKnown(principal) ? principal : null,
    ...credentialsOf(app, isKnown, world, secrets),
    appRoles: {
      exchange: rolesOf(principal, "exchange", world, at),
      graph: rolesOf(principal, "graph", world, at),
    },
    directoryRoles: principal === undefined ? [] : directoryRolesOf(principal.id, world, at),
  };
}

function deployerOf({ deployer }: World, { clientSecret }: Secrets): Client {
  return {
    clientId: deployer.clientId,
    displayName: deployer.displayName,
    isPublic: false,
    servicePrincipal: { id: deployer.servicePrincipalId, accountEnabled: true },
    secrets: [{ text: clientSecret, period: { from: null, until: null } }],
    certificates: deployer.certificates.map((pem) => ({ pem, period: lifeOf(pem) })),
    federated: deployer.federatedCredentials.map(({ audience, ...credential }) => ({
      ...credential,
      audiences: [audience],
    })),
    appRoles: deployer.appRoles,
    directoryRoles: deployer.directoryRoles,
  };
}

function readerOf(reader: ReaderApp, { directory }: World, { readerSecrets }: Secrets): Client {
  const { clientId, displayName, servicePrincipalId: id, appRoles, directoryRoles } = reader;
  const text = readerSecrets[reader.name];
  return {
    ...{ clientId, displayName, appRoles, directoryRoles },
    ...{ isPublic: false, certificates: [] },
    federated: (reader.federatedCredentials ?? []).map(({ audience, ...credential }) => ({
      ...credential,
      audiences: [audience],
      certificate: certificateOf(credential.issuer, directory),
    })),
    servicePrincipal: { id, accountEnabled: true },
    secrets: text === undefined ? [] : [{ text, period: { from: null, until: null } }],
  };
}

function credentialsOf(
  app: Application,
  isKnown: (credential: { effectiveAt: string }) => boolean,
  { directory }: World,
  { appPasswords }: Secrets,
): Pick<Client, "secrets" | "certificates" | "federated"> {
  return {
    secrets: app.passwordCredentials.filter(isKnown).flatMap((credential) => {
      const text = appPasswords[credential.keyId];
      return text === undefined ? [] : [{ text, period: periodOf(credential) }];
    }),
    certificates: app.keyCredentials
      .filter(isKnown)
      .map((credential) => ({ pem: credential.certificate, period: periodOf(credential) })),
    federated: app.federatedIdentityCredentials
      .filter(isKnown)
      .map(({ issuer, subject, audiences }) => ({
        issuer,
        subject,
        audiences,
        certificate: certificateOf(issuer, directory),
      })),
  };
}

/** What verifies an issuer's signatures; null when it shows no keys. */
const certificateOf = (issuer: string, { issuers }: World["directory"]): string | null =>
  issuers.find((one) => one.issuer === issuer)?.certificate ?? null;

function periodOf(credential: { startDateTime: string; endDateTime: string }): Period {
  return { from: new Date(credential.startDateTime), until: new Date(credential.endDateTime) };
}

function lifeOf(pem: string): Period {
  const { validFrom, validTo } = new X509Certificate(pem);
  return { from: new Date(validFrom), until: new Date(validTo) };
}

/** Template ids of the directory roles that a user or a service principal holds, as new tokens show them. */
export const directoryRolesOf = (
  objectId: string,
  { directory }: Pick<World, "directory">,
  at: Date,
): string[] =>
  directory.roleAssignments
    .filter(
      ({ principalId, effectiveAt }) => principalId === objectId && new Date(effectiveAt) <= at,
    )
    .map(({ roleDefinitionId }) => roleDefinitionId);

/** Values of the app roles that are assigned to a service principal on a resource. */
function rolesOf(
  principal: ServicePrincipal | undefined,
  name: ResourceName,
  { directory }: World,
  at: Date,
): string[] {
  const resource = directory.servicePrincipals.find(({ appId }) => appId === RESOURCES[name]);
  if (principal === undefined || resource === undefined) return [];
  const held = directory.appRoleAssignments.filter(
    ({ principalId, resourceId, effectiveAt }) =>
      principalId === principal.id &&
      resourceId === resource.id &&
      (effectiveAt === undefined || new Date(effectiveAt) <= at),
  );
  return resource.appRoles
    .filter(({ id }) => held.some(({ appRoleId }) => appRoleId === id))
    .map(({ value }) => value);
}
