import { makeRandom, type Random } from "../random.ts";
import { REPLICATING_NOUNS } from "./recipients.ts";

/** What is not the same in all tenants, or what sources do not agree on. */
export interface Settings {
  /** What New-InboundConnector does: normal, created disabled, or refused (E5 developer). */
  connectorOffering: "normal" | "disabled" | "refused";
  /** Whether RequireTls holds on OnPremises connectors; its page says Partner only. */
  requireTlsOnPremises: "kept" | "ignored";
  /** Whose domains AssociatedAcceptedDomains limits a connector to: Microsoft's pages have both readings. */
  associatedDomainsLimit: "sender" | "recipient";
  /** How AssociatedAcceptedDomains reads back: as domains, as the accepted domains' names, or as their paths. */
  associatedDomainsShown: "domain" | "name" | "path";
  /**
   * Which of the seen shapes the errors of cmdlets have: words with the exception's name between pipes; JSON with the
   * name; JSON around words with pipes; words whose exception only the header X-ExceptionType names; the same words as
   * a body without JSON.
   */
  errorText: "pipes" | "json" | "pipes in json" | "header" | "no json";
  /**
   * What Get- cmdlets answer when there is nothing to show: the error "not found", or a 200 with nothing in it. "by
   * cmdlet": one of these for each cmdlet, by the seed.
   */
  absentObject: AbsentShape | "by cmdlet";
  /** The status by which the common endpoint redirects this tenant's calls to its own one; null where it has none. */
  endpointRedirect: 301 | 302 | 307 | 308 | null;
  /**
   * The exception that New-InboundConnector ends with when the name is taken: the directory's, as seen with
   * another cmdlet, or its own, as in the server product.
   */
  nameTaken: "ADObjectAlreadyExistsException" | "ErrorInboundConnectorAlreadyExistsException";
  /** What Set- and Remove- cmdlets that have nothing to say answer. */
  emptyOutcome: "value" | "no body";
  /** How many objects a cmdlet that has ResultSize shows without it; 1000 by each page. */
  defaultResultSize: number;
  /** Objects in one page of the admin API; null for all. */
  pageSize: number | null;
  /** Whether the NUL bytes of a 403 are labelled gzip. */
  forbiddenLabelledGzip: boolean;
  /** Set-OrganizationConfig's switch of that name. */
  rejectDirectSend: boolean;
  /** Milliseconds of virtual time in which DNS goes on to serve what stood there before a change. */
  dnsDelayMs: number;
  /** What Cloudflare does with a record at or below a delegation: the sources differ. */
  recordsBelowDelegation: "refused" | "stored";
  /** Milliseconds of virtual time after New-DkimSigningConfig until the keys are shown. */
  dkimKeysMs: number;
  /** What Selector1CNAME and Selector2CNAME show until then. */
  dkimEarlyCnames: "shown" | "null";
  /** Milliseconds of virtual time from the first look that finds both CNAMEs until Exchange takes them. */
  dkimSyncMs: number;
  /** Whether the tenant has Remove-DkimSigningConfig. */
  dkimRemovable: boolean;
  /** Whether the tenant has the role `Application SMTP.SendAsApp` (RBAC for Applications). */
  applicationRbac: boolean;
  /** Milliseconds of virtual time until sign-ins are judged by a change of roles, scopes, permissions and service principals. */
  grantDelayMs: number;
  /** Milliseconds of virtual time until a new member of a role group may run the group's cmdlets. */
  roleGroupDelayMs: number;
  /** Milliseconds of virtual time from Enable-OrganizationCustomization until roles, scopes and policies can be made. */
  hydrationMs: number;
  /** What Remove-MailboxPermission and Remove-RecipientPermission do where there is nothing to remove. */
  absentPermission: "warned" | "refused";
  /** Milliseconds of virtual time until port 587 goes by a mailbox's SMTP AUTH switch. */
  smtpAuthDelayMs: number;
  /** Whether Conditional Access lets people sign in by device code. */
  deviceCodeFlow: "allowed" | "blocked";
  /** Milliseconds of virtual time until new tokens show an app role or a directory role that was granted. */
  consentDelayMs: number;
  /** Milliseconds of virtual time until Entra signs in an app, credential or service principal that Graph has made. */
  signInDelayMs: number;
  /** Whether New-Mailbox -Shared makes an account that can't sign in, as its page says. */
  sharedSignIn: "blocked" | "open";
  /** Milliseconds of virtual time until a noun's cmdlets see a new object, by noun. */
  replicationMs: Record<string, number>;
  /** Milliseconds of virtual time until Exchange knows that Entra has deleted a user for good. */
  userPurgeDelayMs: number;
  /** The Name of a mailbox that New-Mailbox makes: the one that it was given, or the object id of its account. */
  mailboxName: "as given" | "object id";
  /** Whom XOAUTH2 has to name: the mailbox by any of its addresses, or its account by the user principal name. */
  xoauth2User: "any address" | "user principal name";
  /**
   * Whether the tenant has the newest switch of Set-CASMailbox: as the page has it, shown by Get-CASMailbox alone, or
   * neither shown nor a parameter.
   */
  newestClientSwitch: "known" | "shown alone" | "absent";
  /** Whether licences in their grace period can be assigned: the sources differ. */
  expiredLicenses: "assignable" | "refused";
  /** What the RoleAssignee of a service principal's role assignment holds. */
  roleAssignee: "object id" | "display name";
  /** What GitHub counts of a comment: 65,536 characters, as it says, or 262,144 bytes of UTF-8, as was measured. */
  githubLimit: "characters" | "bytes";
  /** Whether a mailbox without a licence may submit mail. */
  unlicensedSubmission: "allowed" | "refused";
  /** Whether the tenant's licences let Graph show the sign-in log. */
  signInLog: "shown" | "not licensed";
  /** Milliseconds of virtual time until the sign-in log shows a sign-in. */
  signInLogDelayMs: number;
  /** Milliseconds of virtual time until a search of the audit log finds what was done. */
  auditDelayMs: number;
  /** Milliseconds of virtual time until the message trace shows what happened to a message. */
  traceDelayMs: number;
  /** What the trace calls the event of a message that was sent outside: its pages and what the admin center shows differ. */
  traceSendEvent: "Send" | "Send external";
  /** Milliseconds of virtual time until Graph's trace works with the service principal that it needs. */
  traceOnboardingMs: number;
  /** What the audit log calls an object of the configuration: its name, or the organisation and its name. */
  auditedName: "name" | "organisation and name";
}

