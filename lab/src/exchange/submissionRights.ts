import {
  type ExchangeServicePrincipal,
  findMailbox,
  type Mailbox,
  type RoleAssignment,
} from "../world/recipients.ts";
import type { World } from "../world/world.ts";
import { isCovered } from "./recipientFilter.ts";
import { hasCome, judgedBy } from "./times.ts";

/** The role of RBAC for Applications that lets an app submit mail by SMTP. */
export const SMTP_ROLE = "Application SMTP.SendAsApp";

/** An app that signs in, by the claims of its token. */
export interface SigningApp {
  appId: string;
  /** Object id of the enterprise application (`oid`). */
  objectId: string;
  roles: readonly string[];
}

/**
 * Whether SMTP AUTH is on for a mailbox. Its own value wins over the organisation's, and counts from its time on
 * (Set-CASMailbox, SmtpClientAuthenticationDisabled).
 */
export function smtpAuthOf(
  world: World,
  { clientAccess }: Mailbox,
  at: Date,
): "allowed" | "off for the tenant" | "off for the mailbox" {
  const { from, before } = clientAccess.smtpClientAuthentication;
  const isDisabled = hasCome(from, at) ? clientAccess.smtpClientAuthenticationDisabled : before;
  if (isDisabled === null) {
    return world.organization.smtpClientAuthenticationDisabled ? "off for the tenant" : "allowed";
  }
  return isDisabled ? "off for the mailbox" : "allowed";
}

/**
 * Whether an app may submit mail as a mailbox. Exchange must have a service principal with both of its ids. A token
 * with the role `SMTP.SendAsApp` makes Exchange look for FullAccess on the mailbox (Learn: "Authenticate an IMAP,
 * POP or SMTP connection using OAuth"); one without goes by the assignments of `Application SMTP.SendAsApp`, which
 * reach the whole organisation or a scope (Learn: SMTP app RBAC onboarding). Assumed: the two don't add up here.
 */
export function appMayUse(world: World, app: SigningApp, mailbox: Mailbox, at: Date): boolean {
  if (!app.roles.includes("SMTP.SendAsApp")) {
    return holdsApplicationRole(world, app, [SMTP_ROLE], mailbox, at);
  }
  const principal = findPrincipal(world, app, at);
  return world.mailboxPermissions.some(
    ({ mailbox: address, user, accessRights, effectiveAt }) =>
      address === mailbox.address &&
      user === principal?.guid &&
      accessRights.includes("FullAccess") &&
      hasCome(effectiveAt, at),
  );
}

/** Whether an app holds one of these roles of RBAC for Applications, for the whole organisation or a scope with a mailbox. */
export function holdsApplicationRole(
  world: World,
  app: Pick<SigningApp, "appId" | "objectId">,
  roles: readonly string[],
  mailbox: Mailbox,
  at: Date,
): boolean {
  const principal = findPrincipal(world, app, at);
  return world.roleAssignments.some(
    (assignment) =>
      assignment.servicePrincipal === principal?.guid &&
      roles.includes(assignment.role) &&
      assignment.enabled &&
      hasCome(assignment.effectiveAt, at) &&
      reaches(world, assignment, mailbox, at),
  );
}

/** What Exchange has of an app, if both of its ids are right. */
const findPrincipal = (
  world: World,
  app: Pick<SigningApp, "appId" | "objectId">,
  at: Date,
): ExchangeServicePrincipal | undefined =>
  world.exchangeServicePrincipals.find(
    ({ appId, objectId, effectiveAt }) =>
      appId === app.appId && objectId === app.objectId && hasCome(effectiveAt, at),
  );

/** Whether an assignment's scope, as it counts at that time, covers a mailbox. */
function reaches(world: World, assignment: RoleAssignment, mailbox: Mailbox, at: Date): boolean {
  const { customResourceScope: name } = judgedBy(assignment, at);
  if (name === null) return true;
  const scope = world.managementScopes.find((one) => one.name === name);
  return scope !== undefined && isCovered(judgedBy(scope, at).recipientFilter, mailbox);
}

/**
 * Whether mail that is submitted as a mailbox may bear the address `from`: one of its own, or one of a mailbox on
 * which the mailbox or the app's service principal (by its object id) holds SendAs.
 *
 * An alias of the mailbox is taken, but Exchange rewrites it to the primary address, as SendFromAliasEnabled is off
 * (Set-OrganizationConfig).
 */
export function maySendAs(
  world: World,
  mailbox: Mailbox,
  from: string,
  at: Date,
  servicePrincipalObjectId?: string,
): boolean {
  const sender = findMailbox(world, from);
  if (!sender) return false;
  if (sender.guid === mailbox.guid) return true;
  const principal = world.exchangeServicePrincipals.find(
    ({ objectId, effectiveAt }) =>
      objectId === servicePrincipalObjectId && hasCome(effectiveAt, at),
  );
  return world.recipientPermissions.some(
    ({ mailbox: address, trustee, effectiveAt }) =>
      address === sender.address &&
      (trustee === mailbox.address || trustee === principal?.guid) &&
      hasCome(effectiveAt, at),
  );
}

/**
 * Whether a user may sign in to SMTP with a password. The user's authentication policy, else the organisation's
 * default one, must allow it (New-AuthenticationPolicy); without any, it is allowed. Security defaults lock it
 * (Learn). Assumed: a policy speaks before them.
 */
export function basicAuthOf(
  { organization, authenticationPolicies }: World,
  mailbox: Pick<Mailbox, "authenticationPolicy">,
): "allowed" | "basic off" | "security defaults" {
  const name = mailbox.authenticationPolicy ?? organization.defaultAuthenticationPolicy;
  const policy = authenticationPolicies.find((one) => one.name === name);
  if (policy && !policy.allowBasicAuthSmtp) return "basic off";
  return organization.securityDefaults ? "security defaults" : "allowed";
}
