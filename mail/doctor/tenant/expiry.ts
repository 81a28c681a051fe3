// How long senders can still sign in with what their apps have.

import { daysUntil, isoDay } from "../../days.ts";
import { TOLD_DAYS } from "../../senders/dates.ts";
import type { Finding } from "../finding.ts";

/** A secret or certificate of an app, as Graph shows it. */
interface AppCredential {
  readonly displayName: string | null;
  readonly startDateTime: string;
  readonly endDateTime: string;
  readonly customKeyIdentifier?: string | null;
}

/** What a sender's app has. */
export interface SenderApp {
  readonly sender: string;
  readonly clientId: string;
  readonly by: "secret" | "certificate" | "federatedIdentity" | "adoptedApp";
  /** SHA-1 thumbprints of the certificates in the stack file, without colons. */
  readonly thumbprints?: readonly string[];
  /** Undefined where the tenant has no app registration of this client id. */
  readonly app:
    | {
        readonly passwordCredentials: readonly AppCredential[];
        readonly keyCredentials: readonly AppCredential[];
      }
    | undefined;
}

type Kind = "secret" | "certificate";

/** Whether a sender's app has something valid to sign in with, and for how long. */
export function judgeExpiry(
  { sender, clientId, by, thumbprints, app }: SenderApp,
  { stack, now }: { readonly stack: string; readonly now: Date },
): Finding[] {
  const resource =
    by === "adoptedApp" ? `app ${clientId}` : `app ${clientId} (relay-${sender}-app)`;
  const error = (what: string, fix: string): Finding[] => [
    {
      severity: "error",
      what,
      why: `Entra issues no token for ${sender}, so that it can't send`,
      fix,
      resource,
    },
  ];
  const renew: Readonly<Record<SenderApp["by"], string>> = {
    secret: `run npm run rotate -- --stack ${stack} --sender ${sender}`,
    certificate: `put a new certificate into signInCertificate of ${sender} in the stack file, and run npm run pulumi -- up --stack ${stack}`,
    federatedIdentity: "",
    adoptedApp:
      "ask the app's owner for a new one, and configure the sender with it: the stack does not manage this app",
  };
  if (app === undefined) {
    return error(
      `the tenant has no app registration ${clientId}, which ${sender} signs in as`,
      by === "adoptedApp"
        ? "correct adoptApplication in the stack file; doctor can't look at an app of another tenant"
        : "restore it in the Entra admin centre, App registrations > Deleted applications, or run npm run pulumi -- up --refresh --stack NAME, which creates a new one with another client id",
    );
  }
  if (by === "federatedIdentity") {
    return [
      {
        severity: "ok",
        what: `${sender} signs in with a federated identity, which does not expire`,
      },
    ];
  }
  const all = [
    ...(by === "certificate"
      ? []
      : app.passwordCredentials.map((one) => ({ ...one, kind: "secret" as Kind }))),
    ...(by === "secret"
      ? []
      : app.keyCredentials.map((one) => ({ ...one, kind: "certificate" as Kind }))),
  ];
  const thumbprintIn = ({ customKeyIdentifier: id }: AppCredential) => id?.toUpperCase() ?? "";
  const own =
    thumbprints === undefined ? all : all.filter((one) => thumbprints.includes(thumbprintIn(one)));
  const missing = thumbprints?.find((one) => !own.some((other) => thumbprintIn(other) === one));
  if (missing !== undefined) {
    return error(
      `the app of ${sender} does not have the certificate ${missing} that the stack file has in signInCertificate`,
      "run npm run pulumi -- up --refresh --stack NAME, which adds it again",
    );
  }
  if (own.length === 0 && by === "adoptedApp") {
    return [
      {
        severity: "ok",
        what: `the app ${clientId} of ${sender} has neither secret nor certificate: it signs in with a federated identity, if at all`,
      },
    ];
  }
  const valid = own.filter(
    ({ startDateTime, endDateTime }) =>
      new Date(startDateTime) <= now && new Date(endDateTime) > now,
  );
  const [last] = (valid.length > 0 ? valid : own).toSorted(
    (one, other) => Date.parse(other.endDateTime) - Date.parse(one.endDateTime),
  );
  if (last === undefined) return error(`the app of ${sender} has no ${by}`, renew[by]);
  const named = `${last.kind}${last.displayName ? ` "${last.displayName}"` : ""}`;
  const end = new Date(last.endDateTime);
  if (valid.length === 0) {
    const late =
      end <= now
        ? `the last one, the ${named}, expired on ${isoDay(end)}`
        : `the ${named} is valid from ${isoDay(new Date(last.startDateTime))} on`;
    return error(`the app of ${sender} has no valid credential: ${late}`, renew[by]);
  }
  const days = daysUntil(end, now);
  const also = valid.length > 1 ? ` (the newest of ${valid.length} that are valid)` : "";
  if (days >= TOLD_DAYS) {
    return [
      { severity: "ok", what: `the ${named} of ${sender}${also} is valid until ${isoDay(end)}` },
      // An older secret is there for a renewal, which ends it. A certificate may be in use at other hosts still.
      ...(thumbprints === undefined ? [] : valid).flatMap((one): Finding[] => {
        const left = daysUntil(new Date(one.endDateTime), now);
        if (one === last || left >= TOLD_DAYS) return [];
        return [
          {
            severity: "warning",
            what: `the certificate ${thumbprintIn(one)} of ${sender} expires on ${isoDay(new Date(one.endDateTime))}, in ${left} days`,
            why: "from then on Entra issues no token to a host that signs in with it",
            fix: `have each host use the other certificate, and take this one out of signInCertificate of ${sender}`,
            resource,
          },
        ];
      }),
    ];
  }
  return [
    {
      severity: "warning",
      what: `the ${named} of ${sender}${also} expires on ${isoDay(end)}, in ${days} days`,
      why: `from then on Entra issues no token for ${sender}, so that it can't send`,
      fix: renew[by],
      resource,
    },
  ];
}
