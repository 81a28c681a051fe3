// Loaded before the unit tests (`--import`): RSA keys come from a few that are generated once a process, in turn. A lab
// makes several, each costs a tenth of a second, and no unit test depends on a key being new. Other keys, and keys in
// the tests of the real engine, are always new.
import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { promisify } from "node:util";

type Generate = (
  type: string,
  options: { modulusLength?: number },
) => Promise<crypto.KeyPairKeyObjectResult>;

/** More than a test makes of one size, so that two keys of a test differ. */
const KEYS = 6;

const generate = promisify(crypto.generateKeyPair) as unknown as Generate;
const pools = new Map<number, { keys: ReturnType<Generate>[]; next: number }>();

/** A key pair as `generateKeyPair` resolves to it. */
function generateInTurn(type: string, options: { modulusLength?: number }): ReturnType<Generate> {
  const { modulusLength, ...others } = options;
  if (type !== "rsa" || modulusLength === undefined || Object.keys(others).length > 0) {
    return generate(type, options);
  }
  const pool = pools.get(modulusLength) ?? { keys: [], next: 0 };
  pools.set(modulusLength, pool);
  const index = pool.next++ % KEYS;
  pool.keys[index] ??= generate(type, options);
  return pool.keys[index];
}

const callback = crypto.generateKeyPair;
const replacement = (...args: Parameters<typeof callback>) => callback(...args);
Object.defineProperty(replacement, promisify.custom, { value: generateInTurn });
crypto.generateKeyPair = replacement as typeof callback;
syncBuiltinESMExports();
