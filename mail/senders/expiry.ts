import { X509Certificate } from "node:crypto";
import { daysUntil } from "../days.ts";
import type { Problem } from "../problem.ts";
import { TOLD_DAYS } from "./dates.ts";
import type { SignInCertificate } from "./sender.ts";

/**
 * Says that what a sender signs in with ends within 90 days, or has ended.
 *
 * @param what it is, e.g. `the secret of sender "crm"`
 * @param end an ISO 8601 time
 * @param fix what to do, as an order
 */
function endsSoon(
  { what, end, fix }: { what: string; end: string; fix: string },
  now: Date,
): string | undefined {
  const left = daysUntil(new Date(end), now);
  if (!(left < TOLD_DAYS)) return undefined;
  const day = end.slice(0, 10);
  return left < 0 ? `${what} expired on ${day}; ${fix}` : `${what} expires on ${day}; ${fix}`;
}

/** Says that a sender's client secret ends within 90 days; `generation` is its credentialGeneration. */
export const secretEndsSoon = (
  sender: string,
  end: string,
  generation: number,
  now: Date,
): string | undefined => {
  const fix = `set its credentialGeneration to ${generation + 1}, and give the sender the new secret`;
  return endsSoon({ what: `the secret of sender "${sender}"`, end, fix }, now);
};

/**
 * Says which certificates that a sender signs in with end within 90 days, a sentence each.
 *
 * @param certificates with the one that it goes on with, where one takes the place of another
 */
export function certificatesEndSoon(
  sender: string,
  certificates: readonly SignInCertificate[],
  now: Date,
): string[] {
  const ends = certificates.map(({ certificate, ...named }) => ({
    ...named,
    end: new Date(new X509Certificate(certificate).validTo).toISOString(),
  }));
  const last = ends
    .map(({ end }) => end)
    .sort()
    .at(-1);
  return ends.flatMap(({ name, end }) => {
    const which = name === undefined ? "" : ` "${name}"`;
    const fix =
      end === last
        ? "put the new certificate into its signInCertificate"
        : "take it out of its signInCertificate once nothing signs in with it";
    const what = `the sign-in certificate${which} of sender "${sender}"`;
    return endsSoon({ what, end, fix }, now) ?? [];
  });
}

/** Days that a secret should be used at most, which is what Entra's admin center recommends. */
const LONGEST_SECRET = 180;

/**
 * Says that a client secret is given more than 180 days, or that it was issued longer ago.
 *
 * @param from when it was issued; now, when left out
 * @param end when it ends, where the program says so. Entra gives a secret two years of its own accord
 * @see https://learn.microsoft.com/entra/identity-platform/how-to-add-credentials (the recommended 180 days)
 */
export function longSecretProblem(
  key: string,
  { from, end }: { readonly from?: Date | undefined; readonly end?: Date | undefined },
  now: Date,
): Problem | undefined {
  const lifetime = end === undefined ? 0 : daysUntil(end, from ?? now);
  if (lifetime > LONGEST_SECRET) {
    return {
      key,
      value: undefined,
      rule: `is valid for ${lifetime} days, but ${LONGEST_SECRET} is what a secret should be used at most`,
      fix: `issue it for ${LONGEST_SECRET} days at most, or sign in with a federated identity or a certificate`,
    };
  }
  const age = from === undefined ? 0 : daysUntil(now, from);
  if (age <= LONGEST_SECRET) return undefined;
  return {
    key,
    value: undefined,
    rule: `was issued ${age} days ago, but ${LONGEST_SECRET} is what a secret should be used at most`,
    fix: "raise the sender's credentialGeneration by one, and give it the new secret",
  };
}
