// Services that send as a domain without Exchange, before and after a change.

import { selectorName } from "../dns/dkim/selector.ts";
import { listed } from "../naming.ts";
import { type Properties, text, textsIn, without } from "../properties.ts";
import { FOR_GOOD, type OtherChange, type Stop } from "./effects.ts";
import { changedIn, ofKinds, type StackPreview } from "./preview.ts";
import { recordChanges, spfTermsOf } from "./recordChanges.ts";

/** What a service needs in DNS. */
interface ServiceDns {
  readonly spf: readonly string[];
  readonly selectors: readonly string[];
}

const NOTHING: ServiceDns = { spf: [], selectors: [] };

interface ServiceChange {
  readonly domain: string;
  readonly service: string;
  /** Nothing where it is new. */
  readonly before: ServiceDns;
  /** Nothing where it goes. */
  readonly after: ServiceDns;
}

/** The services that a change adds, changes or removes, of domains that stay or are new. */
export function serviceChanges({ outputs }: StackPreview): ServiceChange[] {
  const [had, has] = [outputs.before.dns, outputs.after?.dns ?? outputs.before.dns];
  return Object.keys(has).flatMap((domain) => {
    const [before, after] = [servicesOf(had[domain]), servicesOf(has[domain])];
    return [...new Set([...before.keys(), ...after.keys()])].flatMap((service) => {
      const [was, is] = [before.get(service), after.get(service)];
      return JSON.stringify(was) === JSON.stringify(is)
        ? []
        : [{ domain, service, before: was ?? NOTHING, after: is ?? NOTHING }];
    });
  });
}

const servicesOf = (domain: Properties = {}): Map<string, ServiceDns> =>
  new Map(
    Object.entries((domain.otherServices ?? {}) as Record<string, Properties>).map(
      ([name, { spf, dkim }]) => [name, { spf: textsIn(spf), selectors: textsIn(dkim) }],
    ),
  );

/** What services get, and which of them go without anything of theirs. */
export function otherServices(preview: StackPreview): OtherChange[] {
  return serviceChanges(preview).flatMap((change) => {
    const { domain: who, service, before, after } = change;
    const spf = without(after.spf, before.spf);
    const selectors = without(after.selectors, before.selectors);
    const gets = parts({ spf, selectors }, "SPF allows", "receivers find");
    if (gets === "") {
      const isGone = after.spf.length + after.selectors.length === 0;
      if (!isGone || lostBy(preview, change) !== "") return [];
      return [
        {
          who,
          short: ["other service removed", "other services removed"],
          text: `no longer lists the service "${service}"; its terms and records that were there before the stack, or that somebody else publishes, stay`,
        },
      ];
    }
    return [
      {
        who,
        short: ["other service added or changed", "other services added or changed"],
        text: `"${service}" sends as the domain without Exchange: ${gets}`,
        risk: `whoever sends by the service "${service}" passes SPF or DKIM, with any address of the domain in From`,
      },
    ];
  });
}

/** What services lose that the stack had published for them. */
export const serviceStops = (preview: StackPreview): Stop[] =>
  serviceChanges(preview).flatMap((change) => {
    const lost = lostBy(preview, change);
    return lost === ""
      ? []
      : [
          {
            who: change.domain,
            what: `mail of the service "${change.service}" fails SPF or DKIM: ${lost}`,
            howLong: FOR_GOOD,
          },
        ];
  });

function lostBy(preview: StackPreview, { domain, before, after }: ServiceChange): string {
  const record = recordChanges(preview).find(
    ({ name, before: was }) => name === domain && spfTermsOf(was).length > 0,
  );
  const gone =
    record === undefined ? [] : without(spfTermsOf(record.before), spfTermsOf(record.after));
  const removed = ofKinds(changedIn(preview), "DnsRecord").flatMap(({ operation, before: old }) =>
    operation === "delete" && text(old?.outputs.recordId) !== "" ? [text(old?.inputs.name)] : [],
  );
  const lost = {
    spf: without(before.spf, after.spf).filter((term) => gone.includes(term)),
    selectors: without(before.selectors, after.selectors).filter((selector) =>
      removed.includes(selectorName(selector, domain)),
    ),
  };
  return parts(lost, "SPF no longer allows", "receivers no longer find");
}

function parts({ spf, selectors }: ServiceDns, passes: string, find: string): string {
  const key = selectors.length === 1 ? "the DKIM key" : "the DKIM keys";
  return [
    ...(spf.length === 0 ? [] : [`${passes} ${listed(spf)}`]),
    ...(selectors.length === 0 ? [] : [`${find} ${key} ${listed(selectors)}`]),
  ].join("; ");
}
