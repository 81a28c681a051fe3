import type { Cause, Row } from "../row.ts";
import { HIGH_VOLUME, HIGH_VOLUME_PAGE } from "../sources.ts";

const row = (
  name: string,
  codes: readonly string[],
  meaning: string,
  senders: Row["senders"],
  ...causes: readonly Cause[]
): Row => ({
  ...{ name, codes, senders, causes, source: HIGH_VOLUME },
  meaning: `High Volume Email: ${meaning}`,
});

/** High Volume Email, smtp.hve.mx.microsoft. Accounts of the stack sign in with a password, so that none of them has a token. */
export const HIGH_VOLUME_ROWS: readonly Row[] = [
  {
    ...row(
      "hve-not-allowed",
      [],
      "the organisation does not let the account sign in with a password",
      "highVolume",
      {
        what: "Security defaults are on, or a Conditional Access policy blocks legacy authentication",
        fix: `switch security defaults off, or exclude the account from the policy (${HIGH_VOLUME_PAGE}); npm run doctor -- --stack NAME says which`,
      },
      {
        what: "The authentication policy of the account does not allow basic authentication for SMTP",
        fix: "run npm run pulumi -- up --refresh --stack NAME, which restores it",
      },
    ),
    words: /organization configuration does(?:n't| not) allow this authentication request/i,
  },
  row("hve-bad-argument", ["5.5.121-126"], "the argument of AUTH XOAUTH2 is malformed", "none", {
    what: "The client builds the argument in another form",
    fix: "send base64 of user=ACCOUNT^Aauth=Bearer TOKEN^A^A, where ^A is the octet 1",
  }),
  row("hve-not-an-account", ["5.2.240"], "the user that signs in is no HVE account", "signIn", {
    what: "The client signs in as the user of a mailbox",
    fix: "sign in as the HVE account, or send through host of the output senders",
    ofClient: true,
  }),
  row(
    "hve-not-its-own-address",
    ["5.7.62", "5.6.241"],
    "an account sends as its own address alone",
    "highVolume",
    {
      what: "MAIL FROM or From is another address",
      fix: "have the client write the account's address into both",
      ...{ shows: "mailbox", ofClient: true },
    },
  ),
  row(
    "hve-token-expired",
    ["5.7.142", "5.7.143"],
    "the token has expired, or is about to",
    "none",
    {
      what: "The client goes on with a token that has expired",
      fix: "have it ask for a new token before each connection",
    },
  ),
  row(
    "hve-wrong-permission",
    ["5.7.144"],
    "the token does not have the permission that HVE asks for",
    "none",
    {
      what: "The app has another permission, or no consent",
      fix: "give the app the permission that Microsoft's page names, with an administrator's consent",
    },
  ),
  row("hve-app-not-allowed", ["5.7.240"], "the app may not send as this account", "none", {
    what: "The account does not allow the app",
    fix: "have an administrator run Add-HVEAppAccess, and wait five minutes",
  }),
  row(
    "hve-external-recipient",
    ["5.5.105"],
    "it sends to recipients of your organisation only",
    "highVolume",
    {
      what: "The sender has recipients in other organisations",
      fix: "set its external to the share of such recipients, and run npm run pulumi -- up --stack NAME, which gives it another method",
      shows: "mailbox",
    },
    {
      what: "A test message went to an address outside",
      fix: "run npm run verify -- --stack NAME --sender SENDER --to ADDRESS, with an address of your organisation",
    },
  ),
];
