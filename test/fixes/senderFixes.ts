import type { Problem } from "../../mail/problem.ts";
import { addressProblem } from "../../mail/senders/address.ts";
import { directSendProblem } from "../../mail/senders/directSend.ts";
import { certificateNameProblem, domainProblem } from "../../mail/senders/domain.ts";
import { issuerProblem } from "../../mail/senders/issuer.ts";
import {
  type LicenseNeed,
  licenseProblem,
  noneLeftProblem,
  partNumberProblem,
  type SubscribedSku,
} from "../../mail/senders/license.ts";
import {
  displayNameProblem,
  fromAddressProblem,
  mailboxAddressProblem,
  recipientLimitProblem,
} from "../../mail/senders/mailbox.ts";
import {
  type DeclaredCredentials,
  movedCredentialsProblems,
} from "../../mail/senders/movedCredentials.ts";
import {
  connectorNameProblem,
  directoryIdProblem,
  outboundPolicyNameProblem,
  senderNameProblem,
  trusteeProblem,
} from "../../mail/senders/names.ts";
import type { Sender } from "../../mail/senders/sender.ts";
import { senderProblems } from "../../mail/senders/senderProblems.ts";
import { signInCertificateProblem } from "../../mail/senders/signInCertificate.ts";
import { certificateOf } from "../unit/mail/certificates.ts";
import type { Refusal } from "./follow.ts";
import { type Row, valueFixes } from "./valueFixes.ts";

const PUBLIC =
  /list the public IPv4 addresses that your servers connect from, e\.g\. "198\.51\.100\.7" or "198\.51\.100\.0\/28"/;
const BOTH: readonly [RegExp, string] = [PUBLIC, "198.51.100.0/28"];

const ADDRESSES: readonly Row<string>[] = [
  [/^is not an IPv4 address or CIDR range/, "198.51.100", BOTH],
  [/^opens the relay to the whole internet/, "0.0.0.0/0", BOTH],
  [/^covers .* addresses, but a connector accepts \/24 at the widest/, "198.51.0.0/16", BOTH],
  [/^is where Exchange Online sends the mail of every organisation from[^;]*/, "52.101.2.3", BOTH],
  [/^is a private address, which Exchange never sees/, "10.1.2.3", BOTH],
  [/^is an address of a special-purpose range \(RFC 6890\), [^;]*/, "240.0.0.1", BOTH],
  [
    /^is an IPv6 address, but connectors match IPv4 only/,
    "2001:db8::1",
    [
      /let these servers connect over IPv4 and list that address, e\.g\. "198\.51\.100\.7" or "198\.51\.100\.0\/28"/,
      "198.51.100.7",
    ],
  ],
  [
    /^is not the first address of its \/28 range/,
    "198.51.100.7/28",
    [/write "198\.51\.100\.0\/28" for the range/, "198.51.100.0/28"],
    [/"198\.51\.100\.7" for the one address/, "198.51.100.7"],
  ],
];

const DOMAIN_ALONE = /write the domain alone, e\.g\. "contoso\.com"/;
const DOMAINS: readonly Row<string>[] = [
  [/^is not a domain name/, "https://contoso.com", [DOMAIN_ALONE, "contoso.com"]],
  [
    /^has characters that are not ASCII \(U\+00FC\)/,
    "münchen.de",
    [/write its ASCII form, "xn--mnchen-3ya\.de"/, "xn--mnchen-3ya.de"],
  ],
  [
    /^has the dash \u2011 \(U\+2011\), which only looks like a hyphen/,
    "con\u2011toso.com",
    [/replace it by "-"/, "con-toso.com"],
  ],
];

const SUBJECT =
  /use the subject or alternative name of the certificate that the server presents, e\.g\. "relay\.contoso\.com"/;
