import { covers } from "../senders/address.ts";
import { signsIn, usesDirectSend, usesHighVolume } from "../senders/choose.ts";
import { isPublic } from "./addresses.ts";
import { sentFilteringOf } from "./attribution.ts";
import { isExchangeHost, isOfDomain } from "./border.ts";
import { fieldOf, isNamed } from "./fields.ts";
import type { Judge, Judgement, Reading } from "./reading.ts";
import { type Hop, MOST_HOPS } from "./received.ts";
import { entryOf } from "./resources.ts";
import { notInside, notOfDirectSend, stayedInside } from "./stayedInside.ts";

/** From where Exchange took the message on; all where it did not. */
function sinceExchange(hops: readonly Hop[]): readonly Hop[] {
  const first = hops.findIndex(({ by }) => isExchangeHost(by));
  return first < 0 ? hops : hops.slice(first);
}

export const tls: Judge = ({ hops: all }, expected) => {
  const told = sinceExchange(all).filter(({ encrypted }) => encrypted !== undefined);
  const read = told
    .map(
      ({ by, encrypted, tls: used }) =>
        `${by} ${encrypted ? `TLS ${used?.version ?? ""}`.trim() : "no TLS"}`,
    )
    .join(", ");
  if (told.length === 0) {
    const reason = "no Received field says whether TLS was used";
    return { outcome: "unknown", read, reason, fix: "send to another receiver too" };
  }
  const isLocal = ({ addresses }: Hop) => addresses.length > 0 && !addresses.some(isPublic);
  const plain = told.find((hop) => !hop.encrypted && !isLocal(hop) && hop.from !== "");
  const old = told.find(({ tls: used }) => /^(?:1\.[01]|SSL.*)$/.test(used?.version ?? ""));
  if (plain === undefined && old === undefined) return { outcome: "pass", read };
  const { by } = plain ?? old ?? { by: "" };
  const { sender } = expected;
  const atEntry = isExchangeHost(by) && plain === told[0];
  const isOptional = usesDirectSend(sender) || (!signsIn(sender) && !sender.requireTls);
  if (atEntry && isOptional) return { outcome: "pass", read };
  return {
    outcome: "fail",
    read,
    resource: isExchangeHost(by) ? entryOf(expected.sender) : undefined,
    reason: `${by} received the message ${plain === undefined ? "with a version of TLS before 1.2" : "without TLS"}`,
    fix: isExchangeHost(by)
      ? `configure ${sender.name} to use STARTTLS with TLS 1.2 or later`
      : "ask the receiver's administrator to offer TLS 1.2 or later",
  };
};

