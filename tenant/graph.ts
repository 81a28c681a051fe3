import { GRAPH_PERMISSIONS } from "../mail/rights/graph.ts";
import { type LicenseUnits, providesMailbox, type SubscribedSku } from "../mail/senders/license.ts";
import type { Connection } from "./connection.ts";
import { graphClient } from "./graphClient.ts";

/** A user's licences, and the country that they are for. */
export interface UserLicenses {
  readonly skuIds: readonly string[];
  /** Those of them that were assigned to the user itself: what a group gives can't be removed from its members. */
  readonly ownSkuIds: readonly string[];
  /** Two letters (ISO 3166-1); undefined when none is set, and no licence can be assigned then. */
  readonly usageLocation: string | undefined;
}

/** A domain of the tenant; verified, it is proved to be its own. */
export interface Domain {
  readonly id: string;
  readonly isVerified: boolean;
}

/** A commercial subscription. */
export interface CompanySubscription {
  readonly skuId: string;
  readonly isTrial: boolean;
  /** When it ends or is renewed, ISO 8601. */
  readonly nextLifecycleDateTime: string | null;
}

/** What a user's licences become. */
export interface LicenseChange {
  /** Ids of SKUs. */
  readonly add?: readonly string[];
  /** Ids of the service plans that the user does not get of what is added. */
  readonly disabledPlans?: readonly string[];
  readonly remove?: readonly string[];
}

/**
 * What this project asks of Microsoft Graph: of the tenant it reads, of a user it writes licences and their country, and the
 * password of one that Exchange has made.
 */
export interface Graph {
  /** All domains of the tenant. */
  domains(): Promise<readonly Domain[]>;
  /** The tenant's verified domains, of which Exchange accepts those with the Email service: lower case, sorted. */
  acceptedDomains(): Promise<readonly string[]>;
  /** The host that Exchange receives a domain's mail on. Microsoft assigns it, so it is read and never computed. */
  mxHost(domain: string): Promise<string>;
  subscriptions(): Promise<readonly SubscribedSku[]>;
  /** What the tenant has bought or tries: a SKU may have several. */
  companySubscriptions(): Promise<readonly CompanySubscription[]>;
  /**
   * Object ids of the enterprise applications that hold an app role of another one, lower case.
   *
   * @param appId client id of the app whose role it is
   * @param role its value, such as `SMTP.SendAsApp`
   */
  holdersOf(appId: string, role: string): Promise<readonly string[]>;
  /** The country that the organisation's users are in, two letters; undefined when it says none. */
  usageLocation(): Promise<string | undefined>;
  /** @returns undefined when Graph shows no such user, which may be a new one */
  user(id: string): Promise<UserLicenses | undefined>;
  /** @returns false when Graph shows no such user; nothing was written then */
  setUsageLocation(id: string, country: string): Promise<boolean>;
  /** @returns false when Graph shows no such user; nothing was written then */
  setPassword(id: string, password: string): Promise<boolean>;
  /** @returns false when Graph shows no such user; nothing was written then */
  changeLicenses(id: string, change: LicenseChange): Promise<boolean>;
}

/**
 * Speaks to a tenant's Microsoft Graph. Busy answers are tried again by the client itself.
 *
 * @throws Error from the returned functions, with Graph's own words and the application permission that is missing
 * @see https://learn.microsoft.com/graph/api/domain-list (Domain.Read.All)
 * @see https://learn.microsoft.com/graph/api/domain-list-serviceconfigurationrecords (Domain.Read.All)
 * @see https://learn.microsoft.com/graph/api/subscribedsku-list (LicenseAssignment.Read.All)
 * @see https://learn.microsoft.com/graph/api/directory-list-subscriptions (Organization.Read.All)
 * @see https://learn.microsoft.com/graph/api/serviceprincipal-list-approleassignedto (Application.Read.All)
 * @see https://learn.microsoft.com/graph/api/organization-list (Organization.Read.All)
 * @see https://learn.microsoft.com/graph/api/user-get, user-update (User.ReadWrite.All)
 * @see https://learn.microsoft.com/graph/api/user-assignlicense (User.ReadWrite.All, or LicenseAssignment.ReadWrite.All)
 * @see https://learn.microsoft.com/graph/api/resources/licenseassignmentstate (assignedByGroup)
 */
