import { makeRandom, type Random } from "../random.ts";
import { drawRepository } from "./github.ts";
import { drawBillingPolicies } from "./highVolume.ts";
import { noMailFlow } from "./mailFlow.ts";
import {
  ADMINISTRATORS,
  assignRole,
  drawAdministrator,
  drawDirectory,
  drawUser,
} from "./makeDirectory.ts";
import { defaultOutboundPolicy, drawMailbox } from "./makeRecipients.ts";
import { noPolicies } from "./policies.ts";
import { drawReceivers } from "./receivers.ts";
import { CREATED } from "./recipients.ts";
import { drawRoleGroups } from "./roleGroups.ts";
import { drawSettings } from "./settings.ts";
import type {
  AcceptedDomain,
  Addresses,
  DkimConfig,
  DkimSelector,
  GraphDomain,
  Pools,
  ReaderApp,
  Sku,
  Tenant,
  World,
} from "./world.ts";
import { drawZones } from "./zones.ts";

/** Template id of the Exchange Administrator directory role. */
export const EXCHANGE_ADMINISTRATOR = "29232cdf-9323-42fd-ade2-1d097af3e4de";

const COMPANIES = ["northwind", "fabrikam", "tailspin", "adatum", "litware", "proseware"] as const;
const OUTSIDERS = ["woodgrove", "lucerne", "margies", "trey", "wingtip", "alpine"] as const;
/** Who works there. */
export const PEOPLE = ["postmaster", "anna"] as const;
/** The apps that only run previews. */
export const READERS = ["global-reader", "role-group"] as const;
const REGIONS = ["NAM", "EUR", "APC", "CAN"] as const;

/**
 * Draws a world. Pure: the same seed gives the same world, and it holds no secret.
 *
 * Domains stand under the reserved TLD `.example` (RFC 2606), addresses in the documentation
 * ranges (RFC 5737), Exchange's own address in 40.107.0.0/16.
 */
export function makeWorld(seed: string): World {
  const random = makeRandom(seed);
  const tenant = drawTenant(random);
  const readers = drawReaders(makeRandom(`${seed}/readers`));
  const outsideDomain = `${random.pick(OUTSIDERS)}-${suffix(random)}.example`;
  const world: Omit<World, "cloudflare" | "otherZones"> = {
    seed,
    clockOffset: 0,
    drawn: 0,
    tenant,
    deployer: {
      clientId: random.guid(),
      servicePrincipalId: random.guid(),
      displayName: "mail relay deployment",
      appRoles: {
        exchange: ["Exchange.ManageAsApp"],
        graph: [
          "Domain.Read.All",
          "Organization.Read.All",
          "LicenseAssignment.Read.All",
          "Application.ReadWrite.All",
          "AppRoleAssignment.ReadWrite.All",
          "User.ReadWrite.All",
          "User-PasswordProfile.ReadWrite.All",
          "User.RevokeSessions.All",
          "LicenseAssignment.ReadWrite.All",
        ],
      },
      directoryRoles: [EXCHANGE_ADMINISTRATOR],
      certificates: [],
      federatedCredentials: [],
    },
    people: {
      administrator: `${ADMINISTRATORS[0].name}@${tenant.initialDomain}`,
      exchangeAdministrator: `${ADMINISTRATORS[1].name}@${tenant.initialDomain}`,
      user: `${PEOPLE[1]}@${tenant.domain}`,
    },
    readers,
    ...drawRoleGroups(
      makeRandom(`${seed}/role groups`),
      readers
        .filter(({ directoryRoles }) => directoryRoles.length === 0)
        .map(({ servicePrincipalId }) => servicePrincipalId),
    ),
    github: drawRepository(seed, tenant.domain),
    settings: drawSettings(random, seed),
    addresses: drawAddresses(random),
    pools: drawPools(makeRandom(`${seed}/pools`)),
    connectors: [],
    dkimConfigs: [drawInitialDkim(makeRandom(`${seed}/dkim`), tenant.initialDomain)],
    staleReads: [],
    directory: {
      ...drawDirectory(makeRandom(`${seed}/directory`)),
      users: [
        ...PEOPLE.map((name) => drawUser(seed, name, tenant)),
        ...ADMINISTRATORS.map((one) => drawAdministrator(seed, one, tenant)),
      ],
      roleAssignments: ADMINISTRATORS.map((one) => assignRole(seed, one)),
    },
    deletedItems: { applications: [], servicePrincipals: [], users: [], mailboxes: [] },
    organization: {
      smtpClientAuthenticationDisabled: true,
      defaultAuthenticationPolicy: null,
      isDehydrated: false,
      securityDefaults: false,
    },
    mailboxes: PEOPLE.map((name) => drawMailbox(seed, name, tenant)),
    hveAccounts: [],
    billingPolicies: drawBillingPolicies(seed),
    exchangeServicePrincipals: [],
    managementScopes: [],
    roleAssignments: [],
    mailboxPermissions: [],
    recipientPermissions: [],
    authenticationPolicies: [],
    policies: noPolicies(),
    outboundPolicies: [defaultOutboundPolicy(makeRandom(`${seed}/outbound`))],
    mailFlow: noMailFlow(),
    audit: { enabled: true, records: [], sessions: {} },
    signIns: [],
    messageTrace: { messages: [], queries: { cmdlets: [], graph: [] } },
    submission: { sent: [], errors: [], restricted: [] },
    outside: {
      domain: outsideDomain,
      mxHost: `mx1.${outsideDomain}`,
      mailboxes: [`postmaster@${outsideDomain}`, `bea@${outsideDomain}`, `carl@${outsideDomain}`],
      messages: [],
    },
    receivers: drawReceivers(seed),
    queue: [],
    faults: [],
  };
  return { ...world, ...drawZones(makeRandom(`${seed}/cloudflare`), world) };
}

