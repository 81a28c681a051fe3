// How the credentials of one kind are told apart where a sender has several.

import type { Problem } from "../problem.ts";
import { repeated } from "./repeated.ts";

/** What a credential is named, beside others of its kind. One of them may have no name. */
export interface NamedCredential {
  readonly name?: string;
}

/** A credential's name in the stack file. */
export const CREDENTIAL_NAME = /^[a-z0-9][a-z0-9-]{0,29}$/;

/** Says that a credential's name has other characters than it may, or too many. */
export function credentialNameProblem(key: string, value: string): Problem | undefined {
  if (CREDENTIAL_NAME.test(value)) return undefined;
  const fix =
    'use 1 to 30 lower-case letters, digits and hyphens, starting with a letter or digit, e.g. "staging"';
  return { key, value, rule: "is not a valid name of a credential", fix };
}

/**
 * What a credential is called after its sender. Without a name it is called as the only one, so that a second one beside
 * it, or its own end, changes nothing of the others.
 *
 * @param base what the only one of its kind is called: `relay-shop-federated-identity`
 */
export const credentialName = (base: string, { name }: NamedCredential): string =>
  name === undefined ? base : `${base}-${name}`;

/**
 * Says of a list of credentials that more than one has no name, or two the same.
 *
 * @param key where the list stands, e.g. `senders[0].federatedIdentity`
 */
export function credentialNamesProblems(
  key: string,
  credentials: readonly NamedCredential[],
): Problem[] {
  const names = credentials.map(({ name }) => name);
  const [, ...unnamed] = names.flatMap((name, index) => (name === undefined ? [index] : []));
  return [
    ...unnamed.map((index) => ({
      key: `${key}[${index}]`,
      value: undefined,
      rule: "has no name, and neither has one before it",
      fix: "give all but one of them a name, and leave the one that is in use already without",
    })),
    ...repeated(names).map((index) => ({
      key: `${key}[${index}].name`,
      value: names[index],
      rule: "is the name of one before it",
      fix: "use another name",
    })),
  ];
}
