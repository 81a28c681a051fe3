import { checkPrimeSync } from "node:crypto";
import forge from "node-forge";
import type { Random } from "../src/random.ts";

const { BigInteger } = forge.jsbn;

const BITS = 2048;
const EXPONENT = 65537n;
/** From a number that is 1 modulo 30 to the next that has no divisor below 7, and so on. */
const STEPS = [6n, 4n, 2n, 4n, 2n, 4n, 6n, 2n];

/**
 * An RSA key that follows from what is drawn. Node's own generator takes no seed, and node-forge's needs a second, as it
 * tests primes in JavaScript; this one draws as node-forge's does.
 */
export function seededKey(random: Random): forge.pki.rsa.KeyPair {
  // A product that is a bit short keeps the larger prime.
  let [p, q] = [0n, drawPrime(random)];
  while ((p * q).toString(2).length !== BITS) {
    if (p < q) p = q;
    q = drawPrime(random);
  }
  if (p < q) [p, q] = [q, p];
  const [first, second, e] = [p, q, EXPONENT].map(toBigInteger) as [Big, Big, Big];
  const n = toBigInteger(p * q);
  const d = e.modInverse(toBigInteger((p - 1n) * (q - 1n)));
  const privateKey = forge.pki.setRsaPrivateKey(
    ...[n, e, d, first, second],
    d.mod(toBigInteger(p - 1n)),
    d.mod(toBigInteger(q - 1n)),
    second.modInverse(first),
  );
  return { privateKey, publicKey: forge.pki.setRsaPublicKey(n, e) };
}

type Big = forge.jsbn.BigInteger;

const toBigInteger = (value: bigint): Big => new BigInteger(value.toString(16), 16);

/** A prime of half the bits, whose predecessor has no divisor in common with the exponent. */
function drawPrime(random: Random): bigint {
  const top = 1n << BigInt(BITS / 2 - 1);
  for (;;) {
    // The first byte is drawn for a sign.
    const [, ...bytes] = Array.from({ length: BITS / 16 + 1 }, () => random.integer(0, 255));
    let prime = BigInt(`0x${Buffer.from(bytes).toString("hex")}`) | top;
    prime += 31n - (prime % 30n);
    for (let step = 0; !checkPrimeSync(prime); step++) prime += STEPS[step % STEPS.length] ?? 0n;
    if (prime < top << 1n && (prime - 1n) % EXPONENT !== 0n) return prime;
  }
}
