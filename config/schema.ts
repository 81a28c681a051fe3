import { z } from "zod";
import { ENVIRONMENTS } from "../mail/clouds.ts";
import { DMARC_POLICIES } from "../mail/dns/dmarc/record.ts";
import { reportUriProblem } from "../mail/dns/dmarc/reports.ts";
import { otherServicesProblems } from "../mail/dns/otherServices.ts";
import { MTA_STS_ID, mtaStsIdProblem } from "../mail/dns/receiving.ts";
import { DKIM_RECORDS, DNS_HOSTS, MAIL_DNS, unmanagedProblems } from "../mail/dns/sendingDomain.ts";
import { billingPolicyIdProblem } from "../mail/exchange/billingPolicy.ts";
import { APPLICATION_ACCESSES } from "../mail/senders/access.ts";
import { addressProblem } from "../mail/senders/address.ts";
import { certificateNameProblem, sendingDomainProblem } from "../mail/senders/domain.ts";
import { PART_NUMBER, partNumberProblem } from "../mail/senders/license.ts";
import { fromAddressProblem } from "../mail/senders/mailbox.ts";
import {
  clientIdProblem,
  connectorNameProblem,
  SENDER_NAME,
  senderNameProblem,
} from "../mail/senders/names.ts";
import { AUTHENTICATIONS } from "../mail/senders/sender.ts";
import { GUID, TENANT_ID_EXAMPLE, tenantIdProblem } from "../mail/tenantId.ts";
import { credentialKeys } from "./credentialKeys.ts";
import { loadKeys } from "./loadKeys.ts";
import { otherServicesSchema } from "./otherServices.ts";
import { ruled } from "./ruled.ts";

/** The project's own namespace in a stack file. */
export const NAMESPACE = "m365-smtp-relay";

const retire = (what: string) =>
  z
    .boolean()
    .default(false)
    .meta({
      description: `Whether the ${what} is to be removed: it works as before, but Pulumi protects nothing of it any more. Run up with it, and remove the ${what} in the change after that`,
      examples: [true],
    });

export const senderSchema = z
  .strictObject({
    name: ruled(senderNameProblem).meta({
      pattern: SENDER_NAME.source,
      description:
        "Short name of the sender, unique in the stack: 1 to 30 lower-case letters, digits and hyphens, starting with a letter",
      examples: ["erp"],
    }),
    from: z
      .array(ruled(fromAddressProblem))
      .min(1)
      .meta({
        description:
          "Addresses that it sends from; *@contoso.com stands for every address of a domain. The first one is the mailbox of a sender that signs in. A connector is not held to them: whoever connects through it may send as any address of any accepted domain of the tenant",
        examples: [["invoices@contoso.com"]],
      }),
    authentication: z
      .array(z.enum(AUTHENTICATIONS))
      .min(1)
      .meta({
        description:
          "Ways it can authenticate: oauth, certificate (a TLS client certificate), staticIp, password, or none. The submission method follows from them and from what it sends",
        examples: [["oauth"]],
      }),
    certificateName: ruled(certificateNameProblem)
      .optional()
      .meta({
        description: "Subject or alternative name of the TLS client certificate that it presents",
        examples: ["relay.contoso.com"],
      }),
    egress: z
      .array(ruled(addressProblem))
      .default([])
      .meta({
        description: "Public IPv4 addresses or ranges (/24 to /32) that it connects from",
        examples: [["198.51.100.7"]],
      }),
    adoptConnector: ruled(connectorNameProblem)
      .optional()
      .meta({
        description:
          "Name of an existing inbound connector to take over. It is put back as it was when the sender is removed",
        examples: ["Relay from ERP"],
      }),
    adoptMailbox: z
      .boolean()
      .default(false)
      .meta({
        description:
          "For a sender with oauth: whether its first from address is a mailbox that exists already, such as support@contoso.com, which it sends from. The stack switches SMTP AUTH on for this mailbox, puts that back when the sender is removed, and changes nothing else of it",
        examples: [true],
      }),
    adoptApplication: ruled(clientIdProblem)
      .optional()
      .meta({
        pattern: GUID.source,
        description:
          "For a sender with adoptMailbox: client id of the app that sends from the mailbox already. The stack reads the app's rights and changes nothing of the app, whose credentials stay with its owner",
        examples: ["11111111-2222-3333-4444-555555555555"],
      }),
    requireTls: z
      .boolean()
      .default(true)
      .meta({
        description:
          "For a sender that uses a connector: whether the connector refuses mail that comes without TLS (RequireTls)",
        examples: [false],
      }),
    restrictToDomains: z
      .boolean()
      .default(false)
      .meta({
        description:
          "For a sender that uses a connector: whether to limit the connector to the domains of from (AssociatedAcceptedDomains). Microsoft's pages disagree on what this limits: the domains of senders, or those of recipients, and then mail to other organisations is refused with 550 5.7.64. Test it before you rely on it",
        examples: [true],
      }),
    fence: z
      .boolean()
      .default(false)
      .meta({
        description:
          "For a sender that uses a connector: whether a mail flow rule refuses what comes from its egress and is not From one of its from addresses. Without it, every host behind that address may send as any address of any accepted domain of the tenant",
        examples: [true],
      }),
    ...credentialKeys,
    ...loadKeys,
    retire: retire("sender"),
    license: ruled(partNumberProblem)
      .optional()
      .meta({
        pattern: PART_NUMBER.source,
        description:
          "Part number of the SKU to license its mailbox with; required for a sender that signs in with a password",
        examples: ["EXCHANGESTANDARD"],
      }),
    billingPolicyId: ruled(billingPolicyIdProblem)
      .optional()
      .meta({
        pattern: GUID.source,
        description:
          "Id of the billing policy that pays for its account of High Volume Email, where the tenant has several; Get-BillingPolicy -ResourceType HVE lists them",
        examples: ["11111111-2222-3333-4444-555555555555"],
      }),
  })
  .meta({ description: "An application, device or server that sends mail" });