const CERTIFICATE_NAMES: readonly Row<string>[] = [
  [
    /^is an IP address, but certificates are matched by name/,
    "198.51.100.7",
    [SUBJECT, "relay.contoso.com"],
  ],
  [/^is not a certificate name/, "relay", [SUBJECT, "relay.contoso.com"]],
  [
    /^is not a certificate name/,
    "subject=CN=relay.contoso.com",
    [/write the name alone: "relay\.contoso\.com"/, "relay.contoso.com"],
  ],
  [
    /^is not a certificate name/,
    "CN=relay.contoso.com, O=Contoso",
    [/write the name alone: "relay\.contoso\.com"/, "relay.contoso.com"],
  ],
  [
    /^has a wildcard, which Exchange takes only as the whole first label \(\*\.contoso\.com\)/,
    "relay*.contoso.com",
    [SUBJECT, "relay.contoso.com"],
  ],
];

const FROM =
  /use an address such as "invoices@contoso\.com", or "\*@contoso\.com" for every address of the domain/;
const FROM_ADDRESSES: readonly Row<string>[] = [
  [/^is not an email address(?=;)/, "invoices", [FROM, "invoices@contoso.com"]],
  [
    /^is not an email address, because its domain is not a domain name/,
    "invoices@contoso",
    [FROM, "*@contoso.com"],
  ],
  [
    /^is not an email address, because its domain is not a domain name/,
    "post@münchen.de",
    [/write the domain in its ASCII form, "post@xn--mnchen-3ya\.de"/, "post@xn--mnchen-3ya.de"],
  ],
];

const LONG = "x".repeat(300);
const UNITS = { enabled: 5, warning: 0, suspended: 0, consumed: 3 };
const SKUS: readonly SubscribedSku[] = [
  {
    skuId: "f30db892-07e9-47e9-837c-80727f46fd3d",
    skuPartNumber: "FLOW_FREE",
    capabilityStatus: "Enabled",
    servicePlans: ["FLOW_P2_VIRAL"],
    units: UNITS,
  },
  {
    units: UNITS,
    skuId: "4b9405b0-7788-4568-add1-99614e613b69",
    skuPartNumber: "EXCHANGESTANDARD",
    capabilityStatus: "Enabled",
    servicePlans: ["EXCHANGE_S_STANDARD"],
  },
];

const ERP: Sender = {
  name: "erp",
  from: ["erp@contoso.com"],
  authentication: ["oauth"],
  egress: [],
  adoptMailbox: false,
  retire: false,
  restrictToDomains: false,
  fence: false,
  requireTls: true,
  credentialGeneration: 1,
};
const RELAY: Sender = {
  ...ERP,
  authentication: ["staticIp"],
  egress: ["198.51.100.7"],
};
const PASSWORD: Sender = { ...ERP, authentication: ["password"], license: "EXCHANGESTANDARD" };
const FEDERATED = {
  issuer: "https://token.actions.githubusercontent.com",
  subject: "repo:contoso/erp:ref:refs/heads/main",
  audience: "api://AzureADTokenExchange",
};
const { license: _, ...UNLICENSED } = PASSWORD;