export function graph(connection: Connection): Graph {
  const { list, ask } = graphClient(connection);

  const domains = () => list<Domain>("/domains", GRAPH_PERMISSIONS.domains);

  return {
    domains,
    async acceptedDomains() {
      return (await domains())
        .filter(({ isVerified }) => isVerified)
        .map(({ id }) => id.toLowerCase())
        .sort();
    },
    async mxHost(domain) {
      const path = `/domains/${encodeURIComponent(domain)}/serviceConfigurationRecords`;
      const records = await list<ServiceRecord>(path, GRAPH_PERMISSIONS.domains);
      const host = records.find(({ mailExchange }) => mailExchange)?.mailExchange;
      if (host === undefined) {
        throw new Error(
          `Graph lists no MX record for ${domain}: enable the Exchange service for the domain in the Microsoft 365 admin centre first`,
        );
      }
      return host.toLowerCase();
    },
    async subscriptions() {
      const skus = await list<Sku>("/subscribedSkus", GRAPH_PERMISSIONS.subscriptions);
      return skus.map(({ prepaidUnits, consumedUnits, servicePlans, ...sku }) => ({
        skuId: sku.skuId.toLowerCase(),
        skuPartNumber: sku.skuPartNumber,
        capabilityStatus: sku.capabilityStatus,
        servicePlans: servicePlans.map(({ servicePlanName }) => servicePlanName),
        otherPlans: servicePlans
          .filter((plan) => plan.appliesTo === "User" && !providesMailbox(plan.servicePlanName))
          .map(({ servicePlanId }) => servicePlanId),
        units: {
          enabled: prepaidUnits.enabled,
          warning: prepaidUnits.warning,
          suspended: prepaidUnits.suspended,
          consumed: consumedUnits,
        },
      }));
    },
    companySubscriptions: () =>
      list<CompanySubscription>("/directory/subscriptions", GRAPH_PERMISSIONS.organization),
    async holdersOf(appId, role) {
      const permission = GRAPH_PERMISSIONS.readApps;
      const path = `/servicePrincipals?$filter=appId eq '${appId}'`;
      const [principal] = await list<Principal>(path, permission);
      const roleId = principal?.appRoles.find(({ value }) => value === role)?.id;
      if (principal === undefined || roleId === undefined) return [];
      const assignedTo = `/servicePrincipals/${principal.id}/appRoleAssignedTo`;
      const assignments = await list<RoleAssignment>(assignedTo, permission);
      return assignments
        .filter(({ appRoleId }) => appRoleId === roleId)
        .map(({ principalId }) => principalId.toLowerCase());
    },
    async usageLocation() {
      const path = "/organization?$select=countryLetterCode,defaultUsageLocation";
      const [own] = await list<Organization>(path, GRAPH_PERMISSIONS.organization);
      return own?.defaultUsageLocation || own?.countryLetterCode || undefined;
    },
    async user(id) {
      const path = `${pathOf(id)}?$select=assignedLicenses,licenseAssignmentStates,usageLocation`;
      const user = await ask<User>(
        "GET",
        path,
        `${GRAPH_PERMISSIONS.readUsers}, to deploy ${GRAPH_PERMISSIONS.users},`,
      );
      if (user === "not there") return undefined;
      const { assignedLicenses, licenseAssignmentStates = assignedLicenses } = user;
      const own = licenseAssignmentStates.filter(({ assignedByGroup }) => !assignedByGroup);
      return {
        skuIds: assignedLicenses.map(({ skuId }) => skuId.toLowerCase()),
        ownSkuIds: own.map(({ skuId }) => skuId.toLowerCase()),
        usageLocation: user.usageLocation || undefined,
      };
    },
    async setUsageLocation(id, usageLocation) {
      const permission = GRAPH_PERMISSIONS.users;
      return (await ask("PATCH", pathOf(id), permission, { usageLocation })) !== "not there";
    },
    async setPassword(id, password) {
      const body = { passwordProfile: { password, forceChangePasswordNextSignIn: false } };
      return (await ask("PATCH", pathOf(id), GRAPH_PERMISSIONS.passwords, body)) !== "not there";
    },
    async changeLicenses(id, { add = [], disabledPlans = [], remove = [] }) {
      const path = `${pathOf(id)}/assignLicense`;
      const addLicenses = add.map((skuId) => ({ skuId, disabledPlans }));
      const order = { addLicenses, removeLicenses: remove };
      return (await ask("POST", path, GRAPH_PERMISSIONS.users, order)) !== "not there";
    },
  };
}

const pathOf = (user: string): string => `/users/${encodeURIComponent(user)}`;

interface ServiceRecord {
  readonly mailExchange?: string;
}
interface Sku {
  readonly skuId: string;
  readonly skuPartNumber: string;
  readonly capabilityStatus: string;
  readonly servicePlans: readonly {
    readonly servicePlanId: string;
    readonly servicePlanName: string;
    /** `User`, or `Company` of what can't be assigned to one. */
    readonly appliesTo: string;
  }[];
  readonly prepaidUnits: Omit<LicenseUnits, "consumed">;
  readonly consumedUnits: number;
}
interface Principal {
  readonly id: string;
  readonly appRoles: readonly { readonly id: string; readonly value: string | null }[];
}
interface RoleAssignment {
  readonly appRoleId: string;
  readonly principalId: string;
}
interface Organization {
  readonly countryLetterCode: string | null;
  readonly defaultUsageLocation: string | null;
}
interface Assignment {
  readonly skuId: string;
  readonly assignedByGroup?: string | null;
}
interface User {
  readonly assignedLicenses: readonly Assignment[];
  readonly licenseAssignmentStates?: readonly Assignment[];
  readonly usageLocation: string | null;
}
