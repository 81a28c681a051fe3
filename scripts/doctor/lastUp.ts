import { judgeLastUp } from "../../mail/doctor/lastUp.ts";
import type { Check } from "./check.ts";

/** Whether the last `up` has made what the stack file declares. */
export const lastUp: Check = {
  name: "last-up",
  title: "the stack file",
  afterUp: true,
  look: async ({ stack, config, lastUp: made, domains }) =>
    judgeLastUp(stack, config.senders, made, {
      declared: config.domains.map(({ name }) => name),
      made: [...domains.keys()],
    }),
};
