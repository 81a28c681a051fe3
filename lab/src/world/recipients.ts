import type { StoredMessage } from "./mail.ts";
import { type DistributionGroup, findGroup, type MailFlow } from "./mailFlow.ts";

/** What mail can be addressed to, and who it is in Entra. */
export interface Recipient {
  /** Its primary SMTP address, lower case. */
  address: string;
  guid: string;
  /** Object id of its account in Entra. */
  externalDirectoryObjectId: string;
  name: string;
  alias: string;
  displayName: string;
  /** `SMTP:` the primary, `smtp:` the others. */
  emailAddresses: string[];
  recipientTypeDetails: "UserMailbox" | "SharedMailbox" | "MailUser";
  accountDisabled: boolean;
  hiddenFromAddressListsEnabled: boolean;
  /** Name of the authentication policy of its user; null for the organisation's default. */
  authenticationPolicy: string | null;
  /** CustomAttribute1 to 15 that are set, by number. */
  customAttributes: Record<string, string>;
  whenCreated: string;
  whenChanged: string;
}

/** A mailbox in Exchange. */
export interface Mailbox extends Recipient {
  recipientTypeDetails: "UserMailbox" | "SharedMailbox";
  messageCopyForSMTPClientSubmissionEnabled: boolean;
  retentionPolicy: string;
  /** The account's user principal name, once Set-Mailbox has set it. */
  userPrincipalName?: string;
  clientAccess: ClientAccess;
  /** What arrived, and where it was put. */
  messages: StoredMessage[];
  /** Bytes of what it holds beside these. @default none */
  olderBytes?: number;
  /** Bytes of the largest message that it sends (MaxSendSize). @default 35 MB */
  maxSendSize?: number;
  /** Bytes of the largest message that it receives (MaxReceiveSize). @default 36 MB */
  maxReceiveSize?: number;
  /** Where its mail is forwarded to. @default nowhere */
  forwardingSmtpAddress?: string;
  /** Copies of what was submitted as this mailbox. */
  sentItems: Omit<StoredMessage, "folder">[];
}

/** What Set-CASMailbox sets. */
export interface ClientAccess {
  activeSyncEnabled: boolean;
  ewsEnabled: boolean;
  imapEnabled: boolean;
  macOutlookEnabled: boolean;
  mapiEnabled: boolean;
  oneWinNativeOutlookEnabled: boolean;
  outlookMobileEnabled: boolean;
  owaEnabled: boolean;
  owaForDevicesEnabled: boolean;
  popEnabled: boolean;
  universalOutlookEnabled: boolean;
  /** null: as the organisation has it. */
  smtpClientAuthenticationDisabled: boolean | null;
  /** Virtual time at which port 587 goes by the value above, ISO 8601, and what it goes by until then. */
  smtpClientAuthentication: { from: string; before: boolean | null };
}

/** What Exchange keeps of an enterprise application. */
export interface ExchangeServicePrincipal {
  guid: string;
  displayName: string;
  appId: string;
  /** As it was given; Exchange does not look whether it is the enterprise application's. */
  objectId: string;
  whenCreated: string;
  /** Virtual time from which sign-ins are judged by it, ISO 8601. */
  effectiveAt: string;
}

/** A set of recipients by a filter. */
export interface ManagementScope {
  guid: string;
  name: string;
  /** OPATH as Exchange rewrites it. */
  recipientFilter: string;
  /** After a change: the filter that sign-ins go by until then (ISO 8601, virtual time). */
  earlier?: { recipientFilter: string; until: string };
  exclusive: boolean;
  whenCreated: string;
  whenChanged: string;
}

/** A role that a service principal holds over a scope, or a role group. */
export interface RoleAssignment {
  guid: string;
  name: string;
  role: string;
  /** GUID of the service principal in Exchange; empty for a role group's. */
  servicePrincipal: string;
  /** Name of the role group. @default it is a service principal's */
  roleGroup?: string;
  /** Whether its members may give the role to others, and do not have it. @default they have it */
  delegating?: true;
  /** Name of a management scope; null for the whole organisation. */
  customResourceScope: string | null;
  /** After a change: the scope that sign-ins go by until then (ISO 8601, virtual time). */
  earlier?: { customResourceScope: string | null; until: string };
  enabled: boolean;
  whenCreated: string;
  whenChanged: string;
  /** Virtual time from which it counts at sign-ins, ISO 8601. */
  effectiveAt: string;
}

/** What somebody else may do with a mailbox. */
export interface MailboxPermission {
  /** Address of the mailbox. */
  mailbox: string;
  /** GUID of a service principal in Exchange, or address of a mailbox. */
  user: string;
  accessRights: string[];
  /** Virtual time from which it counts, ISO 8601. */
  effectiveAt: string;
}

/** Who may send as a mailbox. */
export interface RecipientPermission {
  mailbox: string;
  /** GUID of a service principal in Exchange, or address of a mailbox. */
  trustee: string;
  effectiveAt: string;
}

