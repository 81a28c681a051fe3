import type { Context } from "../../context.ts";
import type { Tokens } from "../../entra/tokens.ts";
import { appMayUse, basicAuthOf, smtpAuthOf } from "../../exchange/submissionRights.ts";
import type { Sourced } from "../../reply.ts";
import type { User } from "../../world/directory.ts";
import { findMailbox, type Mailbox } from "../../world/recipients.ts";
import type { Secrets } from "../../world/secrets.ts";
import type { World } from "../../world/world.ts";
import type { Credential } from "../client.ts";
import { type SmtpReply, smtpReply } from "../reply.ts";

/** What `aud` may be in a token for SMTP. */
export const AUDIENCES = ["https://outlook.office365.com", "https://outlook.office365.com/"];

/** Whom a session sends for. */
export interface SignedIn {
  /** Primary address of the mailbox. */
  mailbox: string;
  /** Object id of the app's service principal; undefined for a user. */
  servicePrincipal: string | undefined;
}

export interface SignInParts {
  context: Context;
  /** Looks at tokens; asked for when one comes. */
  tokens: () => Tokens;
  secrets: Pick<Secrets, "userPasswords">;
}

type Outcome = SignedIn | Sourced<SmtpReply>;

/** Judges a credential; `mark` ends the refusals. */
export async function signIn(
  credential: Credential,
  parts: SignInParts,
  mark: string,
): Promise<Outcome> {
  return "token" in credential
    ? signInByToken(credential, parts, mark)
    : signInByPassword(credential, parts, mark);
}

/**
 * Judges XOAUTH2: an app's token, and the mailbox that it wants to use. No source says whether Exchange finds that by any
 * of its addresses or by the user principal name alone, so that worlds differ.
 */
async function signInByToken(
  { user, token }: { user: string; token: string },
  { context, tokens }: SignInParts,
  mark: string,
): Promise<Outcome> {
  const { world, clock } = context;
  const verdict = await tokens().verify(token, AUDIENCES);
  const mailbox =
    world.settings.xoauth2User === "any address"
      ? findMailbox(world, user)
      : mailboxOfUser(world, accountOf(user, world)?.id);
  if ("problem" in verdict || !mailbox) return smtpReply("submission.unsuccessful", { mark });
  const refusal = refuseSmtpAuth(mailbox, context, mark);
  if (refusal) return refusal;
  const { appid: appId, oid: objectId, roles } = verdict.claims;
  if (!appMayUse(world, { appId, objectId, roles }, mailbox, clock.now())) {
    return smtpReply("submission.unsuccessful", { mark });
  }
  return { mailbox: mailbox.address, servicePrincipal: objectId };
}

/** Judges LOGIN: a user's name and password. A user sends as its own mailbox. */
function signInByPassword(
  { user, password }: { user: string; password: string },
  { context, secrets }: SignInParts,
  mark: string,
): Outcome {
  const { world } = context;
  const account = accountOf(user, world);
  const mailbox = account && mailboxOfUser(world, account.id);
  if (!mailbox) return smtpReply("submission.criteria-not-met", { mark });
  const refusal = refuseSmtpAuth(mailbox, context, mark) ?? refuseBasic(world, mailbox, mark);
  if (refusal) return refusal;
  const isOpen = account.accountEnabled && !mailbox.accountDisabled;
  if (!isOpen || secrets.userPasswords[account.id] !== password) {
    return smtpReply("submission.criteria-not-met", { mark });
  }
  return { mailbox: mailbox.address, servicePrincipal: undefined };
}

/** The account of a user principal name. */
const accountOf = (name: string, { directory }: World): User | undefined =>
  directory.users.find(
    ({ userPrincipalName }) => userPrincipalName.toLowerCase() === name.toLowerCase(),
  );

function mailboxOfUser(world: World, id: string | undefined): Mailbox | undefined {
  return world.mailboxes.find(({ externalDirectoryObjectId }) => externalDirectoryObjectId === id);
}

function refuseSmtpAuth(
  mailbox: Mailbox,
  { world, clock }: Context,
  mark: string,
): Sourced<SmtpReply> | undefined {
  const state = smtpAuthOf(world, mailbox, clock.now());
  if (state === "allowed") return undefined;
  const where = state === "off for the tenant" ? "Tenant" : "Mailbox";
  return smtpReply("submission.smtp-auth-disabled", { where, mark });
}

function refuseBasic(world: World, mailbox: Mailbox, mark: string): Sourced<SmtpReply> | undefined {
  const state = basicAuthOf(world, mailbox);
  if (state === "allowed") return undefined;
  const name = state === "basic off" ? "submission.basic-disabled" : "submission.security-defaults";
  return smtpReply(name, { mark });
}
