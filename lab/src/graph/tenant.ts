import type {
  CompanySubscription,
  Domain,
  DomainDnsRecord,
  Organization,
  SubscribedSku,
} from "@microsoft/microsoft-graph-types";
import type { Hono } from "hono";
import { makeRandom } from "../random.ts";
import { CREATED } from "../world/recipients.ts";
import type { GraphDomain, Sku, Tenant } from "../world/world.ts";
import { answerList, answerOne, type Entity } from "./answers.ts";
import type { Call, Guard } from "./guard.ts";
import { graphTime } from "./time.ts";

/** Permissions of which any one opens a route (its page on Learn, without those for devices and users). */
const READ_DNS_RECORDS = ["Domain.Read.All", "Domain.ReadWrite.All"];
const READ_DOMAINS = [...READ_DNS_RECORDS, "Directory.Read.All"];
const READ_ORGANIZATION = [
  ...["Organization.Read.All", "Organization.ReadWrite.All"],
  ...["Directory.Read.All", "Directory.ReadWrite.All"],
];
const READ_SKUS = ["LicenseAssignment.Read.All", ...READ_ORGANIZATION];

const DOMAINS = { segment: "domains", type: "domain" };

/** Adds the tenant: its domains with their records, subscribed SKUs, the organisation. */
export function addTenantRoutes(app: Hono, guard: Guard): void {
  const domains = { roles: READ_DOMAINS, options: ["$select", "$top", "$skiptoken"] };
  app.get("/v1.0/domains", (c) =>
    guard(c, domains, (call) =>
      answerList(call, DOMAINS, call.context.world.tenant.domains.map(domainEntity)),
    ),
  );
  app.get("/v1.0/domains/:id", (c) =>
    guard(c, { roles: READ_DOMAINS, options: ["$select"] }, (call) =>
      answerOne(call, DOMAINS, domainEntity(findDomain(call))),
    ),
  );
  app.get("/v1.0/domains/:id/serviceConfigurationRecords", (c) =>
    guard(c, { roles: READ_DNS_RECORDS }, (call) => {
      const domain = findDomain(call);
      const segment = `domains('${domain.id}')/serviceConfigurationRecords`;
      const records = serviceRecords(call.context.world.tenant, domain);
      return answerList(call, { segment, type: "domainDnsRecord" }, records);
    }),
  );
  app.get("/v1.0/subscribedSkus", (c) =>
    guard(c, { roles: READ_SKUS, options: ["$select"] }, (call) => {
      const { tenant } = call.context.world;
      const skus = tenant.skus.map((sku) => skuEntity(tenant, sku));
      return answerList(call, { segment: "subscribedSkus", type: "subscribedSku" }, skus);
    }),
  );
  app.get("/v1.0/directory/subscriptions", (c) =>
    guard(c, { roles: READ_ORGANIZATION, options: ["$select"] }, (call) => {
      const { skus } = call.context.world.tenant;
      const kind = { segment: "directory/subscriptions", type: "companySubscription" };
      return answerList(
        call,
        kind,
        skus.map((sku) => subscriptionEntity(call, sku)),
      );
    }),
  );
  app.get("/v1.0/organization", (c) =>
    guard(c, { roles: READ_ORGANIZATION, options: ["$select"] }, (call) => {
      const organization = organizationEntity(call.context.world.tenant);
      return answerList(call, { segment: "organization", type: "organization" }, [organization]);
    }),
  );
}

function findDomain({ c, context, refusal }: Call): GraphDomain {
  const id = c.req.param("id") ?? "";
  const domain = context.world.tenant.domains.find((one) => one.id === id.toLowerCase());
  if (domain === undefined) throw refusal("graph.not-found", { id });
  return domain;
}

const domainEntity = ({ id, isDefault, isInitial, isVerified }: GraphDomain) =>
  ({
    authenticationType: "Managed",
    availabilityStatus: null,
    id,
    isAdminManaged: true,
    isDefault,
    isInitial,
    isRoot: true,
    isVerified,
    manufacturer: null,
    model: null,
    passwordNotificationWindowInDays: null,
    passwordValidityPeriodInDays: null,
    state: null,
    supportedServices: isVerified ? ["Email", "OfficeCommunicationsOnline"] : [],
  }) satisfies Domain;