/** Which legacy protocols a user may sign in to with a password. */
export interface AuthenticationPolicy {
  guid: string;
  name: string;
  allowBasicAuthSmtp: boolean;
  whenCreated: string;
  whenChanged: string;
}

/** Whom an outbound policy is for. */
export interface OutboundRule {
  guid: string;
  name: string;
  priority: number;
  enabled: boolean;
  /** Addresses of mailboxes. */
  from: string[];
  /** Absent of one that every server knows. */
  whenCreated?: string;
}

/** Limits on what mailboxes send, and who they are for. */
export interface OutboundPolicy {
  guid: string;
  name: string;
  adminDisplayName: string;
  recipientLimitExternalPerHour: number;
  recipientLimitInternalPerHour: number;
  recipientLimitPerDay: number;
  actionWhenThresholdReached: "Alert" | "BlockUser" | "BlockUserForToday";
  autoForwardingMode: "Automatic" | "Off" | "On";
  /** The rule that applies it; null when there is none. */
  rule: OutboundRule | null;
  isDefault: boolean;
  whenCreated: string;
  whenChanged: string;
}

/** Switches of the whole organisation. */
export interface Organization {
  /** Set-TransportConfig. */
  smtpClientAuthenticationDisabled: boolean;
  /** Name; null for none. */
  defaultAuthenticationPolicy: string | null;
  /** Whether it was never customised: no roles, policies or scopes can be made (`Enable-OrganizationCustomization`). */
  isDehydrated: boolean;
  /** Virtual time from which they can be made, although `isDehydrated` is false before, ISO 8601. */
  customisableAt?: string;
  /** Who gets journal reports that can't be delivered. @default nobody */
  journalingReportNdrTo?: string;
  /** Whether Entra's security defaults are on, which lock basic authentication. */
  securityDefaults: boolean;
}

/**
 * The nouns whose servers may know a new object later than others: a recipient is seen by one cmdlet and not yet by
 * another (CIPP waits after New-Mailbox for that reason). Assumed: for how long, and that each noun has a time of its own.
 */
export const REPLICATING_NOUNS = [
  ...["Recipient", "Mailbox", "CASMailbox", "User", "MailboxPermission", "RecipientPermission"],
  ...["ServicePrincipal", "ServicePrincipalAuthorization", "ManagementRoleAssignment"],
  ...["AuthenticationPolicy", "HostedOutboundSpamFilterPolicy", "HostedOutboundSpamFilterRule"],
] as const;

/** When the tenant began, and with it what was there before the relay. */
export const CREATED = "2023-04-03T08:12:45.000Z";

type MailboxNames = Pick<
  Mailbox,
  | "address"
  | "guid"
  | "externalDirectoryObjectId"
  | "name"
  | "alias"
  | "displayName"
  | "emailAddresses"
  | "recipientTypeDetails"
>;

/** A mailbox with these names as Exchange creates it, at a time (ISO 8601); it is empty. */
export function newMailbox(names: MailboxNames, at: string): Mailbox {
  return {
    ...names,
    accountDisabled: false,
    hiddenFromAddressListsEnabled: false,
    messageCopyForSMTPClientSubmissionEnabled: true,
    retentionPolicy: "Default MRM Policy",
    authenticationPolicy: null,
    customAttributes: {},
    clientAccess: {
      activeSyncEnabled: true,
      ewsEnabled: true,
      imapEnabled: true,
      macOutlookEnabled: true,
      mapiEnabled: true,
      oneWinNativeOutlookEnabled: true,
      outlookMobileEnabled: true,
      owaEnabled: true,
      owaForDevicesEnabled: true,
      popEnabled: true,
      universalOutlookEnabled: true,
      smtpClientAuthenticationDisabled: null,
      smtpClientAuthentication: { from: at, before: null },
    },
    whenCreated: at,
    whenChanged: at,
    messages: [],
    sentItems: [],
  };
}

/** The mailbox with this address among its own, in any letter case. */
export function findMailbox(
  { mailboxes }: { mailboxes: Mailbox[] },
  address: string,
): Mailbox | undefined {
  const proxy = `smtp:${address.toLowerCase()}`;
  return mailboxes.find(({ emailAddresses }) =>
    emailAddresses.some((one) => one.toLowerCase() === proxy),
  );
}

/** The group of an address, if it is one's, and the mailboxes that get what is sent there: its own one, or its members'. */
export function receiversAt(
  world: { mailboxes: Mailbox[]; mailFlow: MailFlow },
  address: string,
): { group: DistributionGroup | undefined; mailboxes: Mailbox[] } {
  const group = findGroup(world, address);
  const addresses = group?.members ?? [address];
  return { group, mailboxes: addresses.flatMap((one) => findMailbox(world, one) ?? []) };
}
