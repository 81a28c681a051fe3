import { defineReply, type Source, type Sourced } from "../../reply.ts";
import type { SubmissionError } from "../../world/submission.ts";
import { formatMark, type Mark } from "../replies.ts";
import type { SmtpReply } from "../reply.ts";

const say = (code: number, text: string): SmtpReply => ({ code, text });

const oauth: Source = {
  page: "Authenticate an IMAP, POP or SMTP connection using OAuth (Learn)",
  assumed: "the long form of the mark",
};
const client: Source = {
  page: "Fix issues with printers, scanners, and LOB applications that send email (Learn)",
  assumed: "the long form of the mark",
};
const dialogue: Source = { record: "public logs of client submission, 2025" };
const server: Source = {
  record: "table of SMTP replies of Exchange Server 2013",
  assumed: "that the cloud still says so",
};

export const signedIn = defineReply("submission.signed-in", oauth, () =>
  say(235, "2.7.0 Authentication successful"),
);
export const challenge = defineReply("submission.challenge", dialogue, (text: string) =>
  say(334, text),
);
export const unsuccessful = defineReply(
  "submission.unsuccessful",
  {
    page: "Authenticate an IMAP, POP or SMTP connection using OAuth (Learn)",
    assumed:
      "that a bad token and an unknown mailbox are told apart by nothing; the order in which token, mailbox, SMTP AUTH and the app's rights are looked at",
  },
  (mark: Mark) => say(535, `5.7.3 Authentication unsuccessful ${formatMark(mark)}`),
);
export const smtpAuthDisabled = defineReply(
  "submission.smtp-auth-disabled",
  {
    page: "Enable or disable authenticated client SMTP submission (Learn)",
    assumed: "that it is said before passwords and rights are looked at",
  },
  (where: "Tenant" | "Mailbox", mark: Mark) =>
    say(
      535,
      `5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the ${where}. Visit https://aka.ms/smtp_auth_disabled for more information. ${formatMark(mark)}`,
    ),
);
export const basicDisabled = defineReply("submission.basic-disabled", client, (mark: Mark) =>
  say(
    535,
    `5.7.139 Authentication unsuccessful, basic authentication is disabled. ${formatMark(mark)}`,
  ),
);
export const securityDefaults = defineReply("submission.security-defaults", client, (mark: Mark) =>
  say(
    535,
    `5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy. Contact your administrator. ${formatMark(mark)}`,
  ),
);
export const criteriaNotMet = defineReply(
  "submission.criteria-not-met",
  {
    page: "Fix issues with printers, scanners, and LOB applications that send email (Learn)",
    assumed: "that unknown users, wrong passwords and disabled accounts are told apart by nothing",
  },
  (mark: Mark) =>
    say(
      535,
      `5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully. Contact your administrator. ${formatMark(mark)}`,
    ),
);
export const tooManySessions = defineReply(
  "submission.too-many-sessions",
  {
    page: "Changes to SMTP authenticated submission in Exchange Online (Exchange Team blog)",
    assumed: "that it is the answer to AUTH",
  },
  (host: string) =>
    say(
      432,
      `4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending for more information. [Hostname=${host}]`,
    ),
);

export const secondAuth = defineReply("submission.second-auth", server, () =>
  say(503, "5.5.2 Already authenticated"),
);
export const authAborted = defineReply("submission.auth-aborted", server, () =>
  say(501, "5.7.0 Authentication aborted"),
);
export const noStartTls = defineReply(
  "submission.no-starttls",
  { record: "public forum threads", assumed: "that AUTH gets it too" },
  (mark: Mark) => say(451, `5.7.3 STARTTLS is required to send mail ${formatMark(mark)}`),
);
export const notAuthenticated = defineReply(
  "submission.not-authenticated",
  { page: "Fix email delivery issues for error code 5.7.57 (SupportArticles-docs)" },
  (mark: Mark) => say(530, `5.7.57 Client not authenticated to send mail. ${formatMark(mark)}`),
);
export const notAuthenticatedAfter = defineReply(
  "submission.not-authenticated-after",
  { record: "public logs, 2023 to 2025" },
  ({ code, text }: SmtpReply) =>
    say(530, `5.7.57 Client not authenticated to send mail. Error: ${code} ${text}`),
);

export const tooFast = defineReply(
  "submission.too-fast",
  {
    page: "Exchange Online NDR articles (SupportArticles-docs)",
    assumed: "that the 31st message of a minute gets it; a page says such messages are delayed",
  },
  () => say(432, "4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded"),
);
export const sendAsDenied = defineReply(
  "submission.send-as-denied",
  {
    record: "public log of 2025",
    assumed: "the end of its diagnostic data; that MAIL FROM is judged too, the empty one as well",
  },
  (user: string, sender: string, host: string) =>
    say(
      554,
      `5.2.252 SendAsDenied; ${user} not allowed to send as ${sender}; STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed to process message due to a permanent exception with message [BeginDiagnosticData]Cannot submit message. 1.84300:0A000000[EndDiagnosticData] [Hostname=${host}]`,
    ),
);
export const invalidLicense = defineReply(
  "submission.invalid-license",
  { assumed: "all of it, after the words of SendAsDenied and of its throttling" },
  (user: string, host: string) =>
    say(
      554,
      `5.2.253 InvalidLicense; ${user} has no valid license; STOREDRV.Submission.Exception:InvalidLicenseException; Failed to process message due to a permanent exception with message Cannot submit message. [Hostname=${host}]`,
    ),
);

const CODES: Record<SubmissionError["kind"], string> = {
  "send as denied": "5.2.252",
  "invalid license": "5.2.253",
  "too many recipients": "5.2.254",
};
export const throttled = defineReply(
  "submission.throttled",
  {
    page: "Continuous error throttling for SMTP AUTH submissions in Exchange Online (Learn)",
    assumed: "that 10 errors of a kind in an hour bring it for the rest of that hour, after DATA",
  },
  (kind: SubmissionError["kind"]) =>
    say(550, `${CODES[kind]} Sender throttled due to continuous ${kind} errors.`),
);

/** What bounces say of mail that was taken in at first. */
export type BounceReason = Sourced<SmtpReply>;

export const dailyLimit = defineReply(
  "submission.daily-limit",
  {
    page: "Fix email delivery issues for error code 5.1.90 (SupportArticles-docs)",
    assumed: "that it is said by a bounce",
  },
  () =>
    say(
      550,
      "5.1.90 Your message can't be sent because you've reached your daily limit for message recipients",
    ),
);
export const badOutboundSender = defineReply(
  "submission.bad-outbound-sender",
  {
    page: "Fix email delivery issues for error code 5.1.8 (SupportArticles-docs)",
    assumed:
      "that it is said by a bounce; that the message that crosses a limit of the outbound policy is the first to get it",
  },
  () => say(550, "5.1.8 Access denied, bad outbound sender"),
);
export const recipientNotFound = defineReply(
  "submission.recipient-not-found",
  {
    page: "Fix email delivery issues for error code 5.1.10 (SupportArticles-docs)",
    assumed: "that it is said by a bounce",
  },
  () =>
    say(550, "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"),
);
