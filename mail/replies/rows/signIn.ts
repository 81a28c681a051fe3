import type { Cause, Row } from "../row.ts";
import { HIGH_VOLUME_PAGE, OAUTH, PAGE_535, PRINTERS } from "../sources.ts";

const SMTP_AUTH =
  "https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/authenticated-client-smtp-submission";

const REPAIR = "run npm run pulumi -- up --refresh --stack NAME, and wait an hour";

const OFF: Cause = {
  what: "Somebody switched SMTP AUTH off for the mailbox, or npm run stop did",
  fix: `${REPAIR}; npm run start -- --stack NAME --sender SENDER if the sender was stopped`,
  shows: "mailbox",
};

const PASSWORDS = "docs/how-to/send-with-a-password.md";

const TOKEN: Cause = {
  what: "The client signs in with a password, although the sender has OAuth",
  fix: "have it use XOAUTH2 with a token for the scope of the output senders",
  only: "oauth",
  ofClient: true,
};

/** Signing in on port 587. */
export const SIGN_IN_ROWS: readonly Row[] = [
  {
    name: "signed-in",
    codes: ["2.7.0"],
    words: /Authentication successful/i,
    senders: "none",
    meaning: "the sign-in succeeded",
    causes: [],
    source: OAUTH,
  },
  {
    name: "not-as-this-mailbox",
    codes: ["5.7.3"],
    senders: "signIn",
    meaning:
      "Exchange read the token or password, and it does not let this account send as this mailbox",
    causes: [
      {
        what: "The right of the app is new: until two hours after the first up, this is expected",
        fix: "wait two hours, and try again",
        only: "oauth",
      },
      {
        what: "The user in XOAUTH2 is not the sender's mailbox, or not its user name where that differs",
        fix: "use mailbox of the output senders, or the user name that an up has told",
        only: "oauth",
        shows: "mailbox",
        ofClient: true,
      },
      {
        what: "The app's right to the mailbox or the service principal is missing, or has the object id of the app registration",
        fix: `look at stack output pending, then run npm run pulumi -- up --refresh --stack NAME (${PAGE_535})`,
        only: "oauth",
      },
      {
        what: "The token is for another scope or tenant, or has expired",
        fix: "ask tokenEndpoint of the output senders for a token with its scope, shortly before each connection",
        only: "oauth",
        ofClient: true,
      },
      {
        what: "The password is wrong, or basic authentication is not allowed to this user",
        fix: `read the present password from the output secrets; ${PASSWORDS}`,
        only: "password",
      },
      {
        what: "The account of High Volume Email has no valid billing policy, or the subscription behind it is not active",
        fix: `run npm run doctor -- --stack NAME, which says what of it is wrong (${HIGH_VOLUME_PAGE})`,
        only: "highVolume",
        shows: "mailbox",
      },
      {
        what: "The password is an old one",
        fix: "read the present one from the output secrets",
        ...{ only: "highVolume", ofClient: true },
      },
      {
        what: "The account's sign-in is blocked, by npm run stop or by hand",
        fix: "run npm run start -- --stack NAME --sender SENDER if the sender was stopped",
        only: "highVolume",
      },
    ],
    source: OAUTH,
  },
  {
    name: "smtp-auth-off-for-mailbox",
    words: /SmtpClientAuthentication is disabled for the Mailbox/i,
    senders: "signIn",
    meaning: "SMTP AUTH is off for this mailbox",
    causes: [OFF],
    source: SMTP_AUTH,
  },
  {
    name: "smtp-auth-off-for-tenant",
    words: /SmtpClientAuthentication is disabled for the Tenant/i,
    senders: "signIn",
    meaning:
      "SMTP AUTH is off for the organisation, and the mailbox has no setting of its own yet. The organisation's may stay off",
    causes: [
      {
        what: "The setting of the mailbox is new, or somebody removed it",
        fix: REPAIR,
        shows: "mailbox",
      },
    ],
    source: SMTP_AUTH,
  },
  {
    name: "basic-authentication-disabled",
    words: /basic authentication is disabled/i,
    senders: "signIn",
    meaning: "Exchange takes no password of this user",
    causes: [
      TOKEN,
      {
        what: "The user's authentication policy does not allow basic authentication for SMTP, or Microsoft has retired it for the tenant",
        fix: `run npm run pulumi -- up --refresh --stack NAME; if it stays, use OAuth or a connector (${PASSWORDS})`,
        only: "password",
      },
    ],
    source: PRINTERS,
  },
  {
    name: "security-defaults",
    words: /user is locked by your organization's security defaults policy/i,
    senders: "signIn",
    meaning: "security defaults refuse sign-ins with a password alone",
    causes: [
      TOKEN,
      {
        what: "The tenant has security defaults",
        fix: `use OAuth or a connector; ${PASSWORDS} says what else stops a password`,
        only: "password",
      },
    ],
    source: PRINTERS,
  },
  {
    name: "criteria-not-met",
    words: /the request did not meet the criteria to be authenticated successfully/i,
    senders: "signIn",
    meaning:
      "the password is wrong, the account is blocked, or a Conditional Access policy refuses the sign-in",
    causes: [
      TOKEN,
      {
        what: "The password is an old one, or the account is blocked by npm run stop or by hand",
        fix: `read the present password from the output secrets; npm run start -- --stack NAME --sender SENDER if the sender was stopped; ${PASSWORDS}`,
        only: "password",
      },
      {
        what: "A Conditional Access policy refuses legacy authentication or this place",
        fix: "look at the sign-in logs in Entra, and have an administrator exclude the user",
        only: "password",
      },
    ],
    source: PRINTERS,
  },
  {
    name: "credentials-incorrect",
    words: /the user credentials were incorrect/i,
    senders: "signIn",
    meaning: "the user name or the password is wrong",
    causes: [
      TOKEN,
      {
        what: "The client has an old password, or not the sender's mailbox as the user name",
        fix: "read mailbox from the output senders, and the password from the output secrets",
        only: "password",
        shows: "mailbox",
      },
    ],
    source: PRINTERS,
  },
  {
    name: "sign-in-refused",
    codes: ["5.7.139"],
    senders: "signIn",
    meaning: "Exchange or Entra refuses the sign-in, mostly because it is made with a password",
    causes: [
      TOKEN,
      {
        what: "Security defaults, an authentication policy or a wrong password stops it",
        fix: `follow ${PASSWORDS}`,
        only: "password",
      },
      { ...OFF, only: "oauth" },
    ],
    source: PRINTERS,
  },
  {
    name: "passwords-retired",
    words: /Basic authentication is not supported for Client Submission/i,
    senders: "signIn",
    meaning: "Microsoft no longer accepts passwords on port 587",
    causes: [
      {
        what: "The sender signs in with a password",
        fix: "set authentication to [oauth], [certificate] or [staticIp] in the stack file, run up, and change the client's settings",
        only: "password",
      },
      TOKEN,
    ],
    source:
      "https://techcommunity.microsoft.com/blog/exchange/exchange-online-to-retire-basic-auth-for-client-submission-smtp-auth/4114750",
  },
  {
    name: "not-signed-in",
    codes: ["5.7.57"],
    words: /Client (?:was )?not authenticated(?: to send (?:anonymous )?mail)?/i,
    senders: "all",
    meaning: "the client sent MAIL without a sign-in, or after one that failed",
    causes: [
      {
        what: "The client does not sign in, or has no STARTTLS, without which Exchange offers no AUTH",
        fix: "switch on authentication and STARTTLS in the client, on port 587",
        ofClient: true,
      },
      {
        what: "The sender has a connector, and connects to smtp.office365.com",
        fix: "have it connect to host of the output senders, on port 25",
        only: "connector",
        ofClient: true,
      },
    ],
    source:
      "https://learn.microsoft.com/exchange/troubleshoot/email-delivery/ndr/fix-error-code-5-7-57-in-exchange-online",
  },
];
