import type { Context } from "../context.ts";
import { lookUp } from "./lookUp.ts";
import type { Answering, DnsReply } from "./message.ts";

const FAULTS = ["servfail", "silence", "truncated"] as const;

/**
 * The lab's DNS with its faults, every question logged: for the server, and for the parts of the lab that are a
 * resolver's clients in the world outside.
 */
export function buildDns(context: Context): Answering {
  return ({ name, type }) => {
    const canonical = name.toLowerCase();
    const fault =
      context.faults.take("dns", `${type} ${canonical}`, FAULTS) ??
      context.faults.take("dns", canonical, FAULTS);
    const reply = fault?.kind === "silence" ? undefined : answer(context, name, type, fault?.kind);
    context.log.add({
      service: "dns",
      what: `${type} ${canonical}`,
      result: reply ? describe(reply) : "silence",
    });
    return reply;
  };
}

function answer(
  { world, clock }: Context,
  name: string,
  type: string,
  fault: "servfail" | "truncated" | undefined,
): DnsReply {
  if (fault === "servfail") return { status: "SERVFAIL", answers: [], authorities: [] };
  if (type === "ANY") return minimal(name);
  return { ...lookUp(world, clock.now(), name, type), truncated: fault === "truncated" };
}

/** Cloudflare's answer to "any type" (RFC 8482, section 4.2). */
function minimal(name: string): DnsReply {
  const data = { cpu: "RFC8482", os: "" };
  return {
    status: "NOERROR",
    answers: [{ name: name.toLowerCase(), type: "HINFO", ttl: 3789, data }],
    authorities: [],
  };
}

function describe({ status, answers, truncated }: DnsReply): string {
  return `${status} ${answers.length}${truncated ? " truncated" : ""}`;
}
