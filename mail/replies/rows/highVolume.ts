import type { Row } from "../row.ts";
import { HIGH_VOLUME } from "../sources.ts";

const row = (
  name: string,
  codes: readonly string[],
  meaning: string,
  what: string,
  fix: string,
): Row => ({
  name,
  codes,
  senders: "none",
  meaning: `High Volume Email: ${meaning}`,
  causes: [{ what, fix }],
  source: HIGH_VOLUME,
});

/** High Volume Email, smtp.hve.mx.microsoft. */
export const HIGH_VOLUME_ROWS: readonly Row[] = [
  row(
    "hve-bad-argument",
    ["5.5.121-126"],
    "the argument of AUTH XOAUTH2 is malformed",
    "The client builds it wrong",
    "send base64 of user=, the account, ^Aauth=Bearer, a space, the token, ^A^A; ^A is the octet 1",
  ),
  row(
    "hve-not-an-account",
    ["5.2.240"],
    "who signs in has no HVE account",
    "The client signs in as a mailbox's user",
    "sign in as the HVE account, or send through smtp.office365.com",
  ),
  row(
    "hve-not-its-own-address",
    ["5.7.62", "5.6.241"],
    "an account sends as its own address alone",
    "MAIL FROM or From is another address",
    "let the client write the account's address into both",
  ),
  row(
    "hve-token-expired",
    ["5.7.142", "5.7.143"],
    "the token has expired, or is about to",
    "The client uses a token for too long",
    "let it ask for a new token before each connection",
  ),
  row(
    "hve-wrong-permission",
    ["5.7.144"],
    "the token does not have the permission that HVE asks for",
    "The app has another permission, or no consent",
    "give the app the permission that Microsoft's page names, with an administrator's consent",
  ),
  row(
    "hve-app-not-allowed",
    ["5.7.240"],
    "the app may not send as this account",
    "The account does not allow the app",
    "let an administrator run Add-HVEAppAccess, and wait five minutes",
  ),
  row(
    "hve-external-recipient",
    ["5.5.105"],
    "it sends to recipients of the own organisation only",
    "A recipient is outside",
    "set the sender's external to the share of recipients outside and run pulumi up, which gives it another method",
  ),
];
