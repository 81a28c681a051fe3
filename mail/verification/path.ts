import { WAYS } from "../clients/settings.ts";
import { type Border, isExchangeHost } from "../message/border.ts";
import { isNamed } from "../message/fields.ts";
import type { Reading } from "../message/reading.ts";
import type { Hop } from "../message/received.ts";
import { worstOf } from "./outcome.ts";
import { handedOver, nameOf, type PathHop, pathHop } from "./pathHop.ts";
import type { Judged, Verification } from "./verification.ts";

/** A part of a message's way, as its administrator knows it. */
export interface Stage {
  readonly role: Role;
  /** The host that took the message on, or where it was found; empty where nobody says. */
  readonly host: string;
  /** What else is known, in words. */
  readonly notes: readonly string[];
  /** How it came here and moved on within; the first hop is the one that led here. */
  readonly hops: readonly PathHop[];
  /** Whether the message is known to have come here. */
  readonly isReached: boolean;
  /** What is judged of this stage. */
  readonly judged: readonly Judged[];
}

/** The ways that a message's stages come in, first to last. */
export type Role = "sender" | "relay" | "exchange" | "gateway" | "receiver" | "folder";

export const ROLE_NAMES: Readonly<Record<Role, string>> = {
  sender: "Sender",
  relay: "Own relay",
  exchange: "Exchange Online",
  gateway: "Gateway",
  receiver: "Receiver",
  folder: "Folder",
};

/**
 * The way of a sender's message: from the sender by its own relay, Exchange and gateways to the receiver and a folder. A
 * stage that the message has to pass stands here even if nothing tells of it.
 *
 * @param reading of the header that arrived; undefined where none did
 */
export function pathOf(verification: Verification, reading: Reading | undefined): Stage[] {
  const { judged } = verification;
  const moved = reading === undefined ? [] : movedStages(verification, reading);
  const isReceived = moved.some(({ role }) => role === "receiver");
  const stages = [
    senderStage(verification, reading),
    ...(moved.some(({ role }) => role === "exchange")
      ? moved
      : withExchange(moved, verification, reading)),
    folderStage(verification),
  ];
  const roleOf = (one: Judged) => {
    const role = ROLES[one.check];
    return role === "receiver" && !isReceived ? "exchange" : role;
  };
  return stages.map((stage, index) => {
    const isFirst = stages.findIndex(({ role }) => role === stage.role) === index;
    return { ...stage, judged: isFirst ? judged.filter((one) => roleOf(one) === stage.role) : [] };
  });
}

/** Where a check's subject is; TLS and hops are all along the way. */
const ROLES: Readonly<Record<Judged["check"], Role | undefined>> = {
  handover: "sender",
  attribution: "exchange",
  pool: "exchange",
  spf: "receiver",
  dkim: "receiver",
  dmarc: "receiver",
  alignment: "receiver",
  arc: "receiver",
  arrival: "folder",
  placement: "folder",
  tls: undefined,
  hops: undefined,
};

type Unjudged = Omit<Stage, "judged">;

function senderStage(verification: Verification, reading: Reading | undefined): Unjudged {
  const { sender, way, host, port, handover } = verification;
  const first = reading?.hops[0];
  return {
    role: "sender",
    host: first === undefined ? sender : nameOf(first) || sender,
    notes: [
      `${sender}, ${WAYS[way]}, to ${host === "" ? `port ${port}` : `${host}:${port}`}`,
      ...(handover === undefined ? [] : [`${handover.outcome}: ${handover.reply}`]),
    ],
    hops: [],
    isReached: true,
  };
}

function folderStage({ arrival, judged }: Verification): Unjudged {
  const placement = judged.find(({ check }) => check === "placement");
  const role = "folder";
  if (arrival.outcome !== "arrived") {
    const notes = [arrival.why];
    return { role, host: "", notes, hops: [], isReached: false };
  }
  const folder = arrival.folder ?? (placement?.outcome === "unknown" ? undefined : placement?.read);
  return {
    role,
    host: arrival.where,
    notes: [folder ?? "the folder is not stated"],
    hops: [],
    isReached: true,
  };
}

/** Where no Received field names Exchange, it stands before the receiver all the same. */
function withExchange(
  moved: readonly Unjudged[],
  verification: Verification,
  reading: Reading | undefined,
): Unjudged[] {
  const end = moved.findIndex(({ role }) => role === "receiver");
  const at = end < 0 ? moved.length : end;
  const { handover, host, arrival } = verification;
  const hop: PathHop[] =
    handover === undefined || handover.outcome === "not connected" || arrival.outcome === "arrived"
      ? []
      : [handedOver(host, handover)];
  const unnamed =
    reading?.outbound === undefined ? "no Received field names it" : "it wrote no Received field";
  const notes = [...(arrival.outcome === "arrived" ? [unnamed] : []), ...traceNotes(verification)];
  const isReached = handover?.outcome === "accepted" || reading?.outbound !== undefined;
  return [
    ...moved.slice(0, at),
    { role: "exchange", host: hop.length > 0 ? host : "", notes, hops: hop, isReached },
    ...moved.slice(at),
  ];
}

const traceNotes = ({ trace }: Verification): string[] =>
  trace.outcome === "traced" ? [`message trace: ${trace.status}`] : [];

/** The stages that Received fields tell of. */
function movedStages(verification: Verification, reading: Reading): Unjudged[] {
  const { hops, border } = reading;
  const borderAt = border === undefined ? hops.length : borderIndex(border, hops);
  const entry = hops.findIndex(({ by }) => isExchangeHost(by));
  const isReceiverExchange = entry >= 0 && entry >= borderAt;
  const roleAt = (index: number): Role => {
    if (index >= borderAt) return isReceiverExchange ? "exchange" : "receiver";
    if (isExchangeHost(hops[index]?.by ?? "")) return "exchange";
    return index < entry || entry < 0 ? "relay" : "gateway";
  };
  const stages: (Unjudged & { readonly hops: PathHop[] })[] = [];
  for (const [index, hop] of hops.entries()) {
    const role = roleAt(index);
    const told = pathHop(hop, index, verification, {
      toldBy: index >= borderAt ? "receiver" : "hosts before the receiver",
      pool: index === borderAt ? poolOf(reading, verification) : undefined,
    });
    const last = stages.at(-1);
    if (last?.role === role) last.hops.push(told);
    else
      stages.push({
        role,
        host: hop.by,
        notes: notesOf(role, verification, isReceiverExchange),
        hops: [told],
        isReached: true,
      });
  }
  return stages;
}

function notesOf(role: Role, verification: Verification, isReceiverExchange: boolean): string[] {
  if (role !== "exchange") return [];
  return [...(isReceiverExchange ? ["also the receiver"] : []), ...traceNotes(verification)];
}

/** The hop at the border: above it stand as many Received fields as there are hops after it. */
function borderIndex({ above }: Border, hops: readonly Hop[]): number {
  return hops.length - 1 - above.filter((field) => isNamed(field, "Received")).length;
}

function poolOf({ outbound }: Reading, { judged }: Verification): string | undefined {
  if (outbound === undefined) return undefined;
  if (outbound === "relayPool") return "relay pool";
  const verdict = worstOf(judged.filter(({ check }) => check === "pool"));
  return verdict === "pass"
    ? "normal pool"
    : verdict === "fail"
      ? "high-risk pool"
      : "pool not stated";
}
