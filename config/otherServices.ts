import { z } from "zod";
import {
  publicKeyProblem,
  selectorProblem,
  selectorTargetProblem,
  serviceTermProblem,
} from "../mail/dns/otherServices.ts";
import { senderNameProblem } from "../mail/senders/names.ts";
import { ruled } from "./ruled.ts";

const serviceSchema = z.strictObject({
  name: ruled(senderNameProblem).meta({
    description: "Short name of the service, unique in the domain",
    examples: ["newsletter"],
  }),
  description: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: "What it is, for people", examples: ["Newsletter by Mailchimp"] }),
  spf: z
    .array(
      ruled(serviceTermProblem).meta({
        description: "Term of the SPF record",
        examples: ["include:servers.mcsv.net"],
      }),
    )
    .default([])
    .meta({
      description:
        "Terms that the service asks for in the domain's SPF record, without v=spf1 and all. The stack adds those that are not there",
      examples: [["include:servers.mcsv.net"]],
    }),
  dkim: z
    .array(
      z.strictObject({
        selector: ruled(selectorProblem).meta({
          description: 'What stands before "._domainkey" in the name of the record',
          examples: ["k1"],
        }),
        target: ruled(selectorTargetProblem)
          .optional()
          .meta({ description: "Target of the CNAME record", examples: ["dkim.mcsv.net"] }),
        publicKey: ruled(publicKeyProblem)
          .optional()
          .meta({
            description: "Text of the TXT record with the key, where the service shows no CNAME",
            examples: ["v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="],
          }),
      }),
    )
    .default([])
    .meta({
      description: "DKIM records that the service asks for",
      examples: [[{ selector: "k1", target: "dkim.mcsv.net" }]],
    }),
});

/** `domains[].otherServices`. */
export const otherServicesSchema = z
  .array(serviceSchema)
  .optional()
  .meta({
    description:
      "Services that send as the domain without Exchange, such as a newsletter service: the stack publishes what their mail needs in SPF and DKIM",
    examples: [[{ name: "newsletter", spf: ["include:servers.mcsv.net"] }]],
  });
