import { Document, isMap, parseDocument, type YAMLMap, YAMLSeq } from "yaml";
import { NAMESPACE } from "../../config/schema.ts";
import type { AdoptedDomain } from "../../mail/adopt/domains.ts";
import type { AdoptedRelay, AdoptedSender } from "../../mail/adopt/relay.ts";
import { entryNode, STYLE, type StackEntry } from "../stack/entry.ts";

/** Where a relay is. */
interface Place {
  readonly tenantId: string;
  /** Left out for Microsoft's worldwide cloud. */
  readonly environment?: string;
}

/**
 * The stack file of a relay that was made by hand.
 *
 * @param before the stack file that is there, whose other lines and comments stay; empty for none
 */
export function stackFileOf(before: string, place: Place, relay: AdoptedRelay): string {
  const document = before.trim() === "" ? new Document({}) : parseDocument(before);
  if (!isMap(document.contents)) document.contents = document.createNode({}) as never;
  const config = document.get("config");
  if (!isMap(config)) document.set("config", document.createNode({}));
  const map = document.get("config") as YAMLMap;
  const values = {
    "azuread:tenantId": place.tenantId,
    ...(place.environment === undefined ? {} : { "azuread:environment": place.environment }),
    ...(relay.isClassic ? { [`${NAMESPACE}:applicationAccess`]: "classic" } : {}),
  };
  for (const [key, value] of Object.entries(values)) map.set(key, value);
  map.set(`${NAMESPACE}:domains`, listOf(document, relay.domains.map(domainEntry)));
  map.set(`${NAMESPACE}:senders`, listOf(document, relay.senders.map(senderEntry)));
  return document.toString(STYLE);
}

const listOf = (document: Document, entries: readonly StackEntry[]): YAMLSeq => {
  const list = new YAMLSeq();
  for (const entry of entries) list.add(entryNode(document, entry));
  return list;
};

function domainEntry({
  name,
  isAtCloudflare,
  isSigned,
  adoptDmarc,
  unmanaged,
  notes,
}: AdoptedDomain): StackEntry {
  return {
    comment: notes.join("\n"),
    value: {
      name: name,
      ...(isAtCloudflare ? {} : { dns: { host: "external" } }),
      ...(isSigned ? { dkim: { records: "published" } } : {}),
      ...(adoptDmarc ? { dmarc: { adopt: true } } : {}),
      ...(unmanaged.length === 0 ? {} : { unmanaged }),
    },
  };
}

function senderEntry(sender: AdoptedSender): StackEntry {
  const comment = [`from ${sender.source}`, ...sender.notes].join("\n");
  if (sender.kind === "submission") {
    const { submission, from } = sender;
    return {
      comment,
      value: {
        name: sender.name,
        from: from,
        authentication: ["oauth"],
        adoptMailbox: true,
        adoptApplication: submission.appId,
      },
    };
  }
  const { connector, domains } = sender;
  const { senderIPAddresses: egress, tlsSenderCertificateName: certificate } = connector;
  return {
    comment,
    value: {
      name: sender.name,
      from: domains.map((domain) => `*@${domain}`),
      ...(certificate === ""
        ? { authentication: ["staticIp"], egress: egress }
        : { authentication: ["certificate"], certificateName: certificate }),
      adoptConnector: connector.name,
      ...(connector.requireTls ? {} : { requireTls: false }),
      ...(connector.associatedAcceptedDomains.length === 0 ? {} : { restrictToDomains: true }),
    },
  };
}

/** The keys of a stack file that say where a relay is, and nothing of it. */
const OF_PLACE = ["azuread:tenantId", "azuread:environment"];

/** Whether a stack file says nothing of a relay yet, so that it may be filled. */
export const isFillable = (config: Readonly<Record<string, unknown>>): boolean =>
  Object.keys(config).every((key) => OF_PLACE.includes(key));
