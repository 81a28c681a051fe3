// What is said of domains, subscriptions, hydration and licences.
import { describe } from "node:test";
import {
  type AcceptedDomain,
  judgeCertificateName,
  judgeDomain,
} from "../../../../mail/doctor/tenant/domains.ts";
import { judgeHydration } from "../../../../mail/doctor/tenant/hydration.ts";
import { judgeLicenses, type LicensedSender } from "../../../../mail/doctor/tenant/licenses.ts";
import { judgeRelaying } from "../../../../mail/doctor/tenant/relaying.ts";
import type { SubscribedSku } from "../../../../mail/senders/license.ts";
import { judged } from "./expectFindings.ts";

describe("accepted domains", () => {
  const entra = [
    { id: "contoso.onmicrosoft.com", isVerified: true },
    { id: "contoso.com", isVerified: true },
    { id: "new.example", isVerified: false },
  ];
  const accepted: AcceptedDomain = {
    name: "contoso.com",
    type: "Authoritative",
    isSendingDisabled: false,
    isPendingRemoval: false,
  };
  const domain =
    (name: string, other: Partial<AcceptedDomain> = {}) =>
    () =>
      judgeDomain(name, entra, [{ ...accepted, ...other }]);
  const connector = (certificateName: string) => () =>
    judgeCertificateName(
      {
        ...{ sender: "billing", domains: ["contoso.com"], restrictToDomains: false },
        ...{ requireTls: true, because: "", match: { by: "certificate", certificateName } },
      },
      ["contoso.com"],
    );
  judged([
    ["an authoritative domain", domain("contoso.com"), ["ok"], /is refused\)/],
    [
      "an internal relay",
      domain("contoso.com", { type: "InternalRelay" }),
      ["ok"],
      /InternalRelay: mail to addresses that the tenant does not have is passed on/,
    ],
    [
      "an external relay",
      domain("contoso.com", { type: "ExternalRelay" }),
      ["warning"],
      /Set-AcceptedDomain -Identity contoso\.com -DomainType Authoritative/,
    ],
    [
      "a domain that may not be sent from",
      domain("contoso.com", { isSendingDisabled: true }),
      ["error"],
      /Set-AcceptedDomain -Identity contoso\.com -SendingFromDomainDisabled \$false/,
    ],
    [
      "a domain that goes",
      domain("contoso.com", { isPendingRemoval: true }),
      ["error"],
      /PendingRemoval/,
    ],
    [
      "a domain that Exchange does not know",
      domain("contoso.com", { name: "other.example" }),
      ["error"],
      /contoso\.com is verified, but is not an accepted domain in Exchange/,
    ],
    [
      "a domain that is not verified",
      domain("new.example"),
      ["error"],
      /new\.example is added to the tenant, but not verified/,
    ],
    [
      "a domain of nobody",
      domain("fabrikam.com"),
      ["error"],
      /fabrikam\.com is not an accepted domain of the tenant \(contoso\.com\)/,
    ],
    ["a certificate for a name in it", connector("relay.contoso.com"), ["ok"], /relay\.contoso/],
    [
      "a certificate for another name",
      connector("relay.fabrikam.com"),
      ["error"],
      /relay\.fabrikam\.com\\" of billing is in none of the tenant's accepted domains/,
    ],
    [
      "a connector by address",
      () =>
        judgeCertificateName(
          {
            ...{ sender: "erp", domains: ["contoso.com"], restrictToDomains: false },
            ...{ requireTls: true, because: "", match: { by: "sourceIp", addresses: [] } },
          },
          [],
        ),
      [],
      /\[\]/,
    ],
  ]);
});

const sku = (more: Partial<SubscribedSku> = {}): SubscribedSku => ({
  skuId: "sku-1",
  skuPartNumber: "EXCHANGESTANDARD",
  capabilityStatus: "Enabled",
  servicePlans: ["EXCHANGE_S_STANDARD"],
  units: { enabled: 10, warning: 0, suspended: 0, consumed: 4 },
  ...more,
});

