import type { World } from "../../world/world.ts";
import { authorDomain, type Message } from "../message.ts";
import { type Arrival, headerFields, hopsOf, type Stamps, valuesOf } from "../trace.ts";

/** Exchange's servers on the way of submitted mail, by the names of the world. */
export function serversOf(tenant: World["tenant"]) {
  const { mailbox, proxy, forest } = hopsOf(tenant);
  return {
    /** Speaks to the client. */
    proxy: { name: `${proxy}.${forest}`, greeting: `${proxy}.outlook.office365.com` },
    /** Holds the mailbox. */
    store: { short: mailbox, name: `${mailbox}.${forest}` },
    /** Brings the message on. */
    transport: { short: transportOf(mailbox), name: `${transportOf(mailbox)}.${forest}` },
  };
}

const transportOf = (mailbox: string): string => mailbox.replace(/MB\d+$/, "MB6494");

/** The fields on top of a submitted message, the newest first. */
export function submittedPassage(
  message: Message,
  arrival: Arrival,
  tenant: World["tenant"],
): Stamps {
  const { store, transport } = serversOf(tenant);
  return headerFields("mail.submitted-passage", {
    ...valuesOf(arrival, tenant),
    author: authorDomain(message),
    store: store.name,
    transport: transport.name,
  });
}

/** What the client's message gets when it comes in, below its own fields. */
export function clientFields(arrival: Arrival, tenant: World["tenant"]): Stamps {
  const { proxy, store } = serversOf(tenant);
  const { clientAddress: ip, helo, tls } = arrival;
  return headerFields("mail.submitted-client", {
    ...valuesOf(arrival, tenant),
    ip,
    helo,
    tlsVersion: tls?.version ?? "",
    cipher: tls?.cipher ?? "",
    proxy: proxy.name,
    store: store.name,
  });
}

/** What Exchange stamps on a mailbox's mail that leaves the tenant. */
export function submittedOutside(
  message: Message,
  arrival: Arrival,
  tenant: World["tenant"],
): Stamps {
  const { store, transport } = serversOf(tenant);
  return headerFields("mail.submitted", {
    ...valuesOf(arrival, tenant),
    author: authorDomain(message),
    store: store.name,
    onward: transport.short,
  });
}

/** What Exchange stamps on a mailbox's mail to another mailbox inside. */
export function submittedInside(arrival: Arrival, tenant: World["tenant"]): Stamps {
  const { store } = serversOf(tenant);
  return headerFields("mail.submitted-inside", {
    ...valuesOf(arrival, tenant),
    store: store.name,
  });
}
