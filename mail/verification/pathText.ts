import type { Stage } from "./path.ts";
import type { Encryption, PathHop } from "./pathHop.ts";

/** Seconds between the first and the last time on the way; undefined where it did not arrive, or clocks contradict each other. */
export function durationOf(stages: readonly Stage[]): number | undefined {
  if (!stages.every(({ isReached }) => isReached)) return undefined;
  const hops = stages.flatMap((stage) => stage.hops);
  const times = hops.flatMap(({ at }) => (at === undefined ? [] : [Date.parse(at)]));
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined || hops.some(({ skew }) => skew !== undefined))
    return undefined;
  return Math.round((last - first) / 1000) + (hops[0]?.delay ?? 0);
}

/** `TLS 1.3, TLS_AES_256_GCM_SHA384`, `clear text`, `not stated`. */
export function encryptionText({ kind, version, cipher }: Encryption): string {
  if (kind !== "TLS") return kind;
  const named =
    version === undefined || /^(?:TLS|SSL)/i.test(version) ? (version ?? "TLS") : `TLS ${version}`;
  return cipher === undefined ? named : `${named}, ${cipher}`;
}

/** `1 s`, `2 min 5 s`, `3 h`; where a time lies before the one of the hop before, one of the two clocks is wrong. */
export function delayText({ delay, skew }: Pick<PathHop, "delay" | "skew">): string {
  if (skew !== undefined) return `one clock is off by ${durationText(skew)}`;
  return delay === undefined ? "not stated" : durationText(delay);
}

export function durationText(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor((seconds % 86_400) / 3600), "h"],
    [Math.floor((seconds % 3600) / 60), "min"],
    [seconds % 60, "s"],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`);
  return said.length === 0 ? "0 s" : said.slice(0, 2).join(" ");
}
