import { Document, isMap, parseDocument, Scalar, type YAMLMap, YAMLSeq } from "yaml";
import { NAMESPACE } from "../../config/schema.ts";
import type { AdoptedDomain } from "../../mail/adopt/domains.ts";
import type { AdoptedRelay, AdoptedSender } from "../../mail/adopt/relay.ts";

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
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

interface Entry {
  readonly comment: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** A list of maps, each below its comment. Short lists stand in one line. */
function listOf(document: Document, entries: readonly Entry[]) {
  const list = new YAMLSeq();
  for (const { comment, value } of entries) {
    const node = document.createNode(value) as YAMLMap;
    if (comment !== "") node.commentBefore = comment.replace(/^/gm, " ");
    for (const { value: part } of node.items) {
      if (part !== null && typeof part === "object" && "items" in part) {
        (part as { flow?: boolean }).flow = true;
      }
    }
    list.add(node);
  }
  return list;
}

function domainEntry({
  name,
  isAtCloudflare,
  isSigned,
  adoptDmarc,
  unmanaged,
  notes,
}: AdoptedDomain): Entry {
  return {
    comment: notes.join("\n"),
    value: {
      name: text(name),
      ...(isAtCloudflare ? {} : { dns: { host: "external" } }),
      ...(isSigned ? { dkim: { records: "published" } } : {}),
      ...(adoptDmarc ? { dmarc: { adopt: true } } : {}),
      ...(unmanaged.length === 0 ? {} : { unmanaged }),
    },
  };
}

function senderEntry(sender: AdoptedSender): Entry {
  const comment = [`from ${sender.source}`, ...sender.notes].join("\n");
  if (sender.kind === "submission") {
    const { submission, from } = sender;
    return {
      comment,
      value: {
        name: nameOf(sender),
        from: from.map(text),
        authentication: ["oauth"],
        adoptMailbox: true,
        adoptApplication: text(submission.appId),
      },
    };
  }
  const { connector, domains } = sender;
  const { senderIPAddresses: egress, tlsSenderCertificateName: certificate } = connector;
  return {
    comment,
    value: {
      name: nameOf(sender),
      from: domains.map((domain) => text(`*@${domain}`)),
      ...(certificate === ""
        ? { authentication: ["staticIp"], egress: egress.map(text) }
        : { authentication: ["certificate"], certificateName: text(certificate) }),
      adoptConnector: text(connector.name),
      ...(connector.requireTls ? {} : { requireTls: false }),
      ...(connector.associatedAcceptedDomains.length === 0 ? {} : { restrictToDomains: true }),
    },
  };
}

/** The other words of YAML 1.1 for true and false. */
const nameOf = ({ name }: AdoptedSender): string | Scalar =>
  /^(y|n|yes|no|on|off)$/.test(name) ? text(name) : name;

/** A text in quotes: readers of YAML take some words for something else, such as `no` and `1_000`. */
function text(value: string): Scalar {
  const scalar = new Scalar(value);
  scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}

/** The keys of a stack file that say where a relay is, and nothing of it. */
const OF_PLACE = ["azuread:tenantId", "azuread:environment"];

/** Whether a stack file says nothing of a relay yet, so that it may be filled. */
export const isFillable = (config: Readonly<Record<string, unknown>>): boolean =>
  Object.keys(config).every((key) => OF_PLACE.includes(key));
