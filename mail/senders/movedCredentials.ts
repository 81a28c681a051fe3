// What a sender's app has already, under another name.

import type { Problem } from "../problem.ts";
import type { Credential } from "./credential.ts";
import { credentialName } from "./credentialNames.ts";
import { claimsOf } from "./federatedIdentities.ts";
import { thumbprintOf } from "./signInCertificate.ts";

/** What is declared for the apps of all senders: by sender, what tells each credential apart, by what it is called. */
export type DeclaredCredentials = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What tells a sender's identities or certificates apart, by what they are called; nothing of other credentials. */
export function declaredCredentials(credential: Credential): Readonly<Record<string, string>> {
  switch (credential.by) {
    case "federatedIdentity":
      return Object.fromEntries(
        credential.identities.map((one) => [
          credentialName("federated-identity", one),
          claimsOf(one),
        ]),
      );
    case "certificate":
      return Object.fromEntries(
        credential.certificates.map((one) => [
          credentialName("certificate", one),
          thumbprintOf(one.certificate) ?? "",
        ]),
      );
    default:
      return {};
  }
}

/**
 * Says of a credential that the sender has had it under another name. An `up` makes what is new before it removes what
 * goes: Entra refuses an issuer and subject a second time, and no page says what it does with a certificate.
 */
export function movedCredentialsProblems(
  before: DeclaredCredentials,
  now: DeclaredCredentials,
): Problem[] {
  return Object.entries(now).flatMap(([sender, credentials]) => {
    const held = Object.entries(before[sender] ?? {});
    return Object.entries(credentials).flatMap(([called, one]) => {
      const holder = held.find(([other, has]) => has === one && other !== called);
      if (holder === undefined) return [];
      return [
        {
          key: `${called} of ${sender}`,
          value: undefined,
          rule: `has been ${holder[0]} of ${sender} since the last up, and an app in Entra can't have it twice`,
          fix: "leave its name as it was, or remove it in one up and add it in the next",
        },
      ];
    });
  });
}
