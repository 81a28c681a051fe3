import { unknownOf } from "../../mail/doctor/finding.ts";
import { judgeLastUp, setUpElsewhere } from "../../mail/doctor/lastUp.ts";
import { type Check, unmade } from "./check.ts";

/** Whether the last `up` has made what the stack file declares. */
export const lastUp: Check = {
  name: "last-up",
  title: "the stack file and the last up",
  async look(context) {
    const { stack, config, lastUp: made, domains, unread } = context;
    if (unread !== undefined) {
      return [
        unknownOf(unread, { what: "what the last up has made", resource: `stack "${stack}"` }),
      ];
    }
    const notLookedAt = unmade(context);
    if (notLookedAt !== undefined) return { findings: [], notLookedAt };
    const findings = judgeLastUp(stack, config.senders, made, {
      declared: config.domains.map(({ name }) => name),
      made: [...domains.keys()],
    });
    const elsewhere = setUpElsewhere(config.senders);
    return { findings, ...(elsewhere !== undefined && { notLookedAt: elsewhere }) };
  },
};
