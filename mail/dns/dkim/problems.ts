import type { Problem } from "../../problem.ts";
import { parseDkimKey } from "./key.ts";

/**
 * Says why a DKIM key record does not protect a domain's mail: it can't be read, was revoked, is only tried out, is too
 * short, or is for something else.
 *
 * @param key where it stands, e.g. `selector1._domainkey.contoso.com`
 * @param text the record's text
 * @param wanted how many bits an RSA key has to have
 * @see RFC 6376 section 3.6.1 and RFC 8301 section 3.2 (at least 1024 bits, 2048 should be)
 */
export function dkimKeyProblems(key: string, text: string, { bits }: { bits: number }): Problem[] {
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
  if (parsed.revoked) return [problem("is a key that was revoked", "publish the key that signs")];
  const found: Problem[] = [];
  if (parsed.keyType === "rsa" && parsed.bits !== undefined && parsed.bits < bits) {
    const rule = `is a key of ${parsed.bits} bits, fewer than ${bits}`;
    found.push(problem(rule, `rotate to a key of ${bits} bits`));
  }
  if (parsed.testing) {
    const rule = "says that the domain only tries DKIM out (t=y)";
    found.push(problem(rule, "take t=y out of the record"));
  }
  if (parsed.hashes !== undefined && !parsed.hashes.includes("sha256")) {
    found.push(problem("does not allow the hash sha256 (h=)", "take h= out of the record"));
  }
  if (!parsed.services.some((service) => service === "*" || service === "email")) {
    found.push(problem("is not for mail (s=)", "take s= out of the record"));
  }
  return found;
}
