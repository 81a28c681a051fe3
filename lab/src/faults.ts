import type { Fault, FaultKind, FaultPlace } from "./world/fault.ts";
import type { World } from "./world/world.ts";

export type { Fault, FaultKind, FaultPlace } from "./world/fault.ts";

/** The lab's one fault injector. */
export interface Faults {
  /**
   * Adds a fault that strikes `times` times (once by default); answers its id.
   * @throws RangeError when it could never strike
   */
  inject(fault: { where: FaultPlace; what: FaultKind; times?: number }): string;
  list(): Fault[];
  /** Takes a fault away; false when there is none with that id. */
  remove(id: string): boolean;
  /** Uses up one strike of the oldest fault of one of these kinds that fits, if there is one. */
  take<K extends FaultKind["kind"]>(
    service: FaultPlace["service"],
    match: string,
    kinds: readonly K[],
  ): Extract<FaultKind, { kind: K }> | undefined;
}

/** Which kinds can strike where; any other would wait for ever. */
const POSSIBLE: Record<FaultPlace["service"], readonly FaultKind["kind"][]> = {
  entra: ["status", "replyLost", "silence"],
  graph: ["status", "expiredToken", "replyLost", "silence"],
  exchange: [
    ...(["status", "transient", "concurrency", "dualWrite", "errorInSuccess"] as const),
    ...(["expiredToken", "replyLost", "silence", "invisible", "stale"] as const),
  ],
  smtp: ["smtp", "withoutStartTls"],
  mx: ["smtp"],
  cloudflare: ["status", "replyLost", "silence"],
  github: ["status", "secondaryLimit", "replyLost"],
  dns: ["servfail", "silence", "truncated"],
};

/** Makes the injector over the faults kept in `world`; `changed` is called after each change. */
export function makeFaults(world: World, changed: () => void): Faults {
  function isOfKind<K extends FaultKind["kind"]>(
    what: FaultKind,
    kinds: readonly K[],
  ): what is Extract<FaultKind, { kind: K }> {
    return kinds.some((kind) => kind === what.kind);
  }
  return {
    inject({ where, what, times = 1 }) {
      if (!Number.isInteger(times) || times < 1) {
        throw new RangeError(`inject: times is ${times}; it must be a whole number from 1`);
      }
      if (!POSSIBLE[where.service].includes(what.kind)) {
        const possible = POSSIBLE[where.service].join(", ");
        throw new RangeError(`inject: ${where.service} has no "${what.kind}"; it has ${possible}`);
      }
      if (what.kind === "smtp" && !/^[45]\d\d /.test(what.line)) {
        throw new RangeError(
          `inject: "${what.line}" is no SMTP refusal, such as "451 4.3.0 Later"`,
        );
      }
      world.drawn += 1;
      const id = `fault-${world.drawn}`;
      world.faults.push({ id, where, what, times });
      changed();
      return id;
    },
    list: () => structuredClone(world.faults),
    remove(id) {
      const index = world.faults.findIndex((fault) => fault.id === id);
      if (index < 0) return false;
      world.faults.splice(index, 1);
      changed();
      return true;
    },
    take(service, match, kinds) {
      for (const [index, { where, what, ...fault }] of world.faults.entries()) {
        if (where.service !== service) continue;
        if (where.match !== undefined && where.match !== match) continue;
        if (!isOfKind(what, kinds)) continue;
        if (fault.times > 1)
          world.faults[index] = { ...fault, where, what, times: fault.times - 1 };
        else world.faults.splice(index, 1);
        changed();
        return what;
      }
      return undefined;
    },
  };
}
