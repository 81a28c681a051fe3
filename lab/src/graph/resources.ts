import type { GraphDomain, Sku, Tenant } from "../world/world.ts";
import type { Entity } from "./entities.ts";

/** A domain (Graph v1.0 resource type `domain`). */
export function presentDomain(domain: GraphDomain): Entity {
  return {
    authenticationType: "Managed",
    availabilityStatus: null,
    id: domain.id,
    isAdminManaged: true,
    isDefault: domain.isDefault,
    isInitial: domain.isInitial,
    isRoot: true,
    isVerified: domain.isVerified,
    manufacturer: null,
    model: null,
    passwordNotificationWindowInDays: null,
    passwordValidityPeriodInDays: null,
    state: null,
    supportedServices: domain.isVerified ? ["Email", "OfficeCommunicationsOnline"] : [],
  };
}

/** The DNS records that services need for a verified domain (`domainDnsRecord` and its children). */
export function presentServiceRecords(tenant: Tenant, domain: GraphDomain): Entity[] {
  if (!domain.isVerified) return [];
  const mailExchange = domain.isInitial
    ? `${domain.id.split(".")[0]}.mail.protection.outlook.com`
    : tenant.mxHost;
  return [
    record("Mx", domain.id, domain.id, { mailExchange, preference: 0 }),
    record("Txt", domain.id, domain.id, { text: "v=spf1 include:spf.protection.outlook.com -all" }),
    record("CName", domain.id, `autodiscover.${domain.id}`, {
      canonicalName: "autodiscover.outlook.com",
    }),
  ];
}

function record(type: "Mx" | "Txt" | "CName", domain: string, label: string, own: Entity): Entity {
  const typeName = type === "CName" ? "Cname" : type;
  return {
    "@odata.type": `#microsoft.graph.domainDns${typeName}Record`,
    id: `${domain}-${type}-${label}`,
    isOptional: false,
    label,
    recordType: type,
    supportedService: "Email",
    ttl: 3600,
    ...own,
  };
}

/** A subscribed SKU (Graph v1.0 resource type `subscribedSku`). */
export function presentSku(tenant: Tenant, sku: Sku): Entity {
  return {
    accountId: tenant.id,
    accountName: tenant.initialDomain.split(".")[0],
    appliesTo: "User",
    capabilityStatus: "Enabled",
    consumedUnits: sku.consumed,
    id: `${tenant.id}_${sku.skuId}`,
    prepaidUnits: { enabled: sku.enabled, suspended: 0, warning: 0, lockedOut: 0 },
    servicePlans: sku.servicePlans.map((plan) => ({
      ...plan,
      appliesTo: "User",
      provisioningStatus: "Success",
    })),
    skuId: sku.skuId,
    skuPartNumber: sku.skuPartNumber,
    subscriptionIds: [],
  };
}

/** The organisation (Graph v1.0 resource type `organization`). */
export function presentOrganization(tenant: Tenant): Entity {
  return {
    id: tenant.id,
    displayName: tenant.displayName,
    countryLetterCode: tenant.countryLetterCode === undefined ? "NL" : tenant.countryLetterCode,
    defaultUsageLocation: tenant.defaultUsageLocation ?? null,
    tenantType: "AAD",
    verifiedDomains: tenant.domains
      .filter((domain) => domain.isVerified)
      .map((domain) => ({
        capabilities: "Email, OfficeCommunicationsOnline",
        isDefault: domain.isDefault,
        isInitial: domain.isInitial,
        name: domain.id,
        type: "Managed",
      })),
  };
}
