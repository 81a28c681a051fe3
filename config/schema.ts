import { z } from "zod";
import { ENVIRONMENTS } from "../mail/clouds.ts";
import { DMARC_POLICIES } from "../mail/dns/dmarc/record.ts";
import { reportUriProblem } from "../mail/dns/dmarc/reports.ts";
import { DKIM_RECORDS, DNS_HOSTS } from "../mail/dns/sendingDomain.ts";
import type { Problem } from "../mail/problem.ts";
import { APPLICATION_ACCESSES } from "../mail/senders/access.ts";
import { addressProblem } from "../mail/senders/address.ts";
import {
  claimProblem,
  DEFAULT_AUDIENCE,
  issuerProblem,
  signInCertificateProblem,
} from "../mail/senders/credentials.ts";
import { certificateNameProblem, domainProblem } from "../mail/senders/domain.ts";
import { fromAddressProblem } from "../mail/senders/mailbox.ts";
import { connectorNameProblem } from "../mail/senders/names.ts";
import { AUTHENTICATIONS } from "../mail/senders/sender.ts";

/** The project's own namespace in a stack file. */
export const NAMESPACE = "m365-smtp-relay";

type Rule = (key: string, value: string) => Problem | undefined;

/** A string that a rule of `mail/` judges; the rule's clause and fix travel with zod's issue. */
const ruled = (rule: Rule) =>
  z.string().superRefine((value, context) => {
    const problem = rule("", value);
    if (problem !== undefined) context.addIssue({ code: "custom", params: { problem } });
  });

export const senderSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,29}$/)
      .meta({
        description:
          "Short name, unique in the stack: lower-case letters, digits and hyphens, a letter first, up to 30",
        examples: ["erp"],
      }),
    from: z
      .array(ruled(fromAddressProblem))
      .min(1)
      .meta({
        description: "Addresses it sends from; *@domain for all of a domain",
        examples: [["invoices@contoso.com"]],
      }),
    authentication: z
      .array(z.enum(AUTHENTICATIONS))
      .min(1)
      .meta({
        description:
          "What it is able to do when it connects: get tokens (OAuth), present a certificate, come from fixed addresses; a password is used where it can do nothing else",
        examples: [["oauth"]],
      }),
    certificateName: ruled(certificateNameProblem)
      .optional()
      .meta({
        description: "Subject or alternative name of the certificate that it presents",
        examples: ["relay.contoso.com"],
      }),
    egress: z
      .array(ruled(addressProblem))
      .default([])
      .meta({
        description: "Public IPv4 addresses or ranges (/24 to /32) that its mail leaves from",
        examples: [["198.51.100.7"]],
      }),
    adoptConnector: ruled(connectorNameProblem)
      .optional()
      .meta({
        description:
          "Name of an inbound connector that exists already: it is taken over, and put back as it was when the sender goes",
        examples: ["Relay from ERP"],
      }),
    federatedIdentity: z
      .strictObject({
        issuer: ruled(issuerProblem).meta({
          description: "The iss of its tokens, a URL",
          examples: ["https://token.actions.githubusercontent.com"],
        }),
        subject: ruled(claimProblem).meta({
          description: "The sub of its tokens",
          examples: ["repo:contoso/billing:ref:refs/heads/main"],
        }),
        audience: ruled(claimProblem)
          .default(DEFAULT_AUDIENCE)
          .meta({ description: "The aud of its tokens", examples: [DEFAULT_AUDIENCE] }),
      })
      .optional()
      .meta({
        description: "An identity that it has elsewhere, whose tokens it signs in with",
        examples: [
          {
            issuer: "https://token.actions.githubusercontent.com",
            subject: "repo:contoso/billing:ref:refs/heads/main",
          },
        ],
      }),
    signInCertificate: ruled(signInCertificateProblem)
      .optional()
      .meta({
        description: "The certificate that it signs in with, PEM, without its private key",
        examples: ["-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n"],
      }),
    credentialGeneration: z
      .int()
      .min(1)
      .default(1)
      .meta({
        description:
          "Which secret it signs in with, where it has nothing better: one more makes a new one, and the one before works until the next (a password is changed at once)",
        examples: [1],
      }),
    recipientsPerDay: z
      .int()
      .min(1)
      .optional()
      .meta({
        description:
          "Recipients a day that it sends to at the most; Exchange stops it at twice that",
        examples: [500],
      }),
    license: z
      .string()
      .regex(/^[\w()+.-]{1,100}$/)
      .optional()
      .meta({
        description:
          "Part number of the SKU that its mailbox is licensed with; a sender with a password needs one",
        examples: ["EXCHANGESTANDARD"],
      }),
  })
  .meta({ description: "An application, device or server that sends mail" });

const reportUris = z.array(ruled(reportUriProblem)).meta({
  description: "Where reports go, mailto: URIs",
  examples: [["mailto:dmarc@contoso.com"]],
});

