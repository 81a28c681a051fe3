import { senderOfOwner } from "../ownership.ts";
import { text } from "../properties.ts";
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
    if (kind === "Survey") return undefined;
    const { inputs = {} } = after ?? before ?? {};
    const owner = text(inputs.owner);
    const bySender = senderOfOwner(owner);
    if (owner.split("/").length === 3 && senders.includes(bySender)) return { sender: bySender };
    const rest = name.slice(name.indexOf("-") + 1);
    const isOf = (one: string) => rest === one || rest.startsWith(`${one}-`);
    // A domain has a dot, and a sender's name has none: `relay-contoso-shop.example-spf` is not the sender contoso's.
    const domain = ofDomains.find(isOf);
    if (domain !== undefined) return { domain };
    const sender = ofSenders.find(isOf);
    return sender === undefined ? undefined : { sender };
  };
}
