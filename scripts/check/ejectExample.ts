import { readConfig } from "../../config/read.ts";
import type { EjectedRelay, EjectedStack } from "../../mail/eject/relay.ts";

const CONTOSO = {
  "azuread:tenantId": "aaaabbbb-0000-cccc-1111-dddd2222eeee",
  "m365-smtp-relay:domains": [{ name: "contoso.com", dmarc: { adopt: true } }],
  "m365-smtp-relay:senders": [
    {
      name: "scanner",
      from: ["*@contoso.com"],
      authentication: ["staticIp"],
      egress: ["198.51.100.8"],
      fence: true,
    },
    {
      name: "shop",
      from: ["orders@contoso.com", "info@contoso.com"],
      authentication: ["oauth"],
      federatedIdentity: {
        issuer: "https://token.actions.githubusercontent.com",
        subject: "repo:contoso/shop:ref:refs/heads/main",
      },
      recipientsPerDay: 500,
    },
    { name: "crm", from: ["info@contoso.com"], authentication: ["oauth"] },
    {
      name: "printer",
      from: ["printer@contoso.com"],
      authentication: ["password"],
      license: "EXCHANGESTANDARD",
    },
  ],
};

/** What the examples in docs/examples/eject are written from. */
export function ejectExample(): [EjectedRelay, EjectedStack] {
  const raw = Object.entries(CONTOSO).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return [
    readConfig(Object.fromEntries(raw), "prod"),
    { owner: "m365-smtp-relay/prod", name: "prod", relay: "relay" },
  ];
}
