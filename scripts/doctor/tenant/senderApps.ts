import type { SenderApp } from "../../../mail/doctor/tenant/expiry.ts";
import { chooseSubmission } from "../../../mail/senders/choose.ts";
import type { Credential } from "../../../mail/senders/credential.ts";
import { thumbprintOf } from "../../../mail/senders/signInCertificate.ts";
import type { CheckContext } from "../context.ts";

/** What a sender signs in with, but for its own mailbox's password. */
export interface AppOfSender {
  readonly sender: string;
  readonly credential: Exclude<Credential, { by: "password" }>;
  /** Client id; left out before `up` has made the app. */
  readonly clientId?: string;
}

/** The senders that sign in as an app. */
export function appsOfSenders({ config, senders }: CheckContext): AppOfSender[] {
  return chooseSubmission(config.senders).submitting.flatMap(({ sender, credential }) => {
    if (credential.by === "password") return [];
    const made =
      credential.by === "adoptedApp" ? credential.clientId : senders.get(sender)?.clientId;
    return [{ sender, credential, ...(made !== undefined && { clientId: made }) }];
  });
}

/** The thumbprints by which Entra shows a sender's certificates. */
export const thumbprintsOf = (
  credential: AppOfSender["credential"],
): Pick<SenderApp, "thumbprints"> =>
  credential.by === "certificate"
    ? { thumbprints: credential.certificates.flatMap((one) => thumbprintOf(one.certificate) ?? []) }
    : {};
