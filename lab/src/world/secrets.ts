import { type Authority, makeAuthority } from "../certificates.ts";
import { makeRandom } from "../random.ts";
import { drawOwnJob, type GitHubJob } from "./github.ts";
import { makeWorld, PEOPLE, READERS } from "./make.ts";
import { userIdOf } from "./makeDirectory.ts";
import { receiversOf } from "./receivers.ts";
import type { World } from "./world.ts";

/** What a lab must not show: kept apart from the world and never dumped. */
export interface Secrets {
  clientSecret: string;
  /** Client secrets of the apps that read, by name. */
  readerSecrets: Record<string, string>;
  /** The customer's API token at Cloudflare. */
  cloudflareToken: string;
  /** Another one of the same zones, that edits none. */
  cloudflareReadToken: string;
  /** Jobs of GitHub Actions, that of the lab's environment first. */
  githubJobs: GitHubJob[];
  authority: Authority;
  /** Private key that signs Entra's tokens, PKCS #8 PEM; null until the first token. */
  tokenKey: string | null;
  /** Every token that Entra or an outside identity provider issued. */
  issuedTokens: string[];
  /** Private keys of issued certificates, PEM. */
  issuedKeys: string[];
  /** Private keys that Exchange signs mail with, PKCS #8 PEM, by their id in the world. */
  dkimKeys: Record<string, string>;
  /** Client secrets of the directory's apps, by key id. */
  appPasswords: Record<string, string>;
  /** Passwords of users, by object id. */
  userPasswords: Record<string, string>;
  /** Passwords of the mailboxes outside, by address. */
  mailboxPasswords: Record<string, string>;
  /** Private keys of outside identity providers, PKCS #8 PEM, by issuer. */
  issuerKeys: Record<string, string>;
}

/** Makes the secrets of a new lab. Client secret, API token and passwords follow from the seed, keys are fresh. */
export async function makeSecrets(seed: string): Promise<Secrets> {
  const random = makeRandom(`${seed}/client secret`);
  return {
    clientSecret: `${random.hex(3)}8Q~${random.hex(34)}`,
    ...drawReadersSecrets(seed),
    cloudflareToken: drawCloudflareToken(seed),
    githubJobs: [drawOwnJob(seed)],
    authority: await makeAuthority(),
    tokenKey: null,
    issuedTokens: [],
    issuedKeys: [],
    dkimKeys: {},
    appPasswords: {},
    userPasswords: drawUserPasswords(seed),
    mailboxPasswords: drawMailboxPasswords(makeWorld(seed)),
    issuerKeys: {},
  };
}

/** An API token of Cloudflare: 40 characters. It follows from the seed, so that older worlds get theirs too. */
export function drawCloudflareToken(seed: string): string {
  return `Lab_${makeRandom(`${seed}/cloudflare token`).hex(36)}`;
}

/** What the apps that read have; it follows from the seed too. */
export function drawReadersSecrets(
  seed: string,
): Pick<Secrets, "readerSecrets" | "cloudflareReadToken"> {
  const random = makeRandom(`${seed}/readers' secrets`);
  return {
    readerSecrets: Object.fromEntries(
      READERS.map((name) => [name, `${random.hex(3)}8Q~${random.hex(34)}`]),
    ),
    cloudflareReadToken: `Lab_${random.hex(36)}`,
  };
}

/** The passwords of the people who work there, by object id; they follow from the seed too. */
export function drawUserPasswords(seed: string): Record<string, string> {
  return Object.fromEntries(
    PEOPLE.map((name) => [
      userIdOf(seed, name),
      `Pw-${makeRandom(`${seed}/password/${name}`).hex(16)}`,
    ]),
  );
}

/** The passwords of the mailboxes outside, by address; they follow from the seed too. */
export function drawMailboxPasswords(world: World): Record<string, string> {
  const { seed } = world;
  return Object.fromEntries(
    receiversOf(world)
      .flatMap(({ mailboxes }) => mailboxes)
      .map((address) => [
        address,
        `Mb-${makeRandom(`${seed}/mailbox password/${address}`).hex(16)}`,
      ]),
  );
}

/** A private key without its PEM armour and line breaks, as a search for leaks wants it. */
function keyBody(pem: string): string {
  return pem.replaceAll(/-----[^-]+-----|\s/g, "");
}

/**
 * Every secret text: client secrets, API token, passwords, tokens, bodies of private keys (one line of base64).
 * `serverKeys` are the PEM keys of this run's own servers.
 */
export function listSecrets(secrets: Secrets, serverKeys: string[]): string[] {
  const { authority, tokenKey, issuedKeys, dkimKeys, issuerKeys } = secrets;
  const keys = [
    authority.intermediateKey,
    tokenKey ?? "",
    ...issuedKeys,
    ...Object.values(dkimKeys),
    ...Object.values(issuerKeys),
    ...serverKeys,
  ];
  return [
    secrets.clientSecret,
    ...Object.values(secrets.readerSecrets),
    secrets.cloudflareToken,
    secrets.cloudflareReadToken,
    ...secrets.githubJobs.flatMap(({ token, idToken }) => [
      token,
      ...(idToken ? [idToken.bearer] : []),
    ]),
    ...Object.values(secrets.appPasswords),
    ...Object.values(secrets.userPasswords),
    ...Object.values(secrets.mailboxPasswords),
    ...secrets.issuedTokens,
    ...keys.filter((key) => key !== "").map(keyBody),
  ];
}
