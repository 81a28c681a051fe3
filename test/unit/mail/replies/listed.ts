/**
 * Every reply that Microsoft's pages, Exchange's own announcements and public logs name for sending mail through Exchange
 * Online, with the name of its row. `…` stands for what differs.
 */
export const LISTED: readonly (readonly [text: string, name: string])[] = [
  ["235 2.7.0 Authentication successful", "signed-in"],
  [
    "550 5.7.950 TRANSPORT.RULES.RejectMessage; Refused by the fence of the sender erp: mail from its addresses needs one of its own addresses in From.",
    "refused-by-fence",
  ],
  ["550 5.7.1 Refused by the fence of the sender erp: …", "refused-by-fence"],
  [
    "550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy",
    "refused-by-rule",
  ],
  [
    "535 5.7.3 Authentication unsuccessful [SY5P282CA0097.AUSP282.PROD.OUTLOOK.COM]",
    "not-as-this-mailbox",
  ],
  [
    "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information. [AS8PR07CA0001.eurprd07.prod.outlook.com]",
    "smtp-auth-off-for-tenant",
  ],
  [
    "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information.",
    "smtp-auth-off-for-mailbox",
  ],
  [
    "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
    "basic-authentication-disabled",
  ],
  [
    "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy. Contact your administrator.",
    "security-defaults",
  ],
  [
    "535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully. Contact your administrator.",
    "criteria-not-met",
  ],
  ["550 5.7.30 Basic authentication is not supported for Client Submission.", "passwords-retired"],
  [
    "530 5.7.57 Client not authenticated to send mail. [AS8PR07CA0001.eurprd07.prod.outlook.com]",
    "not-signed-in",
  ],
  [
    "530 5.7.57 Client not authenticated to send mail. Error: 535 5.7.3 Authentication unsuccessful [AS8PR07CA0001.eurprd07.prod.outlook.com]",
    "not-as-this-mailbox",
  ],
  [
    "530 5.7.57 Client not authenticated to send mail. Error: 535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.",
    "smtp-auth-off-for-tenant",
  ],
  [
    "530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM",
    "not-signed-in",
  ],
  [
    "451 5.7.3 STARTTLS is required to send mail [AS8PR07CA0001.eurprd07.prod.outlook.com]",
    "starttls-required",
  ],
  ["550 5.7.60 SMTP; Client does not have permissions to send as this sender", "send-as-denied"],
  [
    "554 5.2.252 SendAsDenied; user@contoso.com not allowed to send as other@contoso.com; STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed to process message due to a permanent exception with message [BeginDiagnosticData]Cannot submit message. 1.84300:0A000000, …",
    "send-as-denied",
  ],
  [
    "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed to process message",
    "send-as-denied",
  ],
  [
    "550 5.7.64 TenantAttribution; Relay Access Denied [AB1PEPF0001.prod.outlook.com]",
    "relay-denied",
  ],
  ["550 5.7.64 TenantAttribution; Relay Access Denied ATTR36", "relay-denied"],
  ["550 5.7.64 TenantAttribution; Relay Access Denied SMTP", "relay-denied"],
  [
    "550 5.7.51 TenantInboundAttribution; There is a partner connector configured that matched the message's recipient domain. The connector had either the RestrictDomainsToIPAddresses or RestrictDomainsToCertificate set",
    "partner-restricted",
  ],
  [
    "550 5.7.68 TenantInboundAttribution; Direct Send not allowed for this organization from unauthorized sources",
    "direct-send-denied",
  ],
  ["550 5.4.1 Relay Access Denied", "relay-access-denied"],
  ["550 5.4.1 Recipient address rejected: Access denied.", "recipient-rejected"],
  [
    "550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP.",
    "tenant-not-trusted",
  ],
  ["550 5.7.708 Access denied, traffic not accepted from this IP.", "tenant-not-trusted"],
  ["550 5.7.705 Access denied, tenant has exceeded threshold.", "tenant-over-threshold"],
  [
    "550 5.7.750 Service unavailable. Client blocked from sending from unregistered domain",
    "unregistered-domain",
  ],
  [
    "550 5.7.703 Your message can't be delivered because messages to x are blocked by your organization using Tenant Allow Block List.",
    "blocked-by-own-tenant",
  ],
  [
    "550 5.7.233 Your message can't be sent because your tenant exceeded its daily limit for sending email to external recipients (tenant external recipient rate limit)",
    "tenant-recipient-limit",
  ],
  [
    "550 5.7.232 Your message can't be sent because your trial tenant has exceeded its daily limit for sending email to external recipients (tenant external recipient rate limit)",
    "tenant-recipient-limit",
  ],
  ["5.1.8 Access denied, bad outbound sender", "bad-outbound-sender"],
  ["550 5.1.20 Multiple From addresses are not allowed without Sender address", "several-authors"],
  [
    "550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients",
    "daily-limit",
  ],
  [
    "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to process message",
    "submission-quota",
  ],
  [
    "432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending for more information. [Hostname=AS8PR07MB7669.eurprd07.prod.outlook.com]",
    "too-many-connections",
  ],
  ["432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", "sending-too-fast"],
  ["432 4.3.2 STOREDRV.Deliver; recipient thread limit exceeded", "recipient-busy"],
  ["452 4.5.3 Too many recipients", "too-many-recipients"],
  [
    "451 4.7.500 Server busy. Please try again later from [203.0.113.10]. (S77714) [AB1PEPF0001.prod.outlook.com 2025-01-22T03:07:00.315Z 08DD393115E98C2B]",
    "server-busy",
  ],
  ["451 4.7.500-699 Access denied, please try again later (ASxxx)", "server-busy"],
  [
    "451 4.7.650 The mail server [203.0.113.10] has been temporarily rate limited due to IP reputation.",
    "rate-limited-by-reputation",
  ],
  [
    "421 4.7.66 TLS 1.0 and 1.1 are not supported. Please upgrade/update your client to support TLS 1.2. Visit https://aka.ms/smtp_auth_tls.",
    "old-tls",
  ],
  ["451 4.4.62 Mail sent to the wrong Office 365 region. ATTR35", "wrong-region"],
  [
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
    "no-such-recipient-in-tenant",
  ],
  [
    "550 5.7.509 Access denied, sending domain does not pass DMARC verification and has a DMARC policy of reject.",
    "dmarc-reject",
  ],
  [
    "550 5.7.515 Access denied, sending domain does not meet the required authentication level.",
    "outlook-bulk-authentication",
  ],
  [
    "550 5.7.23 The message was rejected because of Sender Policy Framework violation",
    "spf-violation",
  ],
  ["550 5.7.1 Unable to relay", "unable-to-relay"],
  [
    "550 5.7.520 Access denied, Your organization does not allow external forwarding.",
    "forwarding-not-allowed",
  ],
  ["550 5.7.606 Access denied, banned sending IP [203.0.113.10]", "address-banned"],
  ["550 5.7.649 Access denied, banned sending IP [203.0.113.10]", "address-banned"],
  ["550 5.7.512 Access denied, message must be RFC 5322 section 3.6.2 compliant", "from-field"],
  ["501 5.5.121 …", "hve-bad-argument"],
  ["501 5.5.126 …", "hve-bad-argument"],
  ["550 5.2.240 …", "hve-not-an-account"],
  ["550 5.7.62 …", "hve-not-its-own-address"],
  ["550 5.6.241 …", "hve-not-its-own-address"],
  ["535 5.7.142 …", "hve-token-expired"],
  ["535 5.7.143 …", "hve-token-expired"],
  ["535 5.7.144 …", "hve-wrong-permission"],
  ["550 5.7.240 …", "hve-app-not-allowed"],
  ["550 5.5.105 …", "hve-external-recipient"],
  ["550 5.2.251 Sender throttled due to continuous mailbox full errors.", "throttled-mailbox-full"],
  ["550 5.2.252 Sender throttled due to continuous send as denied errors.", "throttled-send-as"],
  ["550 5.2.253 Sender throttled due to continuous invalid license errors.", "throttled-license"],
  [
    "550 5.2.254 Sender throttled due to continuous too many recipients errors.",
    "throttled-recipients",
  ],
  [
    "550 5.2.255 Sender throttled due to continuous invalid recipients errors.",
    "throttled-invalid-recipients",
  ],
  [
    "450 4.7.25 Access denied, the sending IPv6 address [2a01:111:f200:2004::240] must have a reverse DNS record",
    "ipv6-unauthenticated",
  ],
  [
    "450 4.7.26 Access denied, a message sent over IPv6 [2a01:111:f200:2004::240] must pass either SPF or DKIM validation, this message is not signed",
    "ipv6-unauthenticated",
  ],
  [
    "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required",
    "internal-only-group",
  ],
  [
    "550 5.7.134 RESOLVER.RST.SenderNotAuthenticatedForMailbox; authentication required",
    "internal-only-mailbox",
  ],
  [
    "550 5.7.136 RESOLVER.RST.SenderNotAuthenticatedForMailUser; authentication required",
    "internal-only-mail-user",
  ],
  ["550 5.7.236 …", "onmicrosoft-limit"],
  ["550 5.7.711 Access denied, bad inbound connector. AS(2204).", "connector-blocked"],
  ["450 4.4.312 DNS query failed", "gateway-not-reached"],
  ["450 4.4.318 Connection was closed abruptly", "gateway-not-reached"],
];
