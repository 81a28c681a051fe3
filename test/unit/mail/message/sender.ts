import type { Sender } from "../../../../mail/senders/sender.ts";

/** Who sent the messages of the samples. */
export const sender: Sender = {
  name: "erp",
  from: ["*@contoso.com"],
  authentication: ["staticIp"],
  egress: ["198.51.100.0/28"],
  adoptMailbox: false,
  requireTls: true,
  restrictToDomains: false,
  fence: false,
  credentialGeneration: [1],
  retire: false,
};
