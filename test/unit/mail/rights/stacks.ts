import { readConfig } from "../../../../config/read.ts";
import type { Relay } from "../../../../mail/rights/kinds.ts";

const LICENSE = { license: "EXCHANGESTANDARD" };
const oauth = (name: string, more: object = {}) => ({
  name,
  from: [`${name}@contoso.com`],
  authentication: ["oauth"],
  ...more,
});

/** A sender of each way to authenticate, small. */
export const SENDERS = {
  connector: {
    name: "erp",
    from: ["*@contoso.com"],
    authentication: ["staticIp"],
    egress: ["8.8.8.8"],
  },
  fenced: {
    ...{ name: "scanner", from: ["*@contoso.com"], authentication: ["staticIp"] },
    ...{ egress: ["8.8.4.4"], fence: true },
  },
  secret: oauth("secret"),
  federated: oauth("federated", {
    federatedIdentity: { issuer: "https://idp.contoso.com", subject: "x" },
  }),
  limited: oauth("limited", { recipientsPerDay: 100 }),
  sendAs: oauth("sendas", { from: ["sendas@contoso.com", "other@contoso.com"] }),
  licensed: oauth("licensed", LICENSE),
  adopting: oauth("desk", { adoptMailbox: true }),
  adoptingApp: oauth("shop", {
    ...{ adoptMailbox: true, adoptApplication: "aaaabbbb-0000-cccc-1111-dddd2222eeee" },
  }),
  password: { ...oauth("printer", LICENSE), authentication: ["password"] },
  highVolume: { ...oauth("news"), authentication: ["password"], external: 0 },
} as const;

/** Each kind of stack, with what it has beside the domain contoso.com. */
export const STACKS: Readonly<Record<string, { senders: readonly object[]; more?: object }>> = {
  "connectors only": { senders: [SENDERS.connector] },
  "a connector with a fence": { senders: [SENDERS.fenced] },
  "external DNS": {
    senders: [SENDERS.connector],
    more: { "m365-smtp-relay:domains": [{ name: "contoso.com", dns: { host: "external" } }] },
  },
  "oauth, rbac": { senders: [SENDERS.secret, SENDERS.federated] },
  "oauth, classic": {
    senders: [SENDERS.secret],
    more: { "m365-smtp-relay:applicationAccess": "classic" },
  },
  "oauth with a licence": { senders: [SENDERS.licensed] },
  "oauth with limit and further addresses": { senders: [SENDERS.limited, SENDERS.sendAs] },
  "adopted mailbox": { senders: [SENDERS.adopting] },
  "adopted app": { senders: [SENDERS.adoptingApp] },
  "unmanaged DKIM": {
    senders: [SENDERS.connector],
    more: { "m365-smtp-relay:domains": [{ name: "contoso.com", unmanaged: ["dkim"] }] },
  },
  password: { senders: [SENDERS.password] },
  "High Volume Email": { senders: [SENDERS.highVolume] },
};

/** The configuration of a stack, as its stack file would be read. */
export function configOf(senders: readonly object[], more: object = {}) {
  const config = {
    "azuread:tenantId": "aaaabbbb-0000-cccc-1111-dddd2222eeee",
    "m365-smtp-relay:domains": [{ name: "contoso.com" }],
    "m365-smtp-relay:senders": senders,
    ...more,
  };
  const raw = Object.entries(config).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return readConfig(Object.fromEntries(raw), "test") satisfies Relay;
}
