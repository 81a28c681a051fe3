import { defineReply } from "../../reply.ts";
import type { Failure } from "../cmdletError.ts";

export const policyInUse = defineReply(
  "exchange.authentication-policy-in-use",
  { assumed: "that a policy in use can't be removed; type and wording" },
  (policy: string, user: string): Failure => ({
    status: 400,
    type: "Microsoft.Exchange.Management.Tasks.ValidationException",
    text: `The authentication policy '${policy}' can't be removed because it's assigned to '${user}'.`,
  }),
);
