import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { ClientSettings } from "../../mail/clients/settings.ts";
import type { Proof } from "./token.ts";

/** What this machine has of a sender: enough to send as it does. */
export type Means =
  | { readonly by: "address" }
  | { readonly by: "certificate"; readonly key: string; readonly chain: string }
  | { readonly by: "password"; readonly password: string }
  | { readonly by: "token"; readonly proof: Proof };

/** Something that only the sender's machine has. The message names it. */
export class Elsewhere extends Error {
  override readonly name = "Elsewhere";
}

/**
 * Looks for what a sender sends with: files at its places, and the stack's own secrets.
 *
 * @param secret the stack's output `secrets.<sender>`, if it has one
 * @throws Elsewhere for a file that is not here, or is not what it should be
 */
export async function meansOf(
  { way, places, sender }: ClientSettings,
  secret: string | undefined,
): Promise<Means> {
  switch (way) {
    case "address":
      return { by: "address" };
    case "certificate":
      return { by: "certificate", ...(await keyAndChain(places)) };
    case "password":
      if (secret === undefined) throw new Elsewhere(`the stack has no output secrets.${sender}`);
      return { by: "password", password: secret };
    case "secret":
      return {
        by: "token",
        proof: { by: "secret", secret: secret ?? (await wordIn(places.secret)) },
      };
    case "federatedIdentity": {
      return {
        by: "token",
        proof: { by: "assertion", assertion: await wordIn(places.assertion) },
      };
    }
    case "signInCertificate": {
      const { key, chain } = await keyAndChain(places);
      return { by: "token", proof: { by: "certificate", pem: `${key}\n${chain}` } };
    }
  }
}

/** Reads a key and its certificate, which have to belong together: a client that has only a part of them presents none. */
async function keyAndChain(places: ClientSettings["places"]) {
  const [key, chain] = [await fileOf(places.key), await fileOf(places.chain)];
  const read = <T>(path: string, what: string, parse: () => T): T => {
    try {
      return parse();
    } catch (cause) {
      throw new Elsewhere(`${path} has no ${what} in PEM that can be read`, { cause });
    }
  };
  const privateKey: KeyObject = read(places.key, "private key", () => createPrivateKey(key));
  const certificate = read(places.chain, "certificate", () => new X509Certificate(chain));
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new Elsewhere(`${places.key} is not the key of the first certificate in ${places.chain}`);
  }
  return { key, chain };
}

/** What a file has beside spaces and line breaks. */
async function wordIn(path: string): Promise<string> {
  const word = (await fileOf(path)).trim();
  if (word === "") throw new Elsewhere(`${path} is empty`);
  return word;
}

const fileOf = (path: string): Promise<string> =>
  readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    const why =
      cause.code === "ENOENT" ? "is not on this machine" : `can't be read (${cause.code})`;
    throw new Elsewhere(`${path} ${why}`, { cause });
  });
