import { senderOfOwner } from "../ownership.ts";
import { text } from "../properties.ts";
import type { PlannedResource } from "./preview.ts";

/** Whose a resource is: a sender or a domain of its stack. */
export type Belongs = { readonly sender: string } | { readonly domain: string } | undefined;

/** The sender that something belongs to; undefined where it is none of a sender's. */
export const senderIn = (owner: Belongs): string | undefined =>
  owner && "sender" in owner ? owner.sender : undefined;

/** The name of the sender or domain that something belongs to; empty where it belongs to none. */
export const nameIn = (owner: Belongs): string => Object.values(owner ?? {})[0] ?? "";

/** Tells of each resource of a preview whose it is, by the logical names of the contract. */
export function ownersIn(
  senders: readonly string[],
  domains: readonly string[],
): (resource: PlannedResource) => Belongs {
  const [ofSenders, ofDomains] = [new Set(senders), new Set(domains)];
  return ({ name, kind, before, after }) => {
    if (kind === "Survey") return undefined;
    const { inputs = {} } = after ?? before ?? {};
    const owner = text(inputs.owner);
    const bySender = senderOfOwner(owner);
    if (owner.split("/").length === 3 && ofSenders.has(bySender)) return { sender: bySender };
    const beginnings = beginningsOf(name.slice(name.indexOf("-") + 1));
    // A domain has a dot, and a sender's name has none: `relay-contoso-shop.example-spf` is not the sender contoso's.
    const domain = beginnings.find((one) => ofDomains.has(one));
    if (domain !== undefined) return { domain };
    const sender = beginnings.find((one) => ofSenders.has(one));
    return sender === undefined ? undefined : { sender };
  };
}

/** A name, and what is left of it without its last part, its last two parts …, where hyphens part it: the longest first. */
function beginningsOf(name: string): string[] {
  const parts = name.split("-");
  return parts.map((_, index) => parts.slice(0, parts.length - index).join("-"));
}
