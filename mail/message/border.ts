import { isPublic, isWithin } from "./addresses.ts";
import { type Field, isNamed } from "./fields.ts";
import { type Hop, hopOf, MOST_HOPS } from "./received.ts";

/** Where a message came into the mail system that received it. */
export interface Border {
  /** The hop over which it came in. */
  readonly hop: Omit<Hop, "delay">;
  /** The fields above it, which are all the receiver's. */
  readonly above: readonly Field[];
  /** The Authentication-Results that the receiver wrote, top first. */
  readonly results: readonly Field[];
  /** Whether the receiver is Exchange Online, which keeps fields of its own names free of others'. */
  readonly isExchange: boolean;
}

/**
 * Finds the border: the newest hop over which a host outside the receiver's network handed the message over. Whoever
 * sent it can have written any field below. Above it, every field is the receiver's.
 *
 * Some receivers write their results below their own Received field. There a field counts if the receiver is known to
 * do so and to remove what others wrote under its name, or if `receiver` names it.
 *
 * @param fields the header fields, top first
 * @param receiver the authserv-id to believe
 * @returns undefined where every hop is inside, or there is none
 * @see RFC 8601 section 5 (Removing Existing Header Fields)
 */
export function borderOf(fields: readonly Field[], receiver?: string): Border | undefined {
  let hops = 0;
  for (const [index, field] of fields.entries()) {
    if (!isNamed(field, "Received")) continue;
    hops += 1;
    if (hops > MOST_HOPS) return undefined;
    const hop = hopOf(field.value);
    if (isInside(hop)) continue;
    const above = fields.slice(0, index);
    const isOurs = (one: Field) => receiver === undefined || isOf(one, receiver.toLowerCase());
    return {
      hop,
      above,
      results: [
        ...above.filter(isResults),
        ...resultsBelow(fields.slice(index + 1), hop.by, receiver),
      ].filter(isOurs),
      isExchange: isExchangeHost(hop.by),
    };
  }
  return undefined;
}

const isResults = (field: Field): boolean => isNamed(field, "Authentication-Results");

/** Addresses that Exchange Online's servers use among themselves. */
const EXCHANGE_INSIDE = ["2603:1000::/24"];

/**
 * Whether a hop is one within the receiver's network. A host's name is the client's word, so the address that the server
 * saw decides; without one, only a hop that is no SMTP is inside.
 */
function isInside({ from, addresses, by, protocol }: Omit<Hop, "delay">): boolean {
  if (from === "") return true;
  if (addresses.length === 0) return /^(?:LMTP|HTTPS?|local|mapi)/i.test(protocol ?? "");
  return addresses.every(
    (address) => !isPublic(address) || (isExchangeHost(by) && isWithin(address, EXCHANGE_INSIDE)),
  );
}

/** Receivers that write below their Received field. Each writes one Authentication-Results, or one a method. */
const BELOW = [
  { by: "google.com", id: "mx.google.com", isOne: true },
  { by: "amazonaws.com", id: "amazonses.com", isOne: true },
  { by: "yandex.net", id: "yandex.net", isOne: true },
  { by: "me.com", id: "icloud.com", isOne: false },
  { by: "icloud.com", id: "icloud.com", isOne: false },
  { by: "protonmail.ch", id: "mail.protonmail.ch", isOne: false },
  { by: "kernel.org", id: "smtp.subspace.kernel.org", isOne: false },
] as const;

/** A sender's own fields begin with one of these at the latest. */
const SENDERS = /^(?:received|dkim-signature|from|to|cc|subject|date|message-id|mime-version)$/i;

function resultsBelow(fields: readonly Field[], by: string, receiver?: string): Field[] {
  const end = fields.findIndex(({ name }) => SENDERS.test(name));
  const known = BELOW.find((one) => isOfDomain(by, one.by));
  const id = receiver?.toLowerCase() ?? known?.id;
  if (id === undefined) return [];
  const results = fields
    .slice(0, end < 0 ? fields.length : end)
    .filter((field) => isResults(field) && isOf(field, id));
  return known?.isOne === true ? results.slice(0, 1) : results;
}

/** Whether a field's authserv-id is this one or a host of it. */
function isOf({ value }: Field, id: string): boolean {
  const [own = ""] = /^[^\s;()"]+/.exec(value.slice(0, 300)) ?? [];
  return isOfDomain(own, id);
}

/** Whether a host's name is one of Exchange Online's; who may be believed is another question. */
export const isExchangeHost = (host: string): boolean =>
  isOfDomain(host, "outlook.com") || isOfDomain(host, "office365.com");

/** Whether a host is a domain's own or below it. */
export function isOfDomain(host: string, domain: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, "");
  return name === domain || name.endsWith(`.${domain}`);
}
