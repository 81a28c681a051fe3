import type { Hop } from "../message/received.ts";
import type { Handover, Verification } from "./verification.ts";

/** One step of a message's way, from a host to the next. */
export interface PathHop {
  readonly host: string;
  /** The host before, as its name and the address that was seen. */
  readonly from: string;
  /** ISO 8601. */
  readonly at: string | undefined;
  /** Seconds since the hop before. */
  readonly delay: number | undefined;
  /** Seconds that this clock is behind the one of the hop before, or that one ahead. */
  readonly skew: number | undefined;
  readonly encryption: Encryption;
  /** Which of Exchange's servers sent it on; undefined but for the hop that leaves Exchange. */
  readonly pool: string | undefined;
  /** Whose word this is. */
  readonly toldBy: "receiver" | "this machine" | "hosts before the receiver";
}

/** `TLS 1.3, TLS_AES_256_GCM_SHA384`; a host that says nothing of it leaves it open. */
export interface Encryption {
  readonly kind: "TLS" | "clear text" | "not stated";
  readonly version: string | undefined;
  readonly cipher: string | undefined;
}

/** A hop as the path shows it. */
export function pathHop(
  hop: Hop,
  index: number,
  { handover }: Verification,
  told: Pick<PathHop, "toldBy" | "pool">,
): PathHop {
  const begun = index > 0 || handover === undefined ? Number.NaN : Date.parse(handover.at);
  const since =
    hop.delay ??
    (hop.time === undefined || Number.isNaN(begun) ? undefined : (hop.time - begun) / 1000);
  // Received fields have whole seconds.
  const delay = since === undefined ? undefined : Math.round(since);
  const { version, cipher } = hop.tls ?? {};
  // A hop from nobody is one within a system.
  const isUntold = hop.encrypted === undefined || (hop.from === "" && !hop.encrypted);
  const kind = isUntold ? "not stated" : hop.encrypted ? "TLS" : "clear text";
  return {
    host: hop.by,
    from: nameOf(hop),
    at: hop.time === undefined ? undefined : new Date(hop.time).toISOString(),
    delay: delay === undefined || delay < 0 ? undefined : delay,
    skew: delay === undefined || delay >= 0 ? undefined : -delay,
    encryption: { kind, version: version ?? (index === 0 ? handover?.tls : undefined), cipher },
    ...told,
  };
}

/** `erp.contoso.com [198.51.100.7]`. */
export function nameOf({ from, addresses }: Hop): string {
  const [address] = addresses;
  const isSaid = address === undefined || from.includes(address);
  return `${from}${isSaid ? "" : ` [${address}]`}`.trim();
}

/** The hop that this machine tells of itself. */
export const handedOver = (host: string, { at, tls }: Handover): PathHop => ({
  ...{ host, from: "this machine", at, delay: undefined, skew: undefined },
  encryption: {
    kind: tls === undefined ? "clear text" : "TLS",
    version: tls,
    cipher: undefined,
  },
  ...{ pool: undefined, toldBy: "this machine" },
});
