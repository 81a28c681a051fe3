import type { Clock } from "../clock.ts";
import { loopbackOf } from "../world/nat.ts";
import type { Answering, DnsReply } from "./message.ts";

/** Where the public resolvers of Cloudflare and Google stand on this machine: 1.1.1.1 and 8.8.8.8. */
export const PUBLIC_RESOLVERS = ["1.1.1.1", "8.8.8.8"].map(loopbackOf);

/**
 * A resolver that remembers what it was told: records until the shortest of their TTLs is over, and that there are none as
 * long as the zone's SOA record says (RFC 2308 section 5). A failure is not remembered. It forgets all when the lab closes.
 */
export function makeResolver(ask: Answering, clock: Clock): Answering {
  const cache = new Map<string, { reply: DnsReply; until: number }>();
  return (question) => {
    const key = `${question.type} ${question.name.toLowerCase()}`;
    const now = clock.now().getTime();
    const known = cache.get(key);
    if (known !== undefined && known.until > now) return known.reply;
    const reply = ask(question);
    const seconds = reply === undefined ? 0 : lifetime(reply);
    if (reply !== undefined && seconds > 0) cache.set(key, { reply, until: now + seconds * 1000 });
    return reply;
  };
}

function lifetime({ status, answers, authorities, truncated }: DnsReply): number {
  if ((status !== "NOERROR" && status !== "NXDOMAIN") || truncated) return 0;
  const soa = authorities.find((one) => one.type === "SOA");
  const negative = soa === undefined ? [] : [soa.ttl ?? 0, soa.data.minimum ?? 0];
  const positive = answers.map((one) => ("ttl" in one ? (one.ttl ?? 0) : 0));
  const times = [...negative, ...positive];
  return times.length === 0 ? 0 : Math.min(...times);
}
