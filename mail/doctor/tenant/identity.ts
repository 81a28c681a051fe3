// Who signs in, and whether Entra lets it in.

import { daysUntil, isoDay } from "../../days.ts";
import { fixOfEnvironment } from "../../entra/environmentIdentity.ts";
import { signInErrorOf } from "../../entra/signInErrors.ts";
import { TOLD_DAYS } from "../../senders/dates.ts";
import type { Finding } from "../finding.ts";

/** What the environment has of an app to sign in as. */
export interface Identity {
  readonly clientId: string;
  readonly by: "federated token" | "certificate" | "secret";
  /** Until when its certificate or token is valid; left out of a secret, and where it is not known. */
  readonly until?: Date;
}

/** What became of signing in for one service. */
export interface SignIn {
  readonly service: "Microsoft Graph" | "Exchange";
  /** What was said, where it did not succeed. */
  readonly refused?: string;
}

const WITH: Readonly<Record<Identity["by"], string>> = {
  "federated token": "a token of its own identity provider (ARM_USE_OIDC)",
  certificate: "a certificate",
  secret: "a client secret (ARM_CLIENT_SECRET)",
};

/** Whether the identity in the environment can sign in, and for how long. */
export function judgeIdentity(
  { clientId, by, until }: Identity,
  signIns: readonly SignIn[],
  { tenantId, now }: { readonly tenantId: string; readonly now: Date },
): Finding[] {
  const resource = `app ${clientId} (ARM_CLIENT_ID)`;
  const untilText = until === undefined ? "" : `, valid until ${isoDay(until)}`;
  const refused = signIns.filter((one) => one.refused !== undefined);
  const admitted = signIns.filter((one) => one.refused === undefined);
  const days = until === undefined ? undefined : daysUntil(until, now);
  return [
    ...refused.map(({ service, refused: words = "" }): Finding => {
      const known = signInErrorOf(words);
      return {
        severity: known === undefined ? "unknown" : "error",
        what: `app ${clientId}, with ${WITH[by]}${untilText}, can't sign in for ${service}: ${words}`,
        why: `${known?.why ?? "Entra gave no reason"}; no preview, up or drift can run with this identity, and most checks of the tenant are unknown; mail is not affected`,
        fix: fixOfEnvironment(words),
        resource,
      };
    }),
    ...(admitted.length === 0
      ? []
      : [
          {
            severity: "ok" as const,
            what: `app ${clientId} signs in to tenant ${tenantId} for ${admitted.map(({ service }) => service).join(" and ")}, with ${WITH[by]}${untilText}`,
          },
        ]),
    ...(by === "certificate" && until !== undefined && days !== undefined && days < TOLD_DAYS
      ? [
          {
            severity: "warning" as const,
            what: `the certificate of app ${clientId} ${days < 0 ? "expired" : "expires"} on ${isoDay(until)}`,
            why: "without a valid one, no preview and no up can run as this app; mail is not affected",
            fix: "issue a new one, add its public part to the app in the Entra admin centre (App registrations > Certificates & secrets), and name it in ARM_CLIENT_CERTIFICATE_PATH",
            resource,
          },
        ]
      : []),
  ];
}
