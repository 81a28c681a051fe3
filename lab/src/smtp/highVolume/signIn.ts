import type { Verdict } from "../../entra/tokens.ts";
import { userNameOf } from "../../exchange/nouns/recipient.ts";
import { basicAuthOf } from "../../exchange/submissionRights.ts";
import type { Sourced } from "../../reply.ts";
import type { HveAccount } from "../../world/highVolume.ts";
import type { World } from "../../world/world.ts";
import type { Credential } from "../client.ts";
import { type SmtpReply, smtpReply } from "../reply.ts";
import { AUDIENCES, type SignInParts } from "../submission/signIn.ts";

/** The API permission that a token needs ("OAuth authentication for High Volume Email", Learn). */
const PERMISSION = "Mail.Send";
/** A token that lives no longer than this is taken for one that expires soon (assumed). */
const SOON_MS = 10 * 60_000;

type Outcome = HveAccount | Sourced<SmtpReply>;

/**
 * Judges who signs in to High Volume Email. The organisation's switch for SMTP AUTH does not count ("due to the use of a custom
 * endpoint"), authentication policies and security defaults do ("Troubleshoot High Volume Email", Learn).
 */
export async function signIn(
  credential: Credential,
  parts: SignInParts,
  mark: string,
): Promise<Outcome> {
  const { world, clock } = parts.context;
  const account = world.hveAccounts.find(
    (one) => userNameOf(one, world).toLowerCase() === credential.user.toLowerCase(),
  );
  if ("password" in credential) return signInByPassword(credential, account, parts, mark);
  const verdict = await parts.tokens().verify(credential.token, AUDIENCES);
  const refusal = refuseToken(verdict, clock.now(), mark);
  if (refusal) return refusal;
  if (account === undefined) return refuseStranger(credential.user, world, mark);
  return "claims" in verdict && account.allowedApps.includes(verdict.claims.oid)
    ? account
    : smtpReply("submission.hve-app-not-allowed");
}

function signInByPassword(
  { user, password }: Credential & { password: string },
  account: HveAccount | undefined,
  { context: { world, userPasswords } }: SignInParts,
  mark: string,
): Outcome {
  if (account === undefined) return refuseStranger(user, world, mark);
  if (basicAuthOf(world, account) !== "allowed") {
    return smtpReply("submission.hve-not-allowed", { mark });
  }
  const { externalDirectoryObjectId: id } = account;
  const isOpen = world.directory.users.some((one) => one.id === id && one.accountEnabled);
  return isOpen && userPasswords[id] === password
    ? account
    : smtpReply("submission.hve-unsuccessful", { mark });
}

function refuseToken(verdict: Verdict, now: Date, mark: string): Sourced<SmtpReply> | undefined {
  if ("problem" in verdict) {
    return verdict.problem === "expired"
      ? smtpReply("submission.hve-token-expired")
      : smtpReply("submission.hve-unsuccessful", { mark });
  }
  const { exp = 0, roles } = verdict.claims;
  if (exp * 1000 - now.getTime() < SOON_MS) return smtpReply("submission.hve-token-expires-soon");
  return roles.includes(PERMISSION) ? undefined : smtpReply("submission.hve-wrong-permission");
}

/** Somebody who has no account of High Volume Email. */
function refuseStranger(user: string, world: World, mark: string): Sourced<SmtpReply> {
  const isKnown = world.directory.users.some(
    ({ userPrincipalName }) => userPrincipalName.toLowerCase() === user.toLowerCase(),
  );
  return isKnown
    ? smtpReply("submission.hve-not-an-account")
    : smtpReply("submission.hve-unsuccessful", { mark });
}
