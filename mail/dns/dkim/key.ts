import { createPublicKey } from "node:crypto";
import type { Problem } from "../../problem.ts";
import { isPrintable, readTags, type Tag, type TagFault, trimmed } from "../tagList.ts";

/** What a DKIM key record says. */
export interface ParsedDkimKey {
  readonly tags: readonly Tag[];
  /** `rsa` where the record has none. */
  readonly keyType: string;
  /** Bits of an RSA key's modulus, 256 of an Ed25519 key; undefined when the key is revoked or can't be read. */
  readonly bits: number | undefined;
  /** Whether the key was taken back (`p=`). */
  readonly revoked: boolean;
  /** Whether verifiers are to treat mail as if it were not signed (`t=y`). */
  readonly testing: boolean;
  /** Hash algorithms that may be used; undefined for all. */
  readonly hashes: readonly string[] | undefined;
  /** Services that it is for; `*` for all. */
  readonly services: readonly string[];
  readonly problems: readonly TagFault[];
}

/**
 * Reads the TXT record of a DKIM key.
 *
 * @see RFC 6376 section 3.6.1 and RFC 8463 section 4 (Ed25519)
 */
export function parseDkimKey(text: string): ParsedDkimKey {
  const tags = readTags(text);
  const tagValue = (name: string) => tags.find((tag) => tag.name === name)?.value;
  const listOf = (name: string) => tagValue(name)?.split(":").map(trimmed);
  const keyType = tagValue("k") ?? "rsa";
  const data = tagValue("p")?.replace(/[ \t\r\n]/g, "");
  const bits = data === undefined ? undefined : bitsOf(keyType, data);
  return {
    tags,
    keyType,
    bits,
    revoked: data === "",
    testing: listOf("t")?.includes("y") ?? false,
    hashes: listOf("h"),
    services: listOf("s") ?? ["*"],
    problems: [
      ...versionFaults(text, tags),
      ...tagFaults(tags),
      ...keyFaults(text, keyType, data, bits),
    ],
  };
}

function versionFaults(text: string, tags: readonly Tag[]): TagFault[] {
  const place = tags.findIndex(({ name }) => name === "v");
  const value = tags[place]?.value;
  if (place < 0 || (place === 0 && value === "DKIM1")) return [];
  const rule = place === 0 ? "has a version that is not DKIM1" : "does not begin with its version";
  return [{ severity: "error", text, rule, fix: 'begin the record with "v=DKIM1;"' }];
}

/** @see RFC 6376 section 3.2 (a tag that stands there twice makes the whole list invalid) */
function tagFaults(tags: readonly Tag[]): TagFault[] {
  const seen = new Set<string>();
  return tags.flatMap(({ name, text }): TagFault[] => {
    const again = seen.has(name);
    seen.add(name);
    const fault = (rule: string, fix: string): TagFault[] => [
      { severity: "error", text: trimmed(text), rule, fix },
    ];
    if (!/^[a-z][a-z0-9_]*$/i.test(name)) return fault("is not a tag", "write name=value");
    if (!isPrintable(text)) {
      return fault("has characters that are not ASCII", "write it with ASCII characters");
    }
    return again ? fault(`is the second ${name}=`, "leave one of them in the record") : [];
  });
}

function keyFaults(
  text: string,
  keyType: string,
  data: string | undefined,
  bits: number | undefined,
): TagFault[] {
  const fault = (rule: string, fix: string): TagFault[] => [{ severity: "error", text, rule, fix }];
  if (keyType !== "rsa" && keyType !== "ed25519") {
    return fault(`is a key of type "${keyType}", which no verifier knows`, 'write "k=rsa"');
  }
  if (data === undefined) return fault("has no key (p=)", "publish the key that signs");
  if (data === "" || bits !== undefined) return [];
  return fault("has a key that can't be read", "publish the key again, as the signer shows it");
}

/** Octets of an Ed25519 key; an RSA key of any use is longer, so shorter ones need not be tried. */
const ED25519 = 32;

function bitsOf(keyType: string, data: string): number | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(data) || data.length % 4 !== 0) return undefined;
  const key = Buffer.from(data, "base64");
  if (keyType === "ed25519") return key.length === ED25519 ? 256 : undefined;
  if (keyType !== "rsa" || key.length <= ED25519) return undefined;
  return rsaBits(key, "spki") ?? rsaBits(key, "pkcs1");
}

/** RFC 6376 says RSAPublicKey; nearly everybody publishes it in a SubjectPublicKeyInfo (its errata 3017). */
function rsaBits(key: Buffer, type: "spki" | "pkcs1"): number | undefined {
  try {
    return createPublicKey({ key, format: "der", type }).asymmetricKeyDetails?.modulusLength;
  } catch {
    return undefined;
  }
}

/** Whether two key records let the same signatures pass; undefined where one is none, such as the target of a CNAME. */
export function isSameKey(one: string, other: string): boolean | undefined {
  const [key, wanted] = [one, other].map((text) => keyIn(parseDkimKey(text)));
  return key === undefined || wanted === undefined ? undefined : key === wanted;
}

/** Type and data of a key, without the spaces that mean nothing in it. */
function keyIn({ tags, keyType }: ParsedDkimKey): string | undefined {
  const data = tags.find(({ name }) => name === "p")?.value;
  return data === undefined ? undefined : `${keyType} ${data.replace(/[ \t\r\n]/g, "")}`;
}

/** Bits that an RSA key should have (RFC 8301 section 3.2). */
const RSA_BITS = 2048;

/**
 * Says why a DKIM key record does not protect a domain's mail: it can't be read, was revoked, is only tried out, is too
 * short, or is for something else.
 *
 * @param key where it stands, e.g. `selector1._domainkey.contoso.com`
 * @param text the record's text
 * @see RFC 6376 section 3.6.1 and RFC 8301 section 3.2 (at least 1024 bits, 2048 should be)
 */
export function dkimKeyProblems(key: string, text: string): Problem[] {
  const parsed = parseDkimKey(text);
  const problem = (rule: string, fix: string): Problem => ({ key, value: text, rule, fix });
  if (parsed.problems.length > 0) {
    return parsed.problems.map((fault) => ({
      key,
      value: fault.text,
      rule: fault.rule,
      fix: fault.fix,
    }));
  }
  if (parsed.revoked) return [problem("is a revoked key", "publish the key that signs")];
  const found: Problem[] = [];
  if (parsed.keyType === "rsa" && parsed.bits !== undefined && parsed.bits < RSA_BITS) {
    const rule = `is a key of ${parsed.bits} bits, fewer than ${RSA_BITS}`;
    found.push(problem(rule, `rotate to a key of ${RSA_BITS} bits`));
  }
  if (parsed.testing) {
    const rule = "says that the domain only tests DKIM (t=y)";
    found.push(problem(rule, "remove t=y from the record"));
  }
  if (parsed.hashes !== undefined && !parsed.hashes.includes("sha256")) {
    found.push(problem("does not allow the hash sha256 (h=)", "remove h= from the record"));
  }
  if (!parsed.services.some((service) => service === "*" || service === "email")) {
    found.push(problem("is not for mail (s=)", "remove s= from the record"));
  }
  return found;
}