/** The DNS records that Microsoft's services need for a verified domain. */
function serviceRecords(tenant: Tenant, { id, isInitial, isVerified }: GraphDomain): Entity[] {
  if (!isVerified) return [];
  const mailExchange = isInitial
    ? `${id.split(".")[0]}.mail.protection.outlook.com`
    : tenant.mxHost;
  return [
    record("Mx", id, id, { mailExchange, preference: 0 }),
    record("Txt", id, id, { text: "v=spf1 include:spf.protection.outlook.com -all" }),
    record("CName", id, `autodiscover.${id}`, { canonicalName: "autodiscover.outlook.com" }),
  ];
}

function record(type: "Mx" | "Txt" | "CName", domain: string, label: string, own: Entity): Entity {
  const common: DomainDnsRecord = {
    id: `${domain}-${type}-${label}`,
    isOptional: false,
    label,
    recordType: type,
    supportedService: "Email",
    ttl: 3600,
  };
  const typeName = type === "CName" ? "Cname" : type;
  return { "@odata.type": `#microsoft.graph.domainDns${typeName}Record`, ...common, ...own };
}

const skuEntity = (tenant: Tenant, sku: Sku) =>
  ({
    accountId: tenant.id,
    accountName: tenant.initialDomain.split(".")[0] ?? null,
    appliesTo: "User",
    capabilityStatus: capabilityOf(sku),
    consumedUnits: sku.consumed,
    id: `${tenant.id}_${sku.skuId}`,
    prepaidUnits: {
      enabled: sku.enabled,
      suspended: sku.suspended ?? 0,
      warning: sku.warning ?? 0,
      lockedOut: sku.lockedOut ?? 0,
    },
    servicePlans: sku.servicePlans.map((plan) => ({
      ...plan,
      appliesTo: "User",
      provisioningStatus: "Success",
    })),
    skuId: sku.skuId,
    skuPartNumber: sku.skuPartNumber,
    subscriptionIds: [],
  }) satisfies SubscribedSku;

/** "Enabled" needs one unit that is enabled (subscribedSku resource type). */
function capabilityOf({ enabled, warning = 0, suspended = 0, lockedOut = 0 }: Sku) {
  if (enabled > 0 || warning + suspended + lockedOut === 0) return "Enabled";
  if (warning + suspended === 0) return "LockedOut";
  return warning > 0 ? "Warning" : "Suspended";
}

/** The one subscription of a SKU. Assumed: that it lasts until the next anniversary of the tenant. */
function subscriptionEntity({ context }: Call, sku: Sku) {
  const { world, clock } = context;
  const { enabled, warning = 0, suspended = 0, lockedOut = 0 } = sku;
  const random = makeRandom(`${world.seed}/subscription/${sku.skuId}`);
  const ends = new Date(CREATED);
  while (ends <= clock.now()) ends.setUTCFullYear(ends.getUTCFullYear() + 1);
  return {
    id: random.guid(),
    commerceSubscriptionId: random.guid(),
    createdDateTime: graphTime(new Date(CREATED)),
    isTrial: sku.isTrial ?? false,
    nextLifecycleDateTime: graphTime(ends),
    ownerId: null,
    ownerTenantId: null,
    ownerType: null,
    serviceStatus: skuEntity(world.tenant, sku).servicePlans,
    skuId: sku.skuId,
    skuPartNumber: sku.skuPartNumber,
    status: capabilityOf(sku),
    totalLicenses: enabled + warning + suspended + lockedOut,
  } satisfies CompanySubscription;
}

const organizationEntity = (tenant: Tenant) =>
  ({
    id: tenant.id,
    displayName: tenant.displayName,
    countryLetterCode: tenant.countryLetterCode === undefined ? "NL" : tenant.countryLetterCode,
    defaultUsageLocation: tenant.defaultUsageLocation ?? null,
    tenantType: "AAD",
    verifiedDomains: tenant.domains
      .filter(({ isVerified }) => isVerified)
      .map(({ id, isDefault, isInitial }) => ({
        capabilities: "Email, OfficeCommunicationsOnline",
        isDefault,
        isInitial,
        name: id,
        type: "Managed",
      })),
  }) satisfies Organization;