const SENDERS: readonly Row<Sender>[] = [
  [
    /^has no effect, because a sender that signs in sends from Exchange/,
    { ...ERP, egress: ["198.51.100.7"] },
    [/remove egress/, ERP],
  ],
  [
    /^has no effect, because a sender that signs in has no connector/,
    { ...ERP, adoptConnector: "Old" },
    [/remove it/, ERP],
    [/have the sender use a connector/, { ...RELAY, adoptConnector: "Old" }],
  ],
  [
    /^has no effect, because a sender that signs in may send as its own addresses alone/,
    { ...ERP, restrictToDomains: true },
    [/remove it/, ERP],
  ],
  [
    /^leaves the sender no submission method \(client submission with OAuth: it sends to 20,000, and the limit is 10,000 recipients in 24 hours.*\)/,
    { ...ERP, recipientsPerDay: 20_000 },
    [/split it into several senders with an address each/, { ...ERP, recipientsPerDay: 10_000 }],
    [
      /add certificate to authentication if the sender can do it, and add certificateName/,
      {
        ...{ ...ERP, recipientsPerDay: 20_000, certificateName: "erp.contoso.com" },
        authentication: ["oauth", "certificate"],
      },
    ],
    [
      /add staticIp to authentication if the sender can do it, and add egress/,
      { ...RELAY, recipientsPerDay: 20_000, authentication: ["oauth", "staticIp"] },
    ],
    [
      /set method to azureCommunicationServices/,
      { ...ERP, recipientsPerDay: 20_000, method: "azureCommunicationServices" },
    ],
  ],
  [
    /^lists only password, but license is missing: a user without a licence has no mailbox/,
    UNLICENSED,
    [/add license, e\.g\. "EXCHANGESTANDARD"/, PASSWORD],
    [/a stronger way to authenticate/, ERP],
  ],
  [
    /^is given for a sender that signs in with a password, [^;]*/,
    { ...PASSWORD, adoptMailbox: true },
    [/add oauth to authentication and remove license/, { ...ERP, adoptMailbox: true }],
    [/remove adoptMailbox/, PASSWORD],
  ],
  [
    /^lists two generations, and a user has one password/,
    { ...PASSWORD, credentialGeneration: [2, 1] },
    [/list the newest one alone, \[2\]/, { ...PASSWORD, credentialGeneration: [2] }],
  ],
  [
    /^is given together with adoptMailbox, and the licences of an adopted mailbox stay as they are/,
    { ...ERP, adoptMailbox: true, license: "EXCHANGESTANDARD" },
    [/remove license/, { ...ERP, adoptMailbox: true }],
  ],
  [
    /^is given together with federatedIdentity, which is the safer one/,
    { ...ERP, federatedIdentity: [FEDERATED], signInCertificate: [{ certificate: "PEM" }] },
    [/remove one of the two/, { ...ERP, federatedIdentity: [FEDERATED] }],
  ],
  [
    /^has no effect, because the sender has no secret/,
    { ...ERP, federatedIdentity: [FEDERATED], credentialGeneration: 2 },
    [/remove it/, { ...ERP, federatedIdentity: [FEDERATED] }],
  ],
];

/** What a run needs of EXCHANGESTANDARD or another SKU, and how many licences of it there are. */
interface Licensing extends LicenseNeed, Partial<SubscribedSku["units"]> {
  readonly sku?: string;
}

const TWO_NEEDED: Licensing = {
  ...{ count: 2, enabled: 5, consumed: 4, suspended: 1 },
  instead: "use authentication: [oauth] without license, which needs none",
};
const LICENSINGS: readonly Row<Licensing>[] = [
  [
    /^has only 1 free licence, but 2 are needed \([^)]*\)/,
    TWO_NEEDED,
    [/buy 1 more/, { ...TWO_NEEDED, enabled: 6 }],
    [/renew its subscription/, { ...TWO_NEEDED, enabled: 6, suspended: 0 }],
    [/unassign 1 from other users/, { ...TWO_NEEDED, consumed: 3 }],
    [/choose another SKU: SPB \(2 free\)/, { ...TWO_NEEDED, sku: "SPB" }],
    [
      /use authentication: \[oauth\] without license, which needs none/,
      { ...TWO_NEEDED, count: 0 },
    ],
  ],
  [
    /^has no free licence, but 1 is needed \([^)]*\), and what this run takes from old becomes free at its end/,
    { count: 1, enabled: 5, consumed: 5, leaving: ["old"] },
    [/buy 1 more/, { count: 1, enabled: 6, consumed: 5, leaving: ["old"] }],
    [/unassign 1 from other users/, { count: 1, enabled: 5, consumed: 4, leaving: ["old"] }],
    [/run pulumi up without what is new first/, { count: 1, enabled: 5, consumed: 4 }],
    [/choose another SKU: SPB \(2 free\)/, { count: 1, enabled: 5, consumed: 5, sku: "SPB" }],
  ],
];