export const attribution: Judge = ({ attribution: found, border }, expected) => {
  const { sender, tenantId } = expected;
  if (found === undefined) {
    const from = border?.hop.from;
    const reason = `${from || "the host that handed it over"} is not a server of Exchange Online, so Exchange's header fields can't be trusted`;
    const fix = "send to a mailbox that gets the message directly from Exchange";
    return { outcome: "unknown", read: "", reason, fix };
  }
  const { origin, authAs, direction, connectingIp } = found;
  const read = [
    `tenant ${found.tenantId ?? "not stated"}`,
    ...[origin, authAs, direction].flatMap((one) => one ?? []),
    ...(connectingIp === undefined ? [] : [`from ${connectingIp}`]),
  ].join(", ");
  const resource = entryOf(expected.sender);
  const failed = (reason: string, fix: string): Judgement => ({
    outcome: "fail",
    read,
    resource,
    reason,
    fix,
  });
  const byConnector =
    origin === "HybridOnPrem" || (direction === "Originating" && authAs === "Anonymous");
  const byMailbox =
    !byConnector && (origin === "Hosted" || (direction === "Originating" && authAs === "Internal"));
  if (origin === undefined && direction === undefined) {
    const reason = "Exchange's header fields do not say how it attributed the message";
    return { outcome: "unknown", read, reason, fix: "send to a mailbox outside of the tenant" };
  }
  if (found.tenantId !== undefined && found.tenantId !== tenantId) {
    const fix = "look for a connector of that tenant with the same address or certificate";
    return failed(`Exchange attributed the message to another tenant than ${tenantId}`, fix);
  }
  if (usesDirectSend(sender)) {
    if (byConnector || byMailbox) {
      return failed(
        `the message came in by ${byConnector ? "a connector" : "a mailbox"}, and the stack file gives ${sender.name} direct send`,
        "remove the other connector that took it, or give the sender the way that it uses",
      );
    }
    if (connectingIp === undefined || sender.egress.some((one) => covers(one, connectingIp))) {
      return { outcome: "pass", read: `${read}: direct send, as anybody's` };
    }
    return failed(
      `${connectingIp} is not among the addresses of ${sender.name}`,
      "add the address to egress of the sender, and run up",
    );
  }
  if (!byConnector && !byMailbox) {
    const fix =
      "see docs/how-to/find-out-why-5.7.64.md: what the connector matches and what the sender presents differ";
    return failed(
      "Exchange attributed the message to no connector and no mailbox of the tenant, but to a sender outside",
      fix,
    );
  }
  if (byConnector === signsIn(sender)) {
    const own = usesHighVolume(sender) ? "an account of High Volume Email" : "a mailbox";
    return failed(
      `the message came in by ${byConnector ? "a connector" : "a mailbox"}, and the stack file gives ${sender.name} ${byConnector ? own : "a connector"}`,
      `use the host, port and sign-in of the output senders.${sender.name}`,
    );
  }
  const egress = sender.egress;
  const isKnown = connectingIp === undefined || egress.some((range) => covers(range, connectingIp));
  if (byConnector && sender.certificateName === undefined && !isKnown) {
    return failed(
      `${connectingIp} is not among the addresses of ${sender.name}`,
      "remove the other connector that took it, or add the address to egress of the sender",
    );
  }
  if (found.tenantId === undefined) {
    const reason = "the fields do not say which tenant the message was attributed to";
    return { outcome: "unknown", read, reason, fix: "send to a mailbox outside of the tenant" };
  }
  return { outcome: "pass", read };
};

/** Clocks of servers are this good, in seconds. */
const SKEW = 60;
/** Longer than this, in seconds, a message waits in a queue only after a failure. */
const WAIT = 900;

export const hops: Judge = ({ hops: all, fields }) => {
  const read = `${all.length} hops`;
  if (all.length === 0) {
    const reason = "there is no Received field";
    return {
      outcome: "unknown",
      read,
      reason,
      fix: "paste all headers, or save the message as .eml",
    };
  }
  if (fields.filter((field) => isNamed(field, "Received")).length > MOST_HOPS) {
    const reason = `more than ${MOST_HOPS} Received fields: the message went round in a loop`;
    const fix = "look for two servers that forward to each other";
    return {
      outcome: "fail",
      read: `more than ${MOST_HOPS} hops`,
      resource: undefined,
      reason,
      fix,
    };
  }
  const early = all.find(({ delay }) => (delay ?? 0) < -SKEW);
  if (early !== undefined) {
    const reason = `by its clock ${early.by} received the message ${seconds(-(early.delay ?? 0))} before the server before it did: one of the two clocks is wrong`;
    const fix =
      "correct the clock of the one that is your server: sign-ins and certificates need it too";
    return { outcome: "fail", read, resource: undefined, reason, fix };
  }
  const late = all.find(({ delay }) => (delay ?? 0) > WAIT);
  if (late !== undefined) {
    const reason = `the message reached ${late.by} after ${seconds(late.delay ?? 0)}`;
    const fix =
      "look for temporary refusals (4.x.x) in the log of the server before it, or in Exchange's message trace";
    return { outcome: "fail", read, resource: undefined, reason, fix };
  }
  if (all.some(({ time }) => time === undefined)) {
    const reason = "a Received field has no date that can be read";
    return {
      outcome: "unknown",
      read,
      reason,
      fix: "paste the headers as they are, without edits",
    };
  }
  const [first, last] = [all[0]?.time ?? 0, all.at(-1)?.time ?? 0];
  return { outcome: "pass", read: `${read} in ${seconds((last - first) / 1000)}` };
};

