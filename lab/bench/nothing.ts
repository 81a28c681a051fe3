// The provider of the floor's dynamic resources. Loaded by the engine, see floor.ts.
import { setTimeout as sleep } from "node:timers/promises";

/** @param latency milliseconds that create, read and delete take: one request each */
export const nothing = (latency: number) => ({
  check: async (_olds: object, inputs: object) => ({ inputs, failures: [] }),
  diff: async () => ({ changes: false }),
  async create(outs: object) {
    await sleep(latency);
    return { id: "nothing", outs };
  },
  async read(id: string, props: object) {
    await sleep(latency);
    return { id, props };
  },
  delete: () => sleep(latency),
});