export const domainSchema = z.strictObject({
  name: ruled(domainProblem).meta({
    description: "A domain that the tenant has verified",
    examples: ["contoso.com"],
  }),
  dns: z
    .strictObject({
      host: z.enum(DNS_HOSTS).meta({
        description:
          "Who keeps the domain's DNS: cloudflare, or external for anybody else, who publishes what npm run dns says",
        examples: ["external"],
      }),
    })
    .default({ host: "cloudflare" })
    .meta({ description: "Where the domain's DNS is kept", examples: [{ host: "external" }] }),
  dkim: z
    .strictObject({
      records: z.enum(DKIM_RECORDS).meta({
        description:
          "Who publishes the DKIM CNAMEs: publish, or published where they are there already",
        examples: ["published"],
      }),
    })
    .default({ records: "publish" })
    .meta({ description: "How the domain's mail is signed", examples: [{ records: "published" }] }),
  dmarc: z
    .strictObject({
      policy: z
        .enum(DMARC_POLICIES)
        .optional()
        .meta({
          description:
            "What receivers do with mail that fails: none, quarantine or reject; as it is when left out, none where nothing is",
          examples: ["quarantine"],
        }),
      subdomainPolicy: z
        .enum(DMARC_POLICIES)
        .optional()
        .meta({ description: "The same for subdomains without a record", examples: ["reject"] }),
      rua: reportUris.default([]),
      adopt: z
        .boolean()
        .default(false)
        .meta({
          description:
            "Whether a record that somebody else made is taken over, and put back when the domain goes",
          examples: [true],
        }),
    })
    .default({ rua: [], adopt: false })
    .meta({ description: "The domain's DMARC record", examples: [{ policy: "quarantine" }] }),
  mtaSts: z
    .strictObject({
      id: z
        .string()
        .regex(/^[A-Za-z0-9]{1,32}$/)
        .meta({
          description: "Id of the policy that mta-sts.<domain> serves: up to 32 letters and digits",
          examples: ["20261123"],
        }),
    })
    .optional()
    .meta({
      description: "MTA-STS, for mail that the domain receives through Exchange",
      examples: [{ id: "20261123" }],
    }),
  tlsRpt: z
    .strictObject({ rua: reportUris.min(1) })
    .optional()
    .meta({
      description: "TLS reports, for mail that the domain receives through Exchange",
      examples: [{ rua: ["mailto:tls@contoso.com"] }],
    }),
});

/** Every key of a stack file that is ours to judge, with the full name it has there. */
export const configSchema = z.strictObject({
  "azuread:tenantId": z.guid().meta({
    description: "The Microsoft 365 tenant's id, a GUID",
    examples: ["00000000-0000-0000-0000-000000000000"],
  }),
  "azuread:environment": z
    .enum(ENVIRONMENTS)
    .default("global")
    .meta({
      description: "The cloud the tenant is in, by the azuread provider's names",
      examples: ["global"],
    }),
  [`${NAMESPACE}:disposable` as const]: z
    .boolean()
    .default(false)
    .meta({
      description:
        "Whether the stack may be torn down; Pulumi protects the connectors and the DNS of one that is not disposable",
      examples: [false],
    }),
  [`${NAMESPACE}:waitMinutes` as const]: z
    .int()
    .min(0)
    .max(60)
    .default(15)
    .meta({
      description:
        "How many minutes an up waits for what others have to do, 0 to 60; what is missing then is told as pending",
      examples: [15],
    }),
  [`${NAMESPACE}:applicationAccess` as const]: z
    .enum(APPLICATION_ACCESSES)
    .default("rbac")
    .meta({
      description:
        "How apps are let into their mailboxes: rbac, by a role over the one mailbox, or classic, by SMTP.SendAsApp in Entra and full access to it",
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
      description: "Who sends: applications, devices and servers",
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

/** A node of the JSON Schema, cut to what messages are made of. */
export interface SchemaNode {
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly string[];
  readonly type?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
}

/** The configuration's JSON Schema (draft 2020-12). */
export function jsonSchema() {
  return z.toJSONSchema(configSchema, { io: "input" }) as SchemaNode & {
    readonly $schema: string;
    readonly properties: Readonly<Record<string, SchemaNode>>;
    readonly required: readonly string[];
  };
}

/** JSON Schema (draft 2020-12) of a stack file, for editors. */
export function stackFileSchema(): object {
  const { $schema, properties, required } = jsonSchema();
  const known = Object.keys(properties);
  return {
    $schema,
    title: `Stack file of ${NAMESPACE}`,
    type: "object",
    properties: {
      encryptionsalt: { type: "string" },
      config: {
        type: "object",
        properties: Object.fromEntries(Object.entries(properties).map(asPulumiWrites)),
        required,
        propertyNames: { anyOf: [{ enum: known }, { not: { pattern: `^${NAMESPACE}:` } }] },
      },
    },
    required: ["config"],
  };
}

/** Pulumi itself writes a boolean back as text when it adds a line to a stack file. */
function asPulumiWrites([key, node]: [string, SchemaNode]): [string, object] {
  if (node.type !== "boolean") return [key, node];
  const { type, ...rest } = node;
  return [key, { ...rest, enum: [true, false, "true", "false"] }];
}