/** What a Get- cmdlet answers for an object that does not exist; all but the first are a 200. */
export const ABSENT_SHAPES = [
  "not found",
  "empty list",
  "null",
  "empty object",
  "annotations",
  "error",
] as const;
export type AbsentShape = (typeof ABSENT_SHAPES)[number];

/** Assumed: that a switch may come to some tenants later than to others. Most worlds have it. */
const NEWEST_CLIENT_SWITCH = ["known", "known", "shown alone", "absent"] as const;

const REPLICATION_MS = [0, 0, 100, 300, 700] as const;

/**
 * Draws what a tenant does where tenants or sources differ.
 *
 * @param random the world's own; each later setting has a seed of its own, so that the rest of a world stays the same
 */
export function drawSettings(random: Random, seed: string): Settings {
  return {
    connectorOffering: "normal",
    requireTlsOnPremises: "kept",
    associatedDomainsLimit: makeRandom(`${seed}/associated domains`).pick(["sender", "recipient"]),
    associatedDomainsShown: makeRandom(`${seed}/associated domains shown`).pick([
      "domain",
      "name",
      "path",
    ]),
    errorText: drawErrorText(random, seed),
    absentObject: "by cmdlet",
    endpointRedirect: makeRandom(`${seed}/endpoint`).pick([null, null, 301, 302, 307, 308]),
    nameTaken: "ADObjectAlreadyExistsException",
    emptyOutcome: makeRandom(`${seed}/empty outcome`).pick(["value", "no body"]),
    defaultResultSize: 1000,
    pageSize: null,
    forbiddenLabelledGzip: random.pick([true, false]),
    rejectDirectSend: false,
    dnsDelayMs: 0,
    recordsBelowDelegation: makeRandom(`${seed}/delegation`).pick(["refused", "stored"]),
    dkimKeysMs: 1000,
    dkimEarlyCnames: makeRandom(`${seed}/early CNAMEs`).pick(["shown", "null"]),
    dkimSyncMs: 0,
    dkimRemovable: true,
    applicationRbac: true,
    grantDelayMs: 0,
    roleGroupDelayMs: 0,
    hydrationMs: 0,
    absentPermission: makeRandom(`${seed}/absent permission`).pick(["warned", "refused"]),
    smtpAuthDelayMs: 0,
    deviceCodeFlow: "allowed",
    consentDelayMs: 0,
    signInDelayMs: 0,
    sharedSignIn: "blocked",
    replicationMs: drawReplication(makeRandom(`${seed}/replication`)),
    userPurgeDelayMs: 0,
    mailboxName: makeRandom(`${seed}/mailbox name`).pick(["as given", "object id"]),
    xoauth2User: makeRandom(`${seed}/XOAUTH2`).pick(["any address", "user principal name"]),
    newestClientSwitch: makeRandom(`${seed}/client switch`).pick(NEWEST_CLIENT_SWITCH),
    expiredLicenses: makeRandom(`${seed}/expired licences`).pick(["assignable", "refused"]),
    roleAssignee: makeRandom(`${seed}/role assignee`).pick(["object id", "display name"]),
    githubLimit: makeRandom(`${seed}/github limit`).pick(["characters", "bytes"]),
    unlicensedSubmission: "allowed",
    signInLog: "shown",
    signInLogDelayMs: 0,
    auditDelayMs: makeRandom(`${seed}/audit delay`).pick([0, 60, 90]) * 60_000,
    traceDelayMs: makeRandom(`${seed}/trace delay`).pick([0, 3, 10]) * 60_000,
    traceSendEvent: makeRandom(`${seed}/trace send`).pick(["Send", "Send external"]),
    traceOnboardingMs: 0,
    auditedName: makeRandom(`${seed}/audited name`).pick(["name", "organisation and name"]),
  };
}

/** The first draw is of an older lab, and keeps the rest of each world the same. */
function drawErrorText(random: Random, seed: string): Settings["errorText"] {
  const shape = random.pick(["pipes", "json"] as const);
  const others = ["pipes in json", "header", "no json"] as const;
  return makeRandom(`${seed}/error text`).pick([shape, shape, ...others]);
}

function drawReplication(random: Random): Record<string, number> {
  return Object.fromEntries(REPLICATING_NOUNS.map((noun) => [noun, random.pick(REPLICATION_MS)]));
}