const seconds = (count: number): string => `${Math.round(count)} s`;

export const pool: Judge = (reading, { sender }) => {
  const { outbound, border, author, fields } = reading;
  const read =
    border === undefined ? "" : `${border.hop.from} ${border.hop.addresses.join(" ")}`.trim();
  const domain = author?.domain ?? "";
  if (stayedInside(reading)) return notInside(read);
  if (usesDirectSend(sender) && border?.isExchange) return notOfDirectSend(read);
  if (outbound === undefined) {
    const reason = border?.isExchange
      ? "the receiver is Exchange too, and mail within it uses no pool"
      : "the receiver got the message from an address that is not Exchange's";
    return {
      outcome: "unknown",
      read,
      reason,
      fix: "send to a mailbox outside of Exchange Online",
    };
  }
  if (outbound === "relayPool") {
    const reason =
      "Exchange sent it through the relay pool, as MAIL FROM is in no accepted domain and neither SPF nor DKIM passed when Exchange received it";
    const fix = `configure the sender to use MAIL FROM in ${domain || "a domain of the stack"}`;
    return { outcome: "fail", read, resource: `relay-${domain}`, reason, fix };
  }
  const filtering = border && sentFilteringOf(fields, border);
  const isSpam = filtering?.verdict === "SPM" || (filtering?.level ?? 0) >= 5;
  if (filtering?.direction === "OUT" && isSpam) {
    const reason = "Exchange treated it as spam, and sent it through the high-risk pool";
    const fix =
      "change the message's content, and look at the restricted entities in Microsoft Defender";
    return { outcome: "fail", read, resource: undefined, reason, fix };
  }
  if (filtering?.direction === "OUT" && filtering.verdict !== undefined) {
    return { outcome: "pass", read: `${read}, SFV:${filtering.verdict}` };
  }
  const reason =
    "the headers do not say whether Exchange treated it as spam, and Microsoft does not list the high-risk pool's addresses";
  return { outcome: "unknown", read, reason, fix: "look at the message trace" };
};

export const placement: Judge = ({ filtering, border }, { folder }) => {
  const place = folder ?? placeOf(filtering, border);
  if (place === undefined) {
    const reason = "the headers do not say which folder the receiver put it into";
    return {
      outcome: "unknown",
      read: "",
      reason,
      fix: "look into the mailbox, and give the folder with --folder inbox, junk or quarantine",
    };
  }
  const { verdict, level, category } = filtering ?? {};
  const marks = [`SFV:${verdict}`, `SCL:${level}`, `CAT:${category}`].filter(
    (mark) => border?.isExchange && !mark.endsWith("undefined"),
  );
  const read = [place, marks.join(" ")].filter((one) => one !== "").join(", ");
  if (place === "inbox") return { outcome: "pass", read };
  const reason = `the receiver put it into ${place === "junk" ? "the junk folder" : "quarantine"}`;
  const fix =
    "fix what else failed first; if nothing did, the cause is the message's content or the domain's reputation";
  return { outcome: "fail", read, resource: undefined, reason, fix };
};

/** By the marks of the receiver: Exchange's spam filter, or Apple's folder. */
function placeOf(
  filtering: Reading["filtering"],
  border: Reading["border"],
): "inbox" | "junk" | "quarantine" | undefined {
  const apple = fieldOf(border?.above ?? [], "X-Apple-MoveToFolder");
  if (apple !== undefined && isOfDomain(border?.hop.by ?? "", "me.com")) {
    return apple.toUpperCase() === "INBOX" ? "inbox" : "junk";
  }
  if (border?.isExchange !== true || filtering?.level === undefined) return undefined;
  const { level, category, verdict, delivered } = filtering;
  if (delivered !== undefined) return delivered;
  if (category === "HPHISH" || category === "HPHSH" || category === "MALW") return "quarantine";
  return level >= 5 || verdict === "SPM" || verdict === "SKB" ? "junk" : "inbox";
}