describe("a tenant that can send", () => {
  const owned = (isTrial: boolean, skuId = "SKU-1") => ({
    ...{ skuId, isTrial, nextLifecycleDateTime: "2026-12-24T00:00:00Z" },
  });
  const relaying =
    (
      skus: readonly SubscribedSku[],
      subscriptions: Parameters<typeof judgeRelaying>[2],
      needed = 100,
    ) =>
    () =>
      judgeRelaying("t", skus, subscriptions, needed);
  judged([
    [
      "a paid subscription",
      relaying([sku()], [owned(false)]),
      ["ok"],
      /\(EXCHANGESTANDARD\) and may send to 12,006 external recipients a day/,
    ],
    [
      "one of which it is not known whether it is a trial",
      relaying([sku()], undefined),
      ["ok"],
      /has Exchange Online \(EXCHANGESTANDARD\)"/,
    ],
    [
      "trials alone",
      relaying([sku()], [owned(true)]),
      ["warning"],
      /only trials of Exchange Online \(EXCHANGESTANDARD, until 2026-12-24\).*5,000 external.*send to 100; .*5\.7\.708/,
    ],
    [
      "a trial that was bought as well",
      relaying([sku()], [owned(true), owned(false)]),
      ["ok"],
      /may/,
    ],
    [
      "a trial beside a paid one",
      relaying(
        [sku(), sku({ skuId: "sku-2", skuPartNumber: "SPB" })],
        [owned(true), owned(false, "sku-2")],
      ),
      ["ok"],
      /EXCHANGESTANDARD, SPB\) and may send to 12,006/,
    ],
    [
      "a little less than 80 % of what the tenant may send",
      relaying([sku()], [owned(false)], 9604),
      ["ok"],
      /12,006/,
    ],
    [
      "80 % of what the tenant may send",
      relaying([sku()], [owned(false)], 9605),
      ["warning"],
      /use 9,605 of 12,006 external recipients in 24 hours \(80 %\), of a tenant with 10 paid licences.*5\.7\.233/,
    ],
    [
      "an E5 developer tenant",
      relaying([sku({ skuPartNumber: "DEVELOPERPACK_E5" })], [owned(false)]),
      ["error"],
      /only a Microsoft 365 E5 Developer subscription/,
    ],
    [
      "a tenant without Exchange Online",
      relaying([sku({ servicePlans: ["TEAMS1"] })], [owned(false)]),
      ["error"],
      /no active subscription with Exchange Online/,
    ],
    [
      "a tenant whose subscription is suspended",
      relaying([sku({ capabilityStatus: "Suspended" })], [owned(false)]),
      ["error"],
      /no active subscription/,
    ],
  ]);
});

describe("an organisation that is customised", () => {
  const NEEDING = ["ManagementScope of sender shop", "OutboundLimit of sender shop"];
  judged([
    ["a customised one", () => judgeHydration(NEEDING, false), ["ok"], /is customised/],
    ["none is needed", () => judgeHydration([], true), ["ok"], /this stack does not need it/],
    [
      "one is needed",
      () => judgeHydration(NEEDING, true),
      ["error"],
      /needed for ManagementScope of sender shop, .*Enable-OrganizationCustomization once/,
    ],
    [
      "only limits need it",
      () => judgeHydration(NEEDING.slice(1), true),
      ["error"],
      /or remove recipientsPerDay/,
    ],
    [
      "only fences need it",
      () => judgeHydration(["TransportRule of sender erp"], true),
      ["error"],
      /or remove fence/,
    ],
    ["nothing is shown", () => judgeHydration(NEEDING, undefined), ["unknown"], /IsDehydrated/],
  ]);
});

describe("licences", () => {
  const printer: LicensedSender = {
    ...{ sender: "printer", address: "printer@contoso.com", license: "ExchangeStandard" },
    isMade: true,
    user: { skuIds: ["sku-1"], usageLocation: "NL" },
  };
  const early = { ...printer, isMade: false, user: undefined };
  const full = sku({ units: { enabled: 4, warning: 0, suspended: 0, consumed: 4 } });
  const without = { ...printer, user: { skuIds: [], usageLocation: undefined } };
  judged([
    ["assigned", () => judgeLicenses([printer], [full]), ["ok"], /users of printer have it/],
    ["free, before an up", () => judgeLicenses([early], [sku()]), ["ok"], /printer can get it/],
    [
      "none free, before an up",
      () => judgeLicenses([early], [full]),
      ["error"],
      /has no free licence, but 1 is needed \(4 of 4 are assigned\)/,
    ],
    [
      "no such SKU",
      () => judgeLicenses([early], [sku({ skuPartNumber: "SPB" })]),
      ["error"],
      /is not the part number of a SKU that the tenant has/,
    ],
    [
      "of a SKU with another name since",
      () => judgeLicenses([printer, early], [sku({ skuPartNumber: "SPB" })]),
      ["warning"],
      /no SKU ExchangeStandard, and the users of printer have SPB.*write license: SPB/i,
    ],
    [
      "a SKU without Exchange",
      () => judgeLicenses([early], [sku({ servicePlans: ["TEAMS1"] })]),
      ["error"],
      /without Exchange Online/,
    ],
    [
      "in its grace period",
      () => judgeLicenses([printer], [sku({ capabilityStatus: "Warning" })]),
      ["warning"],
      /has expired and is in its grace period/,
    ],
    [
      "locked out",
      () => judgeLicenses([printer], [sku({ capabilityStatus: "LockedOut" })]),
      ["error"],
      /was cancelled by Microsoft/,
    ],
    [
      "taken away, with its country",
      () => judgeLicenses([without], [sku()]),
      ["error"],
      /has no licence ExchangeStandard, and no usageLocation.*relay-printer-license/,
    ],
    [
      "of a user who is gone",
      () => judgeLicenses([{ ...printer, user: undefined }], [sku()]),
      ["error"],
      /there is no user printer@contoso\.com/,
    ],
    [
      "of two senders, for whom one is free",
      () =>
        judgeLicenses(
          [early, { ...early, sender: "fax" }],
          [sku({ units: { enabled: 5, warning: 0, suspended: 0, consumed: 4 } })],
        ),
      ["error"],
      /of printer, fax has only 1 free licence, but 2 are needed/,
    ],
  ]);
});
