import { defineReply } from "../../reply.ts";
import type { Failure } from "../cmdletError.ts";

const TYPE = "Microsoft.Exchange.Configuration.Tasks.InvalidOperationInDehydratedContextException";

export const dehydrated = defineReply(
  "exchange.dehydrated",
  {
    record:
      "public deployment logs of 2026: type and text; Set-up pages of Microsoft Purview: text",
  },
  (): Failure => ({
    status: 400,
    type: TYPE,
    text: "The command you tried to run isn't currently allowed in your organization. To run this command, you first need to run the command: Enable-OrganizationCustomization.",
  }),
);

export const alreadyCustomised = defineReply(
  "exchange.already-customised",
  { record: "public deployment logs of 2026: the text", assumed: "the type" },
  (): Failure => ({
    status: 400,
    type: "Microsoft.Exchange.Management.Deployment.InvalidOperationException",
    text: "This operation is not required. Organization is already enabled for customization.",
  }),
);
