import type { Clock } from "../clock.ts";

/** 1,200 requests in five minutes, of one token (Cloudflare's page "Rate limits"). */
const LIMIT = { requests: 1200, ms: 300_000 };

/** Counts requests in virtual time; answers how many seconds to wait when there were too many. */
export function makeRateLimit(clock: Clock): () => number | undefined {
  let times: number[] = [];
  let blockedUntil = 0;
  return () => {
    const now = clock.now().getTime();
    if (now >= blockedUntil) {
      times = [...times.filter((time) => time > now - LIMIT.ms), now];
      if (times.length <= LIMIT.requests) return undefined;
      blockedUntil = now + LIMIT.ms;
      times = [];
    }
    return Math.ceil((blockedUntil - now) / 1000);
  };
}
