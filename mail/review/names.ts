import { text } from "../drift/kinds.ts";
import { senderOfOwner } from "../ownership.ts";
import type { PlannedResource } from "./preview.ts";

/** Whose a resource is: a sender or a domain of its stack. */
export type Belongs = { readonly sender: string } | { readonly domain: string } | undefined;

/** Tells of each resource of a preview whose it is, by the logical names of the contract. */
export function ownersIn(
  senders: readonly string[],
  domains: readonly string[],
): (resource: PlannedResource) => Belongs {
  const longestFirst = (names: readonly string[]) => names.toSorted((a, b) => b.length - a.length);
  const [ofSenders, ofDomains] = [longestFirst(senders), longestFirst(domains)];
  return ({ name, kind, before, after }) => {
    const { inputs = {} } = after ?? before ?? {};
    const owner = text(inputs.owner);
    const bySender = senderOfOwner(owner);
    if (owner.split("/").length === 3 && senders.includes(bySender)) return { sender: bySender };
    const rest = name.slice(name.indexOf("-") + 1);
    const sender = ofSenders.find((one) => rest.startsWith(`${one}-`));
    if (sender !== undefined) return { sender };
    const domain = ofDomains.find((one) => rest === one || rest.startsWith(`${one}-`));
    return domain === undefined || kind === "Survey" ? undefined : { domain };
  };
}
