import { type Change, FOR_GOOD, type Stop } from "./effects.ts";
import { senderIn } from "./names.ts";
import { changedIn, type PlannedResource } from "./preview.ts";
import { settledSenders } from "./senderChanges.ts";

/** What senders that stay sign in with no longer, and what lets their apps in no longer. */
export function credentialStops(change: Change): Stop[] {
  const isSettled = settledSenders(change.senders);
  return changedIn(change.preview).flatMap((resource): Stop[] => {
    const who = senderIn(change.belongs(resource));
    if (who === undefined || !isSettled(who)) return [];
    const stop = credentialStop(resource);
    return stop === undefined ? [] : [{ who, ...stop }];
  });
}

function credentialStop({ kind, operation, name }: PlannedResource): Omit<Stop, "who"> | undefined {
  const goes = operation === "delete" || operation === "replace";
  switch (kind) {
    case "ApplicationPassword": {
      const generation = /\d+$/.exec(name)?.[0] ?? "";
      return operation === "delete"
        ? {
            what: `sign-in with the secret of generation ${generation} is refused`,
            howLong: "until a newer one is in use",
          }
        : undefined;
    }
    case "ApplicationCertificate":
      if (operation === "delete") {
        return {
          what: "sign-in with the certificate that is taken out is refused",
          howLong: "until another one is in use",
        };
      }
      return goes
        ? {
            what: "sign-in with the present certificate is refused",
            howLong: "until the new one is in use",
          }
        : undefined;
    case "Password":
      return operation === "create"
        ? undefined
        : { what: "the present password ends at once", howLong: "until the new one is in use" };
    case "Application":
    case "ServicePrincipal":
      return goes
        ? {
            what: "the app is replaced, and sign-in with the present client id is refused",
            howLong: "until the new client id and credential are in use, and up to two hours more",
          }
        : undefined;
    case "ManagementRoleAssignment":
    case "AppRoleAssignment":
    case "MailboxPermission":
      return goes
        ? {
            what: "mail may be refused, as the app's present access ends and Microsoft spreads the new one",
            howLong: "for up to two hours",
          }
        : undefined;
    case "SharedMailbox":
    case "UserMailbox":
      return operation === "replace"
        ? {
            what: "the mailbox is replaced: the present one is deleted with the mail in it",
            howLong: FOR_GOOD,
            isDangerous: true,
          }
        : undefined;
    default:
      return undefined;
  }
}
