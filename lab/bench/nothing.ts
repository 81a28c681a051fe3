// The provider of the floor's dynamic resources. Loaded by the engine, see floor.ts.
import { setTimeout as sleep } from "node:timers/promises";

/** Requests before the first one: where to sign in, and the sign-in. */
const SIGN_IN = 2;

let signedIn: Promise<void> | undefined;

async function request(latency: number): Promise<void> {
  signedIn ??= sleep(SIGN_IN * latency);
  await signedIn;
  await sleep(latency);
}

/** @param latency milliseconds that create, read and delete take: one request each, after a sign-in for all */
export const nothing = (latency: number) => ({
  check: async (_olds: object, inputs: object) => ({ inputs, failures: [] }),
  diff: async () => ({ changes: false }),
  async create(outs: object) {
    await request(latency);
    return { id: "nothing", outs };
  },
  async read(id: string, props: object) {
    await request(latency);
    return { id, props };
  },
  delete: () => request(latency),
});
