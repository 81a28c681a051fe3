/** Microsoft's table of the replies of Exchange Online. */
export const NDR =
  "https://learn.microsoft.com/exchange/troubleshoot/email-delivery/ndr/non-delivery-reports-in-exchange-online";

export const SMTP_LIMITS =
  "https://learn.microsoft.com/exchange/troubleshoot/send-emails/smtp-submission-improvements";

export const CONTINUOUS_ERRORS =
  "https://learn.microsoft.com/exchange/mail-flow-best-practices/continuous-error-throttling-smtp-auth-submissions";

export const TENANT_BLOCKS =
  "https://learn.microsoft.com/exchange/troubleshoot/email-delivery/ndr/fix-error-code-5-7-700-through-5-7-750";

export const PRINTERS =
  "https://learn.microsoft.com/exchange/mail-flow-best-practices/fix-issues-with-printers-scanners-and-lob-applications-that-send-email-using-off";

export const HIGH_VOLUME =
  "https://learn.microsoft.com/exchange/mail-flow-best-practices/troubleshoot-high-volume-email-m365";

/** Our own page of it. */
export const HIGH_VOLUME_PAGE = "docs/how-to/high-volume-email.md";

export const GMAIL =
  "https://knowledge.workspace.google.com/admin/support/troubleshooting/gmail-smtp-errors-and-codes";

export const YAHOO = "https://senders.yahooinc.com/smtp-error-codes/";

export const SERVER_2013 =
  "https://learn.microsoft.com/exchange/mail-flow/non-delivery-reports-and-bounce-messages/non-delivery-reports-and-bounce-messages";

export const PAGE_5764 = "docs/how-to/find-out-why-5.7.64.md";
export const PAGE_535 = "docs/how-to/find-out-why-535.md";

export const OAUTH =
  "https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth";

/** Mail flow rules, and how they are processed. */
export const RULES_PAGE =
  "https://learn.microsoft.com/exchange/security-and-compliance/mail-flow-rules/mail-flow-rules";
