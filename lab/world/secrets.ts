import { type Authority, makeAuthority } from "../certificates.ts";
import { makeRandom } from "../random.ts";

/** What a lab must not show: kept apart from the world and never dumped. */
export interface Secrets {
  clientSecret: string;
  authority: Authority;
  /** Private key that signs Entra's tokens, PKCS #8 PEM; null until the first token. */
  tokenKey: string | null;
  /** Every token Entra issued. */
  issuedTokens: string[];
  /** Private keys of issued certificates, PEM. */
  issuedKeys: string[];
}

/** Makes the secrets of a new lab. The client secret follows from the seed, keys are fresh. */
export async function makeSecrets(seed: string): Promise<Secrets> {
  const random = makeRandom(`${seed}/client secret`);
  return {
    clientSecret: `${random.hex(3)}8Q~${random.hex(34)}`,
    authority: await makeAuthority(),
    tokenKey: null,
    issuedTokens: [],
    issuedKeys: [],
  };
}

/** A private key without its PEM armour and line breaks, as a search for leaks wants it. */
function keyBody(pem: string): string {
  return pem.replaceAll(/-----[^-]+-----|\s/g, "");
}

/**
 * Every secret text: client secret, tokens, bodies of private keys (one line of base64).
 * `serverKeys` are the PEM keys of this run's own servers.
 */
export function listSecrets(secrets: Secrets, serverKeys: string[]): string[] {
  const { authority, tokenKey, issuedKeys } = secrets;
  const keys = [authority.intermediateKey, tokenKey ?? "", ...issuedKeys, ...serverKeys];
  return [
    secrets.clientSecret,
    ...secrets.issuedTokens,
    ...keys.filter((key) => key !== "").map(keyBody),
  ];
}
