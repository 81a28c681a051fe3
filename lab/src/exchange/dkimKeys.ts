import { createPrivateKey, createPublicKey, generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import type { Secrets } from "../world/secrets.ts";
import type { DkimSelector, World } from "../world/world.ts";

/** Exchange's keys for signing mail. They are made in the background, as a real one takes 0.1 s. */
export interface DkimKeys {
  /** Makes the key of a selector, if there is none yet. Answers the private key, PKCS #8 PEM. */
  make(selector: DkimSelector): Promise<string>;
  /** Makes the keys that were ordered before the world was saved. The initial domain's wait for the first mail. */
  resume(world: World): void;
  /** Settles when no key is being made. */
  idle(): Promise<void>;
}

/** Makes an RSA key, PKCS #8 PEM. */
export type Generate = (bits: number) => Promise<string>;

const generateKeys = promisify(generateKeyPair);

async function generateRsa(bits: number): Promise<string> {
  const { privateKey } = await generateKeys("rsa", { modulusLength: bits });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/** base64 of the SPKI, as `p=` of a key record has it (RFC 6376 section 3.6.1). */
function publicKeyOf(privateKey: string): string {
  const key = createPublicKey(createPrivateKey(privateKey));
  return key.export({ type: "spki", format: "der" }).toString("base64");
}

/**
 * Makes the keeper of Exchange's keys. Private ones go into `secrets`, public ones into the selector.
 *
 * @param changed called after each key
 */
export function makeDkimKeys(
  secrets: Pick<Secrets, "dkimKeys">,
  changed: () => void,
  generate: Generate = generateRsa,
): DkimKeys {
  const running = new Map<string, Promise<string>>();

  async function start(selector: DkimSelector): Promise<string> {
    const { keyId } = selector;
    const key = secrets.dkimKeys[keyId] ?? (await generate(selector.keySize));
    secrets.dkimKeys[keyId] = key;
    // The selector may have got another key meanwhile.
    if (selector.keyId === keyId) selector.publicKey = publicKeyOf(key);
    changed();
    return key;
  }

  function make(selector: DkimSelector): Promise<string> {
    const { keyId } = selector;
    const known = selector.publicKey === "" ? undefined : secrets.dkimKeys[keyId];
    if (known !== undefined) return Promise.resolve(known);
    const begun = running.get(keyId) ?? start(selector).finally(() => void running.delete(keyId));
    running.set(keyId, begun);
    return begun;
  }

  return {
    make,
    resume({ dkimConfigs, tenant }) {
      const ordered = dkimConfigs.filter(({ domain }) => domain !== tenant.initialDomain);
      for (const selector of ordered.flatMap(({ selectors }) => selectors)) void make(selector);
    },
    async idle() {
      while (running.size > 0) await Promise.all(running.values());
    },
  };
}
