const manual = (file: string): string =>
  `https://github.com/ActiveCampaign/smtp-field-manual/blob/master/data/codes/${file}.json`;
const issue = (path: string): string => `https://github.com/${path}`;
const NDR =
  "https://learn.microsoft.com/exchange/troubleshoot/email-delivery/ndr/non-delivery-reports-in-exchange-online";

/** Replies as they stand in public, with the name of their row and where they were seen. Addresses are as seen there. */
export const SEEN: readonly (readonly [text: string, name: string, seen: string])[] = [
  [
    "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information. [MN2PR05CA0004.namprd05.prod.outlook.com 2023-09-12T20:59:57.214Z 08DBB276B7E699C4]",
    "smtp-auth-off-for-tenant",
    issue("simonrob/email-oauth2-proxy/issues/193"),
  ],
  [
    "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information. [TY1PR01CA0183.jpnprd01.prod.outlook.com]",
    "smtp-auth-off-for-tenant",
    issue("nodemailer/nodemailer/issues/1484"),
  ],
  [
    "5.7.57 Client not authenticated to send mail. Error: 535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information.",
    "smtp-auth-off-for-tenant",
    issue("MicrosoftDocs/OfficeDocs-Exchange/issues/3124"),
  ],
  [
    "535 5.7.139 Authentication unsuccessful, basic authentication is disabled. [BM1P287CA0015.INDP287.PROD.OUTLOOK.COM]",
    "basic-authentication-disabled",
    issue("rpremraj/mailR/issues/107"),
  ],
  [
    "5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM [HK2PR0401CA0011.apcprd04.prod.outlook .com]",
    "not-signed-in",
    issue("MicrosoftDocs/OfficeDocs-Exchange/issues/1615"),
  ],
  [
    "530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM [AM6PR0732BE0065.eurprd07.prod.outlook.com]",
    "not-signed-in",
    "https://www.easy365manager.com/office-365-ndr-error-codes/",
  ],
  [
    "5.7.57 Client not authenticated to send mail. Error: 535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully. Contact your administrator. [SG2P153CA0002.APCP153.PROD.OUTLOOK.COM 2023-01-24T10:49:45.194Z 08DAFD75B2194F44]",
    "criteria-not-met",
    issue("ShareX/ShareX/issues/6699"),
  ],
  [
    "5.7.3 Authentication unsuccessful [BN3PR03CA0067.namprd03.prod.outlook.com]",
    "not-as-this-mailbox",
    issue("jstedfast/MailKit/issues/700"),
  ],
  [
    "535 5.7.139 Authentication unsuccessful [LO4P265CA0200.GBRP265.PROD.OUTLOOK.COM]",
    "sign-in-refused",
    issue("nodemailer/nodemailer/issues/1482"),
  ],
  [
    "535 5.7.3 Authentication unsuccessful [PN3PR01CA0125.INDPRD01.PROD.OUTLOOK.COM 2024-06-10T09:25:13.275Z 08DC88D7FA2C3908]",
    "not-as-this-mailbox",
    issue("nodemailer/nodemailer/issues/1662"),
  ],
  [
    "535 5.7.3 Authentication unsuccessful [SN4PR0601CA0002.namprd06.prod.outlook.com]",
    "not-as-this-mailbox",
    issue("nodemailer/nodemailer/issues/1071"),
  ],
  [
    "5.7.3 Authentication unsuccessful [DB6P18901CA0015.EURP189.PROD.OUTLOOK.COM]",
    "not-as-this-mailbox",
    issue("mageplaza/magento-2-smtp/issues/108"),
  ],
  [
    "535 5.7.3 Authentication unsuccessful [HKAPR04CA0016.apcprd04.prod.outlook.com]",
    "not-as-this-mailbox",
    issue("Youans/nodejs-nodemailer-outlook/issues/13"),
  ],
  [
    "535 5.7.139 Authentication unsuccessful, the user credentials were incorrect",
    "credentials-incorrect",
    issue("freescout-help-desk/freescout/issues/4930"),
  ],
  [
    "550 Mailbox cannot be accessed [CWXP265CA0023.GBRP265.PROD.OUTLOOK.COM]",
    "mailbox-cannot-be-accessed",
    issue("nodemailer/nodemailer/issues/949"),
  ],
  [
    "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy.",
    "security-defaults",
    "https://docs.bookyourpto.com/features/smtp-troubleshoot",
  ],
  [
    "535 5.7.139 Authentication unsuccessful, the organization configuration doesn't allow this authentication request.",
    "hve-not-allowed",
    "https://learn.microsoft.com/exchange/mail-flow-best-practices/troubleshoot-high-volume-email-m365",
  ],
  [
    "4.7.0 Temporary server error. Please try again later. PRX4 [AM5PR0701CA0008.eurprd07.prod.outlook.com]",
    "service-trouble",
    issue("jstedfast/MailKit/issues/566"),
  ],
  [
    "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed to process message due to a permanent exception with message Cannot submit message.",
    "send-as-denied",
    issue("MicrosoftDocs/OfficeDocs-Support/issues/1187"),
  ],
  [
    "554 5.2.252 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed to process message due to a permanent exception with message Cannot submit message. ....",
    "send-as-denied",
    issue("TYPO3-directmail/direct_mail/issues/267"),
  ],
  [
    "5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed to process message due to a permanent exception with message Cannot submit message. 16.55847:C81C0000, 17.43559:0000000094000000000000000000000000000000, 20.52176:140FEB86000010100A00F480",
    "send-as-denied",
    issue("aschroder/Magento-SMTP-Pro-Email-Extension/issues/262"),
  ],
  [
    "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed to process message due to a permanent exception with message Cannot submit message. 0.35250:7D060000, 1.36674:0A000000",
    "send-as-denied",
    issue("rss2email/rss2email/issues/147"),
  ],
  [
    "550 5.7.60 SMTP; Client does not have permissions to send as this sender [MW2PR1901MB2155.namprd19.prod.outlook.com]",
    "send-as-denied",
    issue("swiftmailer/swiftmailer/issues/1030"),
  ],
  [
    "554 5.2.2 mailbox full; STOREDRV.Submission.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded",
    "mailbox-full",
    "https://learn.microsoft.com/exchange/troubleshoot/send-emails/smtp-submission-improvements",
  ],
  [
    "432 4.3.2 concurrent connection limit exceeded",
    "too-many-connections",
    "https://techcommunity.microsoft.com/t5/exchange-team-blog/changes-coming-to-the-smtp-authenticated-submission-client/ba-p/607825",
  ],
  [
    "4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded.",
    "sending-too-fast",
    "https://techcommunity.microsoft.com/t5/exchange-team-blog/changes-coming-to-the-smtp-authenticated-submission-client/ba-p/607825",
  ],
  [
    "550 5.7.64 TenantAttribution; Relay Access Denied SMTP.",
    "relay-denied",
    "https://learn.microsoft.com/exchange/troubleshoot/email-delivery/ndr/relay-access-denied-smtp",
  ],
  [
    "550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [PR2FRA01FT009.eop-fra01.prod.protection.outlook.com]",
    "recipient-rejected",
    issue("zone-eu/zone-mta/pull/214"),
  ],
  [
    "550 5.4.1 [[redacted]@[redacted].br]: Recipient address rejected: Access denied [BL2NAM02FT061.eop-nam02.prod.protection.outlook.com]",
    "recipient-rejected",
    issue("sisimai/rb-sisimai/issues/77"),
  ],
  [
    "550 5.7.501 Access denied, spam abuse detected. For more information please go to http://go.microsoft.com/fwlink/?LinkId=526653",
    "account-banned",
    issue("dougperkes/Visual-Graph-Explorer/issues/1"),
  ],
  [
    "550 5.7.515 Access denied, sending domain EXAMPLE.JP doesn't meet the required authentication level. The sender's domain in the 5322.From address doesn't meet the authentication requirements defined for the sender. To learn how to fix this see: https://go.microsoft.com/fwlink/p/?linkid=2319303 Spf= Fail , Dkim= Pass , DMARC= Pass",
    "outlook-bulk-authentication",
    issue("sisimai/go-sisimai/issues/150"),
  ],
  [
    "550 5.7.1 Unfortunately, messages from [62.210.82.129] weren't sent. Please contact your Internet service provider since part of their network is on our block list (AS3140). You can also refer your provider to http://mail.live.com/mail/troubleshooting.aspx#errors.",
    "outlook-block-list",
    issue("root-io/vmail/issues/91"),
  ],
  [
    "550 SC-001 (BAY004-MC4F49) Unfortunately, messages from weren't sent. Please contact your Internet service provider since part of their network is on our block list. You can also refer your provider to",
    "outlook-block-list",
    "https://support.binarylane.com.au/support/solutions/articles/11000047583-emails-to-hotmail-and-outlook-are-blocked",
  ],
  [
    "4.5.3 Recipients belong to multiple regions ATTR38 [AM7EUR06FT068.eop-eur06.prod.protection.outlook.com]",
    "recipients-of-several-regions",
    issue("reacherhq/check-if-email-exists/issues/756"),
  ],
  [
    "550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP. For more information please go to https://go.microsoft.com/fwlink/?LinkID=526655 AS(7171)",
    "tenant-not-trusted",
    "https://www.simplefastwebsites.com/errors/email/smtp-550-5-7-708-m365-traffic-not-accepted-from-ip/",
  ],
  [
    "550 5.7.233 - Your message can't be sent because your tenant has exceeded its daily limit for sending email to external recipients (tenant external recipient rate limit).",
    "tenant-recipient-limit",
    "https://learn.microsoft.com/answers/questions/5835651/email-cant-be-sent-because-tenant-has-exceeded-its",
  ],
  [
    "550 5.4.317 Message expired, cannot connect to remote server(451 4.4.0 Socket error SocketError)",
    "not-reached",
    "https://snapoverflow.com/server/question/1091875/why-does-outlook-only-connect-to-my-server-but-not-send-any-email",
  ],
  [
    "450 4.4.317 Cannot connect to remote server [Message=451 4.4.0 Socket error SocketError] [LastAttemptedServerName=waynewerner.com] [LastAttemptedIP=104.236.246.170:25] [BN7NAM10FT066.eop-nam10.prod.protection.outlook.com](451 4.4.0 Socket error SocketError)",
    "not-reached",
    "https://snapoverflow.com/server/question/1091875/why-does-outlook-only-connect-to-my-server-but-not-send-any-email",
  ],
  ["530 5.7.1 Client was not authenticated", "not-signed-in", NDR],
  ["4.4.316 Connection refused [Message=Socket error code 10061]", "not-reached", NDR],
  [
    "4.7.26 Access denied, a message sent over IPv6 [2a01:111:f200:2004::240] must pass either SPF or DKIM validation, this message is not signed",
    "ipv6-unauthenticated",
    NDR,
  ],
  [
    "5.7.321 starttls-not-supported: Destination mail server must support TLS to receive mail.",
    "receivers-tls",
    NDR,
  ],
  ["4.7.323 tlsa-invalid: The domain failed DANE validation.", "receivers-tls", NDR],
  [
    "5.7.25 Access denied, the sending IPv6 address [2a01:111:f200:2004::240] must have a reverse DNS record",
    "ipv6-unauthenticated",
    NDR,
  ],
  [
    "5.7.510 Access denied, [contoso.com] does not accept email over IPv6",
    "ipv6-unauthenticated",
    NDR,
  ],
  [
    "5.7.513 Service unavailable, Client host [203.0.113.1] blocked by fabrikam.com using Customer Block list (AS16012607)",
    "customer-block-list",
    NDR,
  ],
  [
    "5.7.703 Your message can't be delivered because one or more recipients are blocked by your organization's tenant recipient block policy",
    "blocked-by-own-tenant",
    NDR,
  ],
  [
    "5.7.750 Service unavailable. Client blocked from sending from unregistered domains",
    "unregistered-domain",
    NDR,
  ],
  ["550 5.5.0 Requested action not taken: mailbox unavailable", "no-such-user", NDR],
  ["5.7.12 Sender was not authenticated by organization", "internal-only-mail-user", NDR],
  ["5.7.13 Sender was not authenticated for public folder", "internal-only-public-folder", NDR],
  ["5.7.124 Sender not in allowed-senders list", "not-in-allowed-senders", NDR],
  ["5.4.14 Routing loop detected", "mail-loop", NDR],
  ["5.7.1 Delivery not authorized", "refused-by-rule", NDR],
  [
    "421 4.7.0 [x.xx.xx.xx] Our system has detected that this message is suspicious due to the very low reputation of the sending domain. To best protect our users from spam, the message has been blocked. Please visit https://support.google.com/mail/answer/188131 for more information. - gsmtp",
    "gmail-suspicious",
    manual("421"),
  ],
  [
    "421 4.7.28 [x.xx.xx.xx] Our system has detected an unusual rate of unsolicited mail originating from your IP address. To protect our users from spam, mail sent from your IP address has been temporarily rate limited. Please visit https://support.google.com/mail/?p=UnsolicitedRateLimitError to review our Bulk Email Senders Guidelines. - gsmtp",
    "gmail-rate",
    manual("421"),
  ],
  [
    "4.7.32 This mail has been rate limited because there is no DMARC alignment",
    "gmail-no-alignment",
    manual("421"),
  ],
  [
    "421 4.7.0 [TSS04] Messages from 0.0.0.0 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes",
    "yahoo-deferred",
    manual("421"),
  ],
  ["421 4.3.2 Service not available [outlook.com]", "service-trouble", manual("421")],
  [
    "421 4.3.2 The maximum number of concurrent connections per resource forest has exceeded a limit, closing transmission channel. example.com. PRX8 [example.com]",
    "service-trouble",
    manual("421"),
  ],
  [
    "450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages from being delivered. Please resend your message at a later time. If the user is able to receive mail at that time, your message will be delivered. For more information, please visit https://support.google.com/mail/?p=ReceivingRate - gsmtp",
    "recipient-rate",
    manual("450"),
  ],
  ["450 4.7.3 Organization queue quota exceeded. [outlook.com]", "recipient-rate", manual("450")],
  ["451 4.3.0 Mail server temporarily rejected message. - gsmtp", "service-trouble", manual("451")],
  [
    "451 4.3.2 Temporary server error. Please try again later ATTR17 [outlook.com]",
    "service-trouble",
    manual("451"),
  ],
  [
    "451 4.4.0 Message failed to be replicated: No healthy secondary server available to accept replica at this time. [outlook.com]",
    "service-trouble",
    manual("451"),
  ],
  [
    "451 4.7.651 The mail server [x.xx.xx.xx] has been temporarily rate limited due to IP reputation. For e-mail delivery information, see https://postmaster.live.com (S3114) [#.prod.outlook.com #]",
    "rate-limited-by-reputation",
    manual("451"),
  ],
  [
    "451 4.7.500 Server busy. Please try again later from [x.xx.xx.x]. (AS77712344) [#.prod.protection.outlook.com]",
    "server-busy",
    manual("451"),
  ],
  [
    "452 4.2.2 The email account that you tried to reach is over quota. Please direct the recipient to https://support.google.com/mail/?p=OverQuotaTemp - gsmtp",
    "recipient-full",
    manual("452"),
  ],
  [
    "452 4.3.1 Insufficient system resources (TSTE) [outlook.com]",
    "service-trouble",
    manual("452"),
  ],
  ["501 5.1.3 Invalid address [outlook.com]", "bad-address", manual("501")],
  [
    "550 5.1.1 The email account that you tried to reach does not exist. Please try double-checking the recipient's email address for typos or unnecessary spaces. Learn more at https://support.google.com/mail/?p=NoSuchUser - gsmtp",
    "no-such-user",
    manual("550"),
  ],
  [
    "550 5.2.1 The email account that you tried to reach is disabled. Learn more at https://support.google.com/mail/?p=DisabledUser - gsmtp",
    "recipient-disabled",
    manual("550"),
  ],
  [
    "550 5.7.1 [x.xx.xx.xx] Our system has detected that this message is likely unsolicited mail. To reduce the amount of spam sent to Gmail, this message has been blocked. Please visit https://support.google.com/mail/?p=UnsolicitedMessageError for more information. - gsmtp",
    "gmail-suspicious",
    manual("550"),
  ],
  [
    "550 5.7.1 Unauthenticated email from example.com is not accepted due to domain's DMARC policy. Please contact the administrator of example.com domain if this was a legitimate mail. Please visit https://support.google.com/mail/answer/2451690 to learn about the DMARC initiative. - gsmtp",
    "dmarc-reject",
    manual("550"),
  ],
  [
    "550 5.7.1 [x.xx.xx.xx 14] Messages missing a valid address in From: header, or having no From: header, are not accepted. - gsmtp",
    "from-field",
    manual("550"),
  ],
  [
    "550 5.7.1 Service unavailable, MailFrom domain is listed in Spamhaus. To request removal from this list see https://www.spamhaus.org/query/lookup/ (S8002) [#.eop-nam02.prod.protection.outlook.com]",
    "spamhaus",
    manual("550"),
  ],
  [
    "550 5.4.1 All recipient addresses rejected : Access denied [#.eop-nam02.prod.protection.outlook.com]",
    "recipient-rejected",
    manual("550"),
  ],
  [
    "550 5.7.606 Access denied, banned sending IP [x.xx.xx.xx]. To request removal from this list please visit https://sender.office.com/ and follow the directions. For more information please go to  http://go.microsoft.com/fwlink/?LinkID=526655 (AS16012609)",
    "address-banned",
    manual("550"),
  ],
  [
    "552-5.2.3 Your message exceeded Google's message size limits. Please visit http://mail.google.com/support/bin/answer.py?answer=8770 to review our size guidelines.",
    "message-too-large",
    manual("552"),
  ],
  [
    "552-5.7.0 Our system detected an illegal attachment on your message. Please visit http://mail.google.com/support/bin/answer.py?answer=6590 to review our attachment guidelines.",
    "attachment-refused",
    manual("552"),
  ],
  [
    "553 5.7.1 [BL21] Connections will not be accepted from x.xx.xx.xx, because the ip is in Spamhaus's list; see http://postmaster.yahoo.com/550-bl23.html",
    "spamhaus",
    manual("553"),
  ],
  [
    "554 5.2.122 The recipient has exceeded their limit for the number of messages they can receive per hour. For more information go to http://go.microsoft.com/fwlink/?LinkId=526653. (#) [outlook.com]",
    "too-many-to-one-recipient",
    manual("554"),
  ],
  [
    "554 5.2.121 The sender has exceeded the limit for the number of messages they can send to this recipient per hour. For more information go to http://go.microsoft.com/fwlink/?LinkId=526653. [#.prod.outlook.com #]",
    "too-many-to-one-recipient",
    manual("554"),
  ],
  [
    "554 delivery error: dd This user doesn't have a example.com account (example@example.com) [-9] - example.yahoo.com",
    "no-such-user",
    manual("554"),
  ],
  [
    "554 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes",
    "yahoo-policy",
    manual("554"),
  ],
  ["554 Message not allowed - Headers are not RFC compliant[291]", "from-field", manual("554")],
  [
    "550-5.7.26 Unauthenticated email from example.com is not accepted due to 550-5.7.26 domain's DMARC policy. Please visit 550-5.7.26 https://support.google.com/mail/answer/81126#authentication for 550-5.7.26 more information.",
    "dmarc-reject",
    "https://www.dmarctrust.com/troubleshooting/unauthenticated-email-rejected",
  ],
  [
    "550-5.7.1 This message does not have authentication information or fails to 550-5.7.1 pass authentication checks. To best protect our users from spam, the 550-5.7.1 message has been blocked. Please visit 550-5.7.1 https://support.google.com/mail/answer/81126 for more information.",
    "gmail-unauthenticated",
    "https://www.dmarctrust.com/troubleshooting/unauthenticated-email-rejected",
  ],
  [
    "550 5.7.26 This message fails to pass SPF checks for an SPF record with a hard fail policy (-all). To best protect our users from spam and phishing, the message has been blocked.",
    "spf-violation",
    "https://moin.qmail.jp/Gmail/%E5%8F%97%E4%BF%A1%E5%88%B6%E9%99%90/valimail",
  ],
  [
    "550-5.7.1 [103.27.73.29] The IP address sending this message does not have a PTR\\n550-5.7.1 record setup. As a policy, Gmail does not accept messages from IPs\\n550-5.7.1 with missing PTR records. Please visit\\n550-5.7.1 https://support.google.com/mail/answer/81126#authentication for more\\n550 5.7.1 information. e189-v6si165855pgc.461 - gsmtp",
    "no-reverse-dns",
    "https://pastebin.com/pJv07ywH",
  ],
  [
    "550-5.7.1 [MyIP6Address] Our system has detected that this message does 550-5.7.1 not meet IPv6 sending guidelines regarding PTR records and 550-5.7.1 authentication. Please review 550-5.7.1 for more information 550 5.7.1 . x102si19099743ioi.169 - gsmtp",
    "no-reverse-dns",
    "https://dwaves.org/2017/02/02/everyone-uses-google-mail-of-course-unencrypted-why-does-google-mail-hate-my-mailserver/",
  ],
];