const reportUris = z.array(ruled(reportUriProblem)).meta({
  description: "mailto: URIs that reports are sent to",
  examples: [["mailto:dmarc@contoso.com"]],
});

export const domainSchema = z
  .strictObject({
    name: ruled(sendingDomainProblem).meta({
      description: "Domain that is verified in the tenant",
      examples: ["contoso.com"],
    }),
    dns: z
      .strictObject({
        host: z
          .enum(DNS_HOSTS)
          .default("cloudflare")
          .meta({
            description:
              "Who hosts the domain's DNS: cloudflare, or external for any other host, where its administrator publishes the records that npm run dns lists",
            examples: ["external"],
          }),
        overrideWildcard: z
          .boolean()
          .optional()
          .meta({
            description:
              "Whether the domain's records may end what a wildcard record serves for its name, such as a website or mail at *.contoso.com",
            examples: [true],
          }),
      })
      .default({ host: "cloudflare" })
      .meta({
        description:
          "Where the domain's DNS is hosted, and whether its records may override a wildcard",
        examples: [{ host: "external" }],
      }),
    dkim: z
      .strictObject({
        records: z.enum(DKIM_RECORDS).meta({
          description:
            "Whether the stack publishes the DKIM CNAME records (publish), or leaves existing ones alone (published)",
          examples: ["published"],
        }),
      })
      .default({ records: "publish" })
      .meta({
        description: "DKIM signing of the domain's mail",
        examples: [{ records: "published" }],
      }),
    dmarc: z
      .strictObject({
        policy: z
          .enum(DMARC_POLICIES)
          .optional()
          .meta({
            description:
              "What receivers should do with mail that fails DMARC: none, quarantine or reject. When left out, an existing policy is kept and a new record says none",
            examples: ["quarantine"],
          }),
        subdomainPolicy: z
          .enum(DMARC_POLICIES)
          .optional()
          .meta({
            description: "The same for subdomains without a DMARC record of their own",
            examples: ["reject"],
          }),
        rua: reportUris.default([]),
        adopt: z
          .boolean()
          .default(false)
          .meta({
            description:
              "Whether to take over a DMARC record that somebody else created. It is put back as it was when the domain is removed",
            examples: [true],
          }),
      })
      .default({ rua: [], adopt: false })
      .meta({ description: "The domain's DMARC record", examples: [{ policy: "quarantine" }] }),
    unmanaged: z
      .array(z.enum(MAIL_DNS))
      .default([])
      .meta({
        description:
          "What of the domain the stack leaves as it is: spf, dmarc and mx are its DNS records, dkim is the signing of its mail and the CNAME records for that. Such a part is neither read nor written",
        examples: [["spf"]],
      }),
    otherServices: otherServicesSchema,
    retire: retire("domain"),
    mtaSts: z
      .strictObject({
        id: ruled(mtaStsIdProblem).meta({
          pattern: MTA_STS_ID.source,
          description:
            "Id of the MTA-STS policy that mta-sts.<domain> serves: 1 to 32 letters and digits. Change it whenever the policy changes",
          examples: ["20261123"],
        }),
      })
      .optional()
      .meta({
        description: "MTA-STS for mail that the domain receives through Exchange",
        examples: [{ id: "20261123" }],
      }),
    tlsRpt: z
      .strictObject({ rua: reportUris.min(1) })
      .optional()
      .meta({
        description: "TLS reports (TLS-RPT) for mail that the domain receives through Exchange",
        examples: [{ rua: ["mailto:tls@contoso.com"] }],
      }),
  })
  .superRefine((domain, context) => {
    for (const problem of unmanagedProblems(domain)) {
      context.addIssue({ code: "custom", path: [problem.key], params: { problem } });
    }
    for (const { path, problem } of otherServicesProblems(
      domain.otherServices ?? [],
      domain.unmanaged,
    )) {
      context.addIssue({ code: "custom", path: ["otherServices", ...path], params: { problem } });
    }
  });

