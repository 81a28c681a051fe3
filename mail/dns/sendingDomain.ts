import type { Problem } from "../problem.ts";
import { isWithin } from "../senders/domain.ts";
import type { PolicyAbove } from "./dmarc/inherit.ts";
import type { DmarcPolicy } from "./dmarc/record.ts";
import type { OtherService } from "./otherServices.ts";

/**
 * Where a domain's DNS is: in a zone at Cloudflare that the stack writes, or elsewhere, where its administrator
 * publishes.
 */
export const DNS_HOSTS = ["cloudflare", "external"] as const;

/** Who publishes a domain's DKIM CNAMEs: we do, or they are published already and are left alone. */
export const DKIM_RECORDS = ["publish", "published"] as const;

/** The parts of a domain's mail setup that a stack can leave as they are. */
export const MAIL_DNS = ["spf", "dkim", "dmarc", "mx"] as const;

/** A domain that senders send from, and what its DNS says. */
export interface SendingDomain {
  readonly name: string;
  readonly dns: {
    readonly host: (typeof DNS_HOSTS)[number];
    /** Whether its owner accepts that a wildcard record no longer serves its name (RFC 4592). */
    readonly overrideWildcard?: boolean;
  };
  readonly dkim: { readonly records: (typeof DKIM_RECORDS)[number] };
  readonly dmarc: {
    /** When left out, the policy of the existing record; `none` where there is no record. */
    readonly policy?: DmarcPolicy;
    readonly subdomainPolicy?: DmarcPolicy;
    /** The stack's own record of a domain above. */
    readonly above?: PolicyAbove;
    /** `mailto:` URIs that aggregate reports go to. */
    readonly rua: readonly string[];
    readonly adopt: boolean;
  };
  /** What of it the stack leaves as it is. */
  readonly unmanaged: readonly (typeof MAIL_DNS)[number][];
  /** Services that send as the domain without Exchange. */
  readonly otherServices?: readonly OtherService[];
  /** Whether it is about to be removed, and so no longer protected. */
  readonly retire: boolean;
  /** `id` of the policy (RFC 8461 section 3.1), which its host serves. */
  readonly mtaSts?: { readonly id: string };
  /** Where reports of failed TLS go (RFC 8460). */
  readonly tlsRpt?: { readonly rua: readonly string[] };
}

/**
 * Whether a domain without DMARC settings of its own is below another one of the stack, whose record then covers
 * it (RFC 9989 section 4.10): a record of its own would weaken that.
 *
 * @param domains all of the stack
 */
export function coveredByParent(
  { name, dmarc }: SendingDomain,
  domains: readonly SendingDomain[],
): boolean {
  const { policy, subdomainPolicy, rua } = dmarc;
  if (policy !== undefined || subdomainPolicy !== undefined || rua.length > 0) return false;
  return domains.some(
    (other) =>
      other.name !== name && isWithin(name, other.name) && !other.unmanaged.includes("dmarc"),
  );
}

/**
 * What a domain asks for, of a part that the stack leaves as it is.
 *
 * @returns problems whose key is that of the domain
 */
export function unmanagedProblems({
  unmanaged,
  dkim,
  dmarc: { policy, subdomainPolicy, rua, adopt },
}: Written): Problem[] {
  const asked = {
    dkim: dkim.records === "published",
    dmarc: policy !== undefined || subdomainPolicy !== undefined || rua.length > 0 || adopt,
  };
  const withoutEffect = (["dkim", "dmarc"] as const).filter(
    (part) => unmanaged.includes(part) && asked[part],
  );
  return [
    ...withoutEffect.map((part) => ({
      key: part,
      value: undefined,
      rule: `has no effect, because unmanaged lists ${part}`,
      fix: `remove ${part} from unmanaged, or remove this key`,
    })),
    ...(new Set(unmanaged).size === unmanaged.length
      ? []
      : [
          {
            key: "unmanaged",
            value: unmanaged,
            rule: "lists a part twice",
            fix: "list each part once",
          },
        ]),
  ];
}

/** The keys of a domain that name its parts. */
interface Written extends Pick<SendingDomain, "unmanaged" | "dkim"> {
  readonly dmarc: {
    readonly [K in keyof SendingDomain["dmarc"]]?: SendingDomain["dmarc"][K] | undefined;
  } & Pick<SendingDomain["dmarc"], "rua" | "adopt">;
}

/**
 * The domains, each without a policy of its own and below another one of the stack with what the record of the uppermost
 * one says of it.
 */
export function withPoliciesAbove(domains: readonly SendingDomain[]): SendingDomain[] {
  return domains.map((domain) => {
    if (domain.dmarc.policy !== undefined) return domain;
    const above = domains
      .filter(({ name }) => name !== domain.name && isWithin(domain.name, name))
      .toSorted((one, other) => one.name.length - other.name.length)[0];
    const { subdomainPolicy, policy = subdomainPolicy, adopt = false } = above?.dmarc ?? {};
    if (above === undefined || policy === undefined) return domain;
    const ours = { domain: above.name, policy: subdomainPolicy ?? policy };
    const kept = adopt && subdomainPolicy === undefined ? { keepsSubdomainPolicy: true } : {};
    return { ...domain, dmarc: { ...domain.dmarc, above: { ...ours, ...kept } } };
  });
}
