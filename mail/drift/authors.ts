import { isListOfText, type Properties, text } from "../properties.ts";
import { type Difference, differingKeys } from "./describe.ts";

/** A cmdlet that somebody ran in Exchange, as the unified audit log has it. */
export interface AuditRecord {
  /** ISO 8601, UTC. */
  readonly when: string;
  /** User principal name, or what the log calls an app. */
  readonly who: string;
  /** Client id of the app that called Exchange; empty where the log has none. */
  readonly appId: string;
  readonly cmdlet: string;
  /** What the log calls the object: a name, or a path that ends in one. */
  readonly objectId: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Who made a difference, when, and with which cmdlet. */
export interface Author {
  readonly who: string;
  /** ISO 8601, UTC. */
  readonly when: string;
  readonly operation: string;
}

/** How the log shows a change of one kind. */
interface Trace {
  /** The cmdlets that change or remove it. */
  readonly cmdlets: readonly string[];
  /** Properties that an Identity may name it by. */
  readonly names: readonly string[];
  /** Names of parameters that are not those of the properties that they set. */
  readonly parameters?: Readonly<Record<string, readonly string[]>>;
  /** The parameter that names who holds the right; the property is `trustee`. */
  readonly trustee?: string;
}

const MAILBOX: Trace = {
  cmdlets: ["Set-CASMailbox", "Set-Mailbox", "Remove-Mailbox"],
  names: ["address", "guid", "externalDirectoryObjectId", "name"],
  parameters: {
    address: ["EmailAddresses", "PrimarySmtpAddress", "WindowsEmailAddress"],
    userName: ["MicrosoftOnlineServicesID"],
  },
};
const DKIM: Trace = {
  cmdlets: ["Set-DkimSigningConfig", "Remove-DkimSigningConfig"],
  names: ["domain"],
};

const TRACES: Readonly<Record<string, Trace>> = {
  AdoptedMailbox: MAILBOX,
  SharedMailbox: MAILBOX,
  UserMailbox: MAILBOX,
  AuthenticationPolicy: {
    cmdlets: ["Set-AuthenticationPolicy", "Remove-AuthenticationPolicy", "Set-User"],
    names: ["guid", "name", "user"],
    parameters: { policyOfUser: ["AuthenticationPolicy"], allows: ["AllowBasicAuthSmtp"] },
  },
  DkimSigning: DKIM,
  DkimSigningConfig: DKIM,
  ExchangeServicePrincipal: {
    cmdlets: ["Set-ServicePrincipal", "Remove-ServicePrincipal"],
    names: ["guid", "appId", "objectId", "displayName"],
  },
  HveAccount: {
    cmdlets: [
      ...["Set-MailUser", "Remove-MailUser", "Add-HVEAppAccess", "Remove-HVEAppAccess"],
      "Set-HVEAccountBillingPolicy",
    ],
    names: ["address", "guid", "externalDirectoryObjectId", "name"],
    parameters: {
      allowedApps: ["AppIds"],
      billingPolicyId: ["BillingPolicyId"],
      billingPolicyStatus: ["BillingPolicyId"],
    },
  },
  InboundConnector: {
    cmdlets: ["Set-InboundConnector", "Remove-InboundConnector"],
    names: ["guid", "name"],
  },
  MailboxPermission: {
    cmdlets: ["Remove-MailboxPermission", "Remove-Mailbox"],
    names: ["mailbox"],
    trustee: "User",
  },
  ManagementRoleAssignment: {
    cmdlets: ["Set-ManagementRoleAssignment", "Remove-ManagementRoleAssignment"],
    names: ["guid", "name"],
    parameters: { scope: ["CustomResourceScope"] },
  },
  ManagementScope: {
    cmdlets: ["Set-ManagementScope", "Remove-ManagementScope"],
    names: ["guid", "name"],
    parameters: { recipientFilter: ["RecipientRestrictionFilter"] },
  },
  OutboundLimit: {
    cmdlets: [
      "Set-HostedOutboundSpamFilterPolicy",
      "Set-HostedOutboundSpamFilterRule",
      "Remove-HostedOutboundSpamFilterPolicy",
      "Remove-HostedOutboundSpamFilterRule",
    ],
    names: ["guid", "name"],
  },
  SendAs: {
    cmdlets: ["Remove-RecipientPermission", "Remove-Mailbox"],
    names: ["mailbox"],
    trustee: "Trustee",
  },
  TransportRule: {
    cmdlets: [
      "Set-TransportRule",
      "Disable-TransportRule",
      "Enable-TransportRule",
      "Remove-TransportRule",
    ],
    names: ["guid", "name"],
  },
  SmtpClientAuthentication: { cmdlets: ["Set-CASMailbox", "Remove-Mailbox"], names: ["mailbox"] },
};

/** The cmdlets that can have made a difference; none where Exchange's log has nothing about its kind. */
export const cmdletsOf = ({ kind }: Difference): readonly string[] => TRACES[kind]?.cmdlets ?? [];

/**
 * Who made a difference, the latest first: for each property the latest record that changed it, or who removed the object.
 * A record of before `since`, of one of `ours`, or that sets what the last run left, is not a difference's.
 *
 * @param ours client ids of the apps that the stack is deployed with, as far as they are known
 */
export function authorsOf(
  difference: Difference,
  records: readonly AuditRecord[],
  ours: readonly string[],
): Author[] {
  const { kind, before, now, since = "" } = difference;
  const trace = TRACES[kind];
  if (trace === undefined) return [];
  const others = records
    .filter(
      (record) =>
        Date.parse(record.when) > (Date.parse(since) || 0) &&
        !ours.includes(record.appId) &&
        trace.cmdlets.includes(record.cmdlet) &&
        isAbout(record, trace, before),
    )
    .toSorted((a, b) => Date.parse(b.when) - Date.parse(a.when));
  const isRemoval = ({ cmdlet }: AuditRecord) => cmdlet.startsWith("Remove-");
  const found =
    now === undefined
      ? [others.find(isRemoval)]
      : differingKeys(before, now).map((key) =>
          others.find((record) => !isRemoval(record) && changes(record, trace, key, before[key])),
        );
  return [...new Set(found.filter((record) => record !== undefined))]
    .toSorted((a, b) => Date.parse(b.when) - Date.parse(a.when))
    .map(({ who, when, cmdlet }) => ({ who, when, operation: cmdlet }));
}

function isAbout(
  { cmdlet, objectId, parameters }: AuditRecord,
  { names, trustee }: Trace,
  before: Properties,
): boolean {
  const known = names.map((name) => text(before[name]).toLowerCase()).filter((name) => name !== "");
  const given = [objectId, parameters.Identity ?? ""].flatMap(readingsOf);
  if (!given.some((name) => known.includes(name))) return false;
  if (trustee === undefined || cmdlet === "Remove-Mailbox") return true;
  return readingsOf(parameters[trustee] ?? "").includes(text(before.trustee).toLowerCase());
}

/** `name` of `name`, `organisation\name`, `forest/…/organisation/name` and `CN=name,…`, in lower case. */
function readingsOf(objectId: string): string[] {
  const whole = objectId.toLowerCase().replace(/^\{(.*)\}$/, "$1");
  const last = /[^\\/]*$/.exec(whole)?.[0] ?? whole;
  const common = /^cn=([^,]+),/.exec(whole)?.[1];
  return [whole, last, ...(common === undefined ? [] : [common])];
}

/** Whether a record sets the property, to something else than the last run left. */
function changes(
  { parameters }: AuditRecord,
  { parameters: names = {} }: Trace,
  key: string,
  before: unknown,
): boolean {
  const wanted = (names[key] ?? [key]).map((name) => name.toLowerCase());
  return Object.entries(parameters).some(
    ([name, value]) => wanted.includes(name.toLowerCase()) && listed(value) !== listed(before),
  );
}

/** A value as the log writes it, whatever the order of a list. */
const listed = (value: unknown): string =>
  (isListOfText(value) ? value : `${value ?? ""}`.split(";"))
    .map((one) => one.toLowerCase())
    .toSorted()
    .join(";");