/** Every key of a stack file that is ours to judge, with the full name it has there. */
export const configSchema = z.strictObject({
  "azuread:tenantId": ruled(tenantIdProblem).meta({
    pattern: GUID.source,
    description: "Id of the Microsoft 365 tenant, a GUID",
    examples: [TENANT_ID_EXAMPLE],
  }),
  "azuread:environment": z
    .enum(ENVIRONMENTS)
    .default("global")
    .meta({
      description: "Microsoft cloud of the tenant, as the azuread provider names it",
      examples: ["global"],
    }),
  [`${NAMESPACE}:disposable` as const]: z
    .boolean()
    .default(false)
    .meta({
      description:
        "Whether the stack may be torn down. Otherwise Pulumi protects its connectors, DNS records, mailboxes, users, licences, passwords, apps and their newest secrets",
      examples: [false],
    }),
  [`${NAMESPACE}:waitMinutes` as const]: z
    .int()
    .min(0)
    .max(60)
    .default(15)
    .meta({
      description:
        "Minutes that pulumi up waits for Microsoft and for DNS, 0 to 60. The output pending lists what is not ready by then",
      examples: [15],
    }),
  [`${NAMESPACE}:applicationAccess` as const]: z
    .enum(APPLICATION_ACCESSES)
    .default("rbac")
    .meta({
      description:
        "How apps get access to their mailboxes: rbac, by a management role limited to the mailbox, or classic, by the app role SMTP.SendAsApp in Entra and full access to the mailbox",
      examples: ["rbac"],
    }),
  [`${NAMESPACE}:domains` as const]: z
    .array(domainSchema)
    .min(1)
    .meta({ description: "Domains that senders send from", examples: [[{ name: "contoso.com" }]] }),
  [`${NAMESPACE}:senders` as const]: z
    .array(senderSchema)
    .min(1)
    .meta({
      description: "Applications, devices and servers that send mail",
      examples: [
        [
          {
            name: "erp",
            from: ["*@contoso.com"],
            authentication: ["staticIp"],
            egress: ["198.51.100.7"],
          },
        ],
      ],
    }),
});

export type Parsed = z.output<typeof configSchema>;
