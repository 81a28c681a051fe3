// The identities at other providers that a sender's app trusts.

import type { Problem } from "../problem.ts";
import { credentialNamesProblems } from "./credentialNames.ts";
import { LIMITS } from "./limits.ts";
import { repeated } from "./repeated.ts";
import type { FederatedIdentity } from "./sender.ts";

/** What Entra tells the identities of an app apart by. */
export const claimsOf = ({ issuer, subject }: FederatedIdentity): string => `${issuer} ${subject}`;

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
