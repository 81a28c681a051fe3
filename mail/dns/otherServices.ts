// Services that send for a domain without Exchange, such as a newsletter service or a CRM: what DNS has to say for them.

import { characterFault } from "../characters.ts";
import type { Problem } from "../problem.ts";
import { repeated } from "../senders/repeated.ts";
import { parseDkimKey } from "./dkim/key.ts";
import { canonicalTerm } from "./spf/canonical.ts";
import { isAll } from "./spf/parse.ts";
import { isFault, parseTerm } from "./spf/term.ts";

/** A service that sends for a domain. */
export interface OtherService {
  /** Short name, unique among those of the domain. */
  readonly name: string;
  /** What it is, for people. */
  readonly description?: string;
  /** Terms of the domain's SPF record that let its servers send. */
  readonly spf: readonly string[];
  /** Its DKIM selectors. */
  readonly dkim: readonly ServiceSelector[];
}

/** Where a receiver finds a key of a service: by a CNAME, or in the domain's own zone. */
export interface ServiceSelector {
  readonly selector: string;
  /** Target of a CNAME record. */
  readonly target?: string;
  /** Text of a TXT record. */
  readonly publicKey?: string;
}

const SELECTOR = /^[a-z0-9]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9_-]*[a-z0-9])?)*$/i;

/** Exchange's own selectors. */
const EXCHANGES = ["selector1", "selector2"];

/**
 * Says that a selector can't be one of another service.
 *
 * @see RFC 6376 section 3.1
 */
export function selectorProblem(key: string, value: string): Problem | undefined {
  if (EXCHANGES.includes(value.toLowerCase())) {
    const rule = "is a selector of Exchange's own, which the stack publishes already";
    return { key, value, rule, fix: "leave it out, or have the service use another selector" };
  }
  if (SELECTOR.test(value) && value.length <= 100) return undefined;
  const [, inside] = /^(.+?)\._domainkey\b/.exec(value) ?? [];
  const fix =
    inside === undefined
      ? 'use what stands before "._domainkey" in the name that the service shows, e.g. "k1"'
      : `write what stands before "._domainkey" alone: "${inside}"`;
  return { key, value, rule: "is not a DKIM selector", fix };
}

const HOST = /^[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9])?)+\.?$/i;

/** Says that a CNAME can't lead to this name. */
export function selectorTargetProblem(key: string, value: string): Problem | undefined {
  if (HOST.test(value) && value.length <= 254) return undefined;
  const isKey = /\bp=/.test(value);
  return {
    key,
    value,
    rule: isKey ? "is a key, and no host name" : "is not a host name",
    fix: isKey
      ? "write it as publicKey, in place of target"
      : 'use the target of the CNAME that the service shows, e.g. "dkim.mcsv.net"',
  };
}

/** Fewest bits of an RSA key that verifiers take (RFC 8301 section 3.2). */
const LEAST_BITS = 1024;

/**
 * Says that a text is no DKIM key which verifiers take. Many services have keys of 1,024 bits still.
 *
 * @see RFC 6376 section 3.6.1
 */
export function publicKeyProblem(key: string, value: string): Problem | undefined {
  const fix = 'use the text of the TXT record that the service shows, e.g. "v=DKIM1; k=rsa; p=…"';
  const { problems, revoked, keyType, bits } = parseDkimKey(value);
  const [fault] = problems;
  if (fault !== undefined) return { key, value, rule: fault.rule, fix: `${fault.fix}: ${fix}` };
  if (revoked) return { key, value, rule: "is a revoked key (p=)", fix };
  if (keyType !== "rsa" || bits === undefined || bits >= LEAST_BITS) return undefined;
  const rule = `is a key of ${bits} bits, and verifiers take none of fewer than ${LEAST_BITS}`;
  return { key, value, rule, fix: "have the service make a longer one" };
}

/** Says that a text is no term that lets servers send: a mechanism without a sign, and not `all`. */
export function serviceTermProblem(key: string, value: string): Problem | undefined {
  const example = 'e.g. "include:servers.mcsv.net"';
  if (/^v=spf1\b/i.test(value)) {
    const rule = "is a whole record, and this is a list of its terms";
    return {
      key,
      value,
      rule,
      fix: `write its terms one by one, without v=spf1 and all, ${example}`,
    };
  }
  const odd = characterFault(value);
  if (odd !== undefined) return { key, value, rule: odd, fix: "write it with ASCII characters" };
  const term = parseTerm(value, 0);
  if (isFault(term)) return { key, value, rule: term.rule, fix: term.fix };
  if (isAll(term)) {
    const rule = "decides on everybody's mail, and not on that of the service";
    return { key, value, rule, fix: "remove it" };
  }
  if (term.kind === "modifier" || term.qualifier !== "+") {
    const rule = "is no mechanism that lets mail pass";
    return { key, value, rule, fix: `write the service's mechanism without a sign, ${example}` };
  }
  return undefined;
}

/** A service as a stack file has it. */
interface Written extends Pick<OtherService, "name" | "spf"> {
  readonly dkim: readonly {
    readonly selector: string;
    readonly target?: string | undefined;
    readonly publicKey?: string | undefined;
  }[];
}

/** A problem with the path from the list of services to where it is. */
export interface PlacedProblem {
  readonly path: readonly (number | string)[];
  readonly problem: Problem;
}

/** What of a domain's other services does not fit together, or has no effect. */
export function otherServicesProblems(
  services: readonly Written[],
  unmanaged: readonly string[],
): PlacedProblem[] {
  const seen = new Map<string, string>();
  const seconds = repeated(services.map(({ name }) => name));
  return services.flatMap(({ name, spf, dkim }, index) => {
    const withoutEffect = (["spf", "dkim"] as const).filter(
      (part) => ({ spf, dkim })[part].length > 0 && unmanaged.includes(part),
    );
    return [
      ...(seconds.includes(index)
        ? [at([index, "name"], name, "is the name of two services", "give each its own name")]
        : []),
      ...(spf.length + dkim.length === 0
        ? [
            at(
              [index],
              undefined,
              "has neither spf nor dkim",
              "add what the service asks you to publish, or remove it",
            ),
          ]
        : []),
      ...withoutEffect.map((part) =>
        at(
          [index, part],
          undefined,
          `has no effect, because unmanaged lists ${part}`,
          `remove ${part} from unmanaged, or remove this key`,
        ),
      ),
      ...dkim.flatMap(({ selector, target, publicKey }, position) => {
        const path = [index, "dkim", position];
        const other = seen.get(selector.toLowerCase());
        seen.set(selector.toLowerCase(), name);
        return [
          ...(other === undefined
            ? []
            : [
                at(
                  [...path, "selector"],
                  selector,
                  `is a selector of ${other === name ? "this service already" : `the service "${other}" too`}`,
                  "list each selector once",
                ),
              ]),
          ...((target === undefined) === (publicKey === undefined)
            ? [
                at(
                  path,
                  undefined,
                  `has ${target === undefined ? "neither" : "both"} target ${target === undefined ? "nor" : "and"} publicKey`,
                  "write target for a CNAME record, or publicKey for a TXT record, as the service shows it",
                ),
              ]
            : []),
        ];
      }),
    ];
  });
}

const at = (
  path: PlacedProblem["path"],
  value: unknown,
  rule: string,
  fix: string,
): PlacedProblem => ({ path, problem: { key: "", value, rule, fix } });

/** The SPF terms of a domain's other services, each once, in an order that does not depend on that of the services. */
export const serviceTerms = (services: readonly OtherService[] = []): string[] =>
  [...new Set(services.flatMap(({ spf }) => spf.map(canonicalTerm)))].sort();