/** Template id of the Global Reader directory role. */
const GLOBAL_READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451";

/** The apps that only run previews: one with a directory role, one in a role group. */
function drawReaders(random: Random): ReaderApp[] {
  const reader = (name: (typeof READERS)[number], directoryRoles: string[]): ReaderApp => ({
    name,
    clientId: random.guid(),
    servicePrincipalId: random.guid(),
    displayName: `mail relay preview (${name})`,
    appRoles: {
      exchange: ["Exchange.ManageAsApp"],
      graph: ["Domain.Read.All", "Organization.Read.All", "Application.Read.All", "User.Read.All"],
    },
    directoryRoles,
  });
  return [reader("global-reader", [GLOBAL_READER]), reader("role-group", [])];
}

/** A letter and a digit, such as `k7`. */
function suffix(random: Random): string {
  return `${random.pick([..."bcdfghjkmpqrtvwx"])}${random.integer(2, 9)}`;
}

function drawTenant(random: Random): Tenant {
  const company = random.pick(COMPANIES);
  const mark = suffix(random);
  const domain = `${company}-${mark}.example`;
  const initialDomain = `${company}${mark}.onmicrosoft.com`;
  const dashed = domain.replaceAll(".", "-");
  const region = random.pick(REGIONS);
  const forest = `${region}PR0${random.integer(1, 9)}A00${random.integer(1, 9)}`;
  const site = `${random.pick(["DM6", "SJ5", "AM0", "YT1"])}PEPF${hexUpper(random, 8)}`;
  return {
    id: random.guid(),
    displayName: `${company[0]?.toUpperCase()}${company.slice(1)}`,
    initialDomain,
    domain,
    domains: drawGraphDomains(initialDomain, domain, `new-${company}-${mark}.example`),
    acceptedDomains: drawAcceptedDomains(random, initialDomain, domain),
    skus: [drawSku(random), drawExchangeSku(makeRandom(`${domain}/EXCHANGESTANDARD`))],
    mxHost: random.pick([
      `${dashed}.mail.protection.outlook.com`,
      `${dashed}.${random.pick([..."nrqay"])}-v1.mx.microsoft`,
    ]),
    servers: {
      frontEnd: `${site}.mail.protection.outlook.com`,
      mailbox: `${random.pick(["DS0", "AS8", "YQB"])}PR10MB${random.integer(1000, 9999)}.${region.toLowerCase()}prd10.prod.outlook.com`,
      outbound: `${region}12-${random.pick(["DM6", "BN8", "MW2"])}-obe.outbound.protection.outlook.com`,
      directory: `${forest.replace(/A00/, "A01DC00")}.${forest}.PROD.OUTLOOK.COM`,
    },
    forest: `${forest}.PROD.OUTLOOK.COM`,
  };
}

function hexUpper(random: Random, length: number): string {
  return random.hex(length).toUpperCase();
}