const licensing = ({ count, leaving, instead, sku = "EXCHANGESTANDARD", ...units }: Licensing) => {
  const need = { count, ...(leaving && { leaving }), ...(instead !== undefined && { instead }) };
  const own = SKUS[1];
  if (own === undefined) throw new Error("no EXCHANGESTANDARD");
  const subscriptions = [
    { ...own, skuPartNumber: "SPB" },
    { ...own, units: { ...own.units, ...units } },
  ];
  return licenseProblem("license", sku, need, subscriptions);
};

/** Each refusal of a single value of a sender, and of what its objects are named. */
export async function senderFixes(): Promise<Refusal<unknown>[]> {
  type Rule = (key: string, value: string) => Problem | undefined;
  const rows = (what: string, rule: Rule, list: readonly Row<string>[]) =>
    valueFixes(what, (value) => [rule("key", value)], list);
  const rsa = await certificateOf("rsa");
  const license: Rule = (key, sku) => licenseProblem(key, sku, { count: 1 }, SKUS);
  return [
    ...valueFixes("a sender", (sender) => senderProblems("sender", sender), SENDERS),
    ...rows("a sign-in certificate", signInCertificateProblem, [
      [
        /^has a key that Entra does not accept, or that is too weak \([^)]*\)/,
        await certificateOf("ec"),
        [/use a certificate with an RSA key of 2048 bits or more/, rsa],
      ],
    ]),
    ...valueFixes(
      "a certificate's validity",
      (now) => [signInCertificateProblem("key", rsa, now)],
      [
        [
          /^is not valid before \d{4}-\d\d-\d\d, so that Entra refuses what is signed with it/,
          new Date(0),
          [/use a certificate that is valid now/, new Date()],
        ],
        [
          /^expired on \d{4}-\d\d-\d\d, so that Entra refuses what is signed with it/,
          new Date("2100-01-01"),
          [/issue a new certificate, and use that/, new Date()],
          [/where another one is listed, remove this one/, new Date()],
        ],
      ],
    ),
    ...rows("an issuer", issuerProblem, [
      [
        /^does not end with one slash, as the issuer of AKS's tokens does/,
        "https://westeurope.oic.prod-aks.azure.com/tenant/cluster",
        [
          /use "https:\/\/westeurope\.oic\.prod-aks\.azure\.com\/tenant\/cluster\/"/,
          "https://westeurope.oic.prod-aks.azure.com/tenant/cluster/",
        ],
      ],
    ]),
    ...rows("an address", addressProblem, ADDRESSES),
    ...rows("a domain", domainProblem, DOMAINS),
    ...rows("a certificate name", certificateNameProblem, CERTIFICATE_NAMES),
    ...rows("an address in from", fromAddressProblem, FROM_ADDRESSES),
    ...rows("a mailbox", mailboxAddressProblem, [
      [
        /^is not the address of a mailbox/,
        "*@contoso.com",
        [/use the address of one mailbox, such as "erp@contoso\.com"/, "erp@contoso.com"],
      ],
    ]),
    ...rows("a display name", displayNameProblem, [
      [/^is empty/, " ", [/use 1 to 256 characters/, "ERP"]],
      [
        /^has 300 characters, but a display name can have at most 256/,
        LONG,
        [/use 1 to 256 characters/, "ERP"],
      ],
    ]),
    ...valueFixes("a recipient limit", (limit) => [recipientLimitProblem("limit", limit)], [
      [/^is not a valid recipient limit/, 0, [/use a whole number from 1 to 10,000/, 1]],
    ]),
    ...rows("a sender's name", senderNameProblem, [
      [
        /^is not a valid name of a sender/,
        "ERP",
        [
          /use 1 to 30 lower-case letters, digits and hyphens, starting with a letter, e\.g\. "erp"/,
          "erp",
        ],
      ],
    ]),
    ...rows("a connector's name", connectorNameProblem, [
      [/^is empty/, "", [/use 1 to 64 characters/, "Relay"]],
      [
        /^has 300 characters, but a connector's name can have at most 64/,
        LONG,
        [/use 1 to 64 characters/, "Relay"],
      ],
      [/^begins or ends with a space/, "Relay ", [/remove the space/, "Relay"]],
    ]),
    ...rows("an outbound policy's name", outboundPolicyNameProblem, [
      [
        /^has the character %, which an outbound policy's name can't have/,
        "relay%",
        [/use letters, digits, spaces, dots and hyphens/, "relay 1.2-x"],
      ],
    ]),
    ...rows("an object id", directoryIdProblem, [
      [
        /^is not an object id \(a GUID\)/,
        "erp",
        [
          /use the id that Entra shows, e\.g\. "00000002-0000-0ff1-ce00-000000000000"/,
          "00000002-0000-0ff1-ce00-000000000000",
        ],
      ],
    ]),
    ...rows("a trustee", trusteeProblem, [
      [
        /^is neither an address nor an object id \(a GUID\)/,
        "erp",
        [
          /use the address of a mailbox or the object id of an enterprise application/,
          "erp@contoso.com",
        ],
      ],
    ]),
    ...rows("a part number", partNumberProblem, [
      [
        /^is not the part number of a SKU/,
        "Exchange Online (Plan 1)",
        [/use the skuPartNumber that Graph shows, e\.g\. "EXCHANGESTANDARD"/, "EXCHANGESTANDARD"],
      ],
    ]),
    ...valueFixes("the licences of a run", (one) => [licensing(one)], LICENSINGS),
    ...valueFixes(
      "a licence that Graph refuses",
      (left) => (left === undefined ? [] : [noneLeftProblem("license", "EXCHANGESTANDARD", left)]),
      [
        [
          /^has no licence that Graph assigns, though it counts some as free/,
          SKUS as readonly SubscribedSku[] | undefined,
          [/buy 1 more/, undefined],
          [
            /wait some minutes for the counts, if somebody else has just taken the last one; then run pulumi up again/,
            undefined,
          ],
        ],
      ],
    ),
    ...rows("a licence", license, [
      [
        /^is not the part number of a SKU that the tenant has/,
        "EXCHANGEENTERPRISE",
        [
          /choose one with Exchange Online: the tenant has EXCHANGESTANDARD \(2 free\)/,
          "EXCHANGESTANDARD",
        ],
      ],
      [
        /^is the id of SKU EXCHANGESTANDARD, and a licence is named by the part number/,
        "4b9405b0-7788-4568-add1-99614e613b69",
        [/use "EXCHANGESTANDARD"/, "EXCHANGESTANDARD"],
      ],
      [
        /^is a SKU without Exchange Online, so it provides no mailbox/,
        "FLOW_FREE",
        [
          /choose one with Exchange Online: the tenant has EXCHANGESTANDARD \(2 free\)/,
          "EXCHANGESTANDARD",
        ],
      ],
    ]),
    ...valueFixes(
      "credentials after the last up",
      ({ before, now }: Record<"before" | "now", DeclaredCredentials[string]>) =>
        movedCredentialsProblems({ shop: before }, { shop: now }),
      [
        [
          /^has been federated-identity of shop since the last up, and an app in Entra can't have it twice/,
          { before: { "federated-identity": "i s" }, now: { "federated-identity-ci": "i s" } },
          [
            /leave its name as it was/,
            { before: { "federated-identity": "i s" }, now: { "federated-identity": "i s" } },
          ],
          [
            /remove it in one up and add it in the next/,
            { before: {}, now: { "federated-identity-ci": "i s" } },
          ],
        ],
      ],
    ),
    ...valueFixes(
      "direct send",
      ({ senders, isRejected }) => [directSendProblem(senders, isRejected)],
      [
        [
          /^uses direct send, which the tenant refuses with 550 5\.7\.68 \(RejectDirectSend\)/,
          { senders: ["scan"], isRejected: true },
          [
            /give it authentication: \[staticIp\], which makes a connector for the address/,
            { senders: [], isRejected: true },
          ],
          [
            /allow direct send for everybody with Set-OrganizationConfig -RejectDirectSend \$false/,
            { senders: ["scan"], isRejected: false },
          ],
        ],
      ],
    ),
  ];
}
