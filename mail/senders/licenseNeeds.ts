// Which licence a sender needs, as data: what Exchange asks for, and what Microsoft's pages ask for beside that.

import type { Sourced } from "./limits.ts";
import { chooseMethod } from "./method.ts";
import type { Sender } from "./sender.ts";

/** What a page says about licences. */
export interface LicenseView extends Sourced {
  /** As a sentence without its full stop. */
  readonly says: string;
}

export interface LicenseRule {
  /** Which licence, for a table: `none`, or `none asked for` where another page asks for one. */
  readonly needs: string;
  /** The same as a clause about the sender. */
  readonly clause: string;
  /** What Exchange asks for. */
  readonly exchange: LicenseView;
  /** What Microsoft's terms, or another page of Microsoft's, ask for, where it is more. */
  readonly contract?: LicenseView;
}

const view = (rest: Omit<LicenseView, "read">): LicenseView => ({ read: "2026-11-29", ...rest });

const SHARED_MAILBOXES =
  "https://learn.microsoft.com/microsoft-365/admin/email/about-shared-mailboxes";
const DEVICES =
  "https://learn.microsoft.com/exchange/mail-flow-best-practices/how-to-set-up-a-multifunction-device-or-application-to-send-email-using-microsoft-365-or-office-365";

/** Of the page on devices and applications, as of 2021; later copies were not there to be read in full. */
const LICENSED_MAILBOX = view({
  says: "Client submission needs a licensed mailbox to send from",
  source: DEVICES,
  unproven: "whether it means a shared mailbox that an application alone sends from",
});

const SHARED = view({
  says: "A shared mailbox needs no licence up to 50 GB; above that, and for an archive or a litigation hold, it needs Exchange Online Plan 2",
  source: SHARED_MAILBOXES,
  unproven:
    "whether every tenant lets an application send from one without a licence: 550 5.2.253 is Exchange's refusal of an invalid licence",
});

export const LICENSE_RULES = {
  sharedMailbox: {
    needs: "none asked for",
    clause: "Exchange asks for no licence",
    exchange: SHARED,
    contract: LICENSED_MAILBOX,
  },
  licensedMailbox: {
    needs: "the one in license",
    clause: "its mailbox gets a licence",
    exchange: SHARED,
  },
  adoptedMailbox: {
    needs: "what its mailbox has",
    clause: "its mailbox keeps the licence that it has, if any",
    exchange: SHARED,
    contract: LICENSED_MAILBOX,
  },
  user: {
    needs: "one with Exchange Online",
    clause: "its user needs a licence",
    exchange: view({
      says: "Client submission needs a licensed mailbox to send from; a user has a mailbox while it has a licence with Exchange Online",
      source: DEVICES,
    }),
  },
  connector: {
    needs: "none asked for",
    clause: "Exchange asks for no licence",
    exchange: view({
      says: "Mail through a connector comes from no mailbox, so none needs a licence; the tenant needs a subscription with Exchange Online",
      source: DEVICES,
    }),
    contract: view({
      says: "Users who send from devices or applications that relay need licences of their own; for those without a mailbox, one for Exchange Online Protection is the cheapest that allows sending",
      source: DEVICES,
      unproven: "what holds for a server or application that sends for no person",
    }),
  },
  directSend: {
    needs: "none",
    clause: "it needs no licence",
    exchange: view({
      says: "Direct send requires no mailbox with a licence",
      source: DEVICES,
    }),
  },
  highVolumeEmail: {
    needs: "none, and a billing policy",
    clause: "it needs a billing policy, and no licence",
    exchange: view({
      says: "High Volume Email is billed for each recipient that mail is delivered to, by the billing policy of the account; since June 2026 it sends nothing without one",
      source: "https://mc.merill.net/message/MC1243552",
      unproven:
        "whether the tenant needs a licence with SharePoint beside it: NoSPOLicenseFound is a state of an account's billing policy",
    }),
  },
  azureCommunicationServices: {
    needs: "none: Azure bills it",
    clause: "Azure bills it, without a licence",
    exchange: view({
      says: "Azure bills Azure Communication Services by messages and their size, to an Azure subscription; Exchange has no part in it",
      source: "https://azure.microsoft.com/pricing/details/communication-services/",
      unproven: "the page itself could not be read",
    }),
  },
} as const satisfies Readonly<Record<string, LicenseRule>>;

export type LicenseRuleId = keyof typeof LICENSE_RULES;

/** What Microsoft's terms ask of every online service. */
export const LICENSE_TERMS = view({
  says: "Each user that accesses an online service needs a licence of its own, or does so from a device that has one, unless the terms of the service say otherwise",
  source: "https://www.microsoft.com/licensing/terms/product/ForOnlineServices/all",
  quotedBy:
    "https://techcommunity.microsoft.com/discussions/microsoft-365/o365-licensing-tcs---sharing-an-account-with-multiple-users/32638/replies/33229",
  unproven:
    "whether an application that sends from a mailbox or through a connector counts as access by the people whose mail it sends; the quotation is of 2016. Ask whoever sold you the licences",
});

/** The licence that a sender needs. */
export interface SenderLicense extends LicenseRule {
  readonly rule: LicenseRuleId;
  /** Part number of the SKU that its stack file names. */
  readonly sku?: string;
}

/** Which licence a sender needs, by the method that was chosen for it. */
export function licenseOf(sender: Sender): SenderLicense {
  const rule = ruleOf(sender);
  const known: LicenseRule = LICENSE_RULES[rule];
  const { license: sku } = sender;
  if (sku === undefined || (rule !== "user" && rule !== "licensedMailbox"))
    return { rule, ...known };
  return { rule, ...known, sku, needs: sku, clause: `${known.clause} ${sku}` };
}

function ruleOf(sender: Sender): LicenseRuleId {
  const { method, by } = chooseMethod(sender);
  switch (method) {
    case "connector":
    case "onPremisesExchange":
      return "connector";
    case "directSend":
    case "highVolumeEmail":
    case "azureCommunicationServices":
      return method;
    default:
      if (by === "password") return "user";
      if (sender.adoptMailbox) return "adoptedMailbox";
      return sender.license === undefined ? "sharedMailbox" : "licensedMailbox";
  }
}