function drawGraphDomains(initial: string, custom: string, unverified: string): GraphDomain[] {
  return [
    { id: initial, isInitial: true, isDefault: false, isVerified: true },
    { id: custom, isInitial: false, isDefault: true, isVerified: true },
    { id: unverified, isInitial: false, isDefault: false, isVerified: false },
  ];
}

function drawAcceptedDomains(random: Random, initial: string, custom: string): AcceptedDomain[] {
  const [company = ""] = custom.split(/[-.]/);
  const isRenamed = makeRandom(`${custom}/name of the accepted domain`).pick([true, false]);
  return [
    { guid: random.guid(), name: initial, isDefault: false, isInitial: true },
    {
      guid: random.guid(),
      name: custom,
      ...(isRenamed && { objectName: `${company} main` }),
      isDefault: true,
      isInitial: false,
    },
  ];
}

/** The two SKUs' ids and plans as Microsoft's "Product names and service plan identifiers" has them. */
const SKUS = [
  {
    skuId: "cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46",
    skuPartNumber: "SPB",
  },
  {
    skuId: "f245ecc8-75af-4f8e-b61f-27d8114de5f3",
    skuPartNumber: "O365_BUSINESS_PREMIUM",
  },
] as const;

function drawSku(random: Random): Sku {
  const enabled = random.integer(5, 60);
  return {
    ...random.pick(SKUS),
    enabled,
    consumed: random.integer(PEOPLE.length, enabled - 1),
    servicePlans: [
      {
        servicePlanId: "9aaf7827-d63c-4b61-89c3-182f06f82e5c",
        servicePlanName: "EXCHANGE_S_STANDARD",
      },
      { servicePlanId: "57ff2da0-773e-42df-b2af-ffb7a2317929", servicePlanName: "TEAMS1" },
      {
        servicePlanId: "c7699d2e-19aa-44de-8edf-1736da088ca1",
        servicePlanName: "SHAREPOINTSTANDARD",
      },
    ],
  };
}

/** Exchange Online Plan 1, for the devices that sign in with a password. */
function drawExchangeSku(random: Random): Sku {
  return {
    skuId: "4b9405b0-7788-4568-add1-99614e613b69",
    skuPartNumber: "EXCHANGESTANDARD",
    enabled: random.integer(3, 5),
    consumed: 0,
    servicePlans: [
      {
        servicePlanId: "9aaf7827-d63c-4b61-89c3-182f06f82e5c",
        servicePlanName: "EXCHANGE_S_STANDARD",
      },
    ],
  };
}

/** What every tenant has from its beginning: the initial domain signs mail that no other domain signs. */
function drawInitialDkim(random: Random, domain: string): DkimConfig {
  const created = CREATED;
  const selector = (name: string): DkimSelector => ({
    cname: `${name}-${domain.replaceAll(".", "-")}._domainkey.${domain}`,
    keySize: 2048,
    keyId: random.guid(),
    publicKey: "",
  });
  return {
    guid: random.guid(),
    domain,
    adminDisplayName: "",
    enabled: true,
    headerCanonicalization: "Relaxed",
    bodyCanonicalization: "Relaxed",
    keysAt: created,
    selectors: [selector("selector1"), selector("selector2")],
    rotation: { on: created, before: 1, after: 0 },
    cnamesSeenAt: null,
    lastChecked: created,
    keyCreationTime: created,
  };
}

/**
 * The relay pool's range is Microsoft's (MC266466); of the high-risk pool none is published. Its address is drawn from one that
 * the SPF record has (assumed).
 */
function drawPools(random: Random): Pools {
  const bytes = () => `${random.integer(1, 250)}.${random.integer(1, 250)}`;
  return { relay: `40.95.${bytes()}`, highRisk: `52.100.${bytes()}` };
}

/** Different ranges for different owners, so that no two addresses or loopback aliases collide. */
function drawAddresses(random: Random): Addresses {
  const first = random.integer(1, 120);
  return {
    customer: [`198.51.100.${first}`, `198.51.100.${first + random.integer(1, 120)}`],
    stranger: `203.0.113.${random.integer(1, 250)}`,
    exchangeOutbound: `40.107.${random.integer(1, 250)}.${random.integer(1, 250)}`,
    outsideMx: `192.0.2.${random.integer(1, 250)}`,
  };
}
