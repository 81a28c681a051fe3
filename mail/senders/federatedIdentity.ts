import type { Problem } from "../problem.ts";

/** What Entra expects as the audience of an outside token unless it is told otherwise. */
export const TOKEN_EXCHANGE = "api://AzureADTokenExchange";

/** Characters that Entra keeps of an issuer, a subject or an audience. */
const LONGEST = 600;

/**
 * Says what is wrong with the issuer of a federated identity.
 *
 * @see https://learn.microsoft.com/graph/api/resources/federatedidentitycredential
 */
export function issuerProblem(key: string, value: string): Problem | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const fine = url?.protocol === "https:" && url.search === "" && url.hash === "";
  if (fine && value.length <= LONGEST) return undefined;
  return {
    key,
    value,
    rule: "is no issuer of tokens",
    fix: 'write the "iss" of its tokens, e.g. "https://token.actions.githubusercontent.com"',
  };
}

/** Says what is wrong with the subject or the audience of a federated identity. */
export function claimProblem(key: string, value: string): Problem | undefined {
  if (value.trim() === value && value !== "" && value.length <= LONGEST) return undefined;
  return {
    key,
    value,
    rule: "is empty, too long, or begins or ends with a space",
    fix: `write what its tokens say, 1 to ${LONGEST} characters`,
  };
}
