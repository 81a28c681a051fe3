// The identities at other providers that a sender's app trusts.

import type { Problem } from "../problem.ts";
import { credentialName, credentialNamesProblems } from "./credentialNames.ts";
import { LIMITS } from "./limits.ts";
import { repeated } from "./repeated.ts";
import type { FederatedIdentity } from "./sender.ts";

/** What Entra tells the identities of an app apart by. */
const claimsOf = ({ issuer, subject }: FederatedIdentity): string => `${issuer} ${subject}`;

/**
 * Says what is wrong with a sender's identities together.
 *
 * @param key where they stand, e.g. `senders[0].federatedIdentity`
 * @see https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations (20 of an app; issuer and
 *   subject are unique on it)
 */
export function identitiesProblems(
  key: string,
  identities: readonly FederatedIdentity[],
): Problem[] {
  const most = LIMITS.federatedIdentities.value;
  const tooMany: Problem = {
    key,
    value: undefined,
    rule: `lists ${identities.length} identities, and an app in Entra can have ${most}`,
    fix: `list ${most} at the most, and give the others a sender with a mailbox of its own`,
  };
  return [
    ...(identities.length > most ? [tooMany] : []),
    ...repeated(identities.map(claimsOf)).map((index) => ({
      key: `${key}[${index}]`,
      value: undefined,
      rule: "has the issuer and subject of one before it, which Entra takes once for an app",
      fix: "remove it",
    })),
    ...credentialNamesProblems(key, identities),
  ];
}

/** What is declared of the identities of all senders: by sender, the claims of each by what it is called. */
export type DeclaredIdentities = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What is declared of a sender's identities. */
export const declaredIdentities = (
  identities: readonly FederatedIdentity[],
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    identities.map((one) => [credentialName("federated-identity", one), claimsOf(one)]),
  );

/**
 * Says of a sender's identities that one has the claims of another one that was there before. An `up` makes what is new
 * before it removes what goes, and Entra would refuse the claims a second time.
 */
export function movedIdentitiesProblems(
  before: DeclaredIdentities,
  now: DeclaredIdentities,
): Problem[] {
  return Object.entries(now).flatMap(([sender, identities]) => {
    const held = Object.entries(before[sender] ?? {});
    return Object.entries(identities).flatMap(([called, claims]) => {
      const holder = held.find(([other, has]) => has === claims && other !== called);
      if (holder === undefined) return [];
      return [
        {
          key: `${called} of ${sender}`,
          value: undefined,
          rule: `has the issuer and subject that ${holder[0]} of ${sender} has had since the last up, and Entra takes them once for an app`,
          fix: "leave its name as it was, or remove it in one up and add it in the next",
        },
      ];
    });
  });
}
