/** A way to send, and what a receiver finds out. What is left out is as it should be. */
export interface MailWorld {
  name: string;
  /** TXT records for SPF at the domain. @default one that names Exchange Online */
  spf?: readonly string[];
  /** TXT records below `_dmarc` of the domain. @default one that asks for nothing */
  dmarc?: readonly string[];
  /** Whether those stand one below the domain. @default false */
  dmarcBelow?: boolean;
  /** The outside domain's own DMARC record. */
  foreignDmarc?: string;
  /** How the two CNAMEs to Exchange's keys stand at Cloudflare. @default plain */
  cnames?: "plain" | "proxied";
  /** Whether Exchange signs for the domain; it signs for the initial one otherwise. @default true */
  signs?: boolean;
  /** Host part of From: the domain, one or two below it, or the outside's. @default own */
  author?: "own" | "below" | "deep" | "foreign";
  /** Somebody hands the delivered message on: Exchange again, or a stranger. */
  handedOnBy?: "exchange" | "stranger";
  /** Without an envelope sender then, as a report is. */
  nullSender?: boolean;
  /** A word of the body is another one then. */
  altered?: boolean;
  /** The domain's name servers fail when asked for its SPF record. */
  spfFails?: boolean;
  /** All verifiers have to say just this, but for the differences that are known. */
  expected: Expected;
}

/** One of which nobody says beforehand what a receiver finds out. */
export type DrawnWorld = Omit<MailWorld, "expected">;

export interface Expected {
  spf: string;
  /** Of the one signature: RFC 8601's results, of which dkimpy knows but pass. */
  dkim: string;
  dmarc: string;
  /** What becomes of the message. */
  end: "inbox" | "junk" | "refused";
}

const REJECT = ["v=DMARC1; p=reject"];
const QUARANTINE = ["v=DMARC1; p=quarantine"];
export const RELAY = "v=spf1 include:spf.protection.outlook.com -all";

export const DEFAULTS = { spf: [RELAY], dmarc: ["v=DMARC1; p=none"] };

export const WORLDS: readonly MailWorld[] = [
  { name: "all right", expected: { spf: "pass", dkim: "pass", dmarc: "pass", end: "inbox" } },
  {
    name: "all right, reject asked for",
    dmarc: REJECT,
    expected: { spf: "pass", dkim: "pass", dmarc: "pass", end: "inbox" },
  },
  {
    name: "DKIM off",
    signs: false,
    expected: { spf: "pass", dkim: "pass", dmarc: "pass", end: "inbox" },
  },
  {
    name: "DKIM off, SPF of others alone",
    signs: false,
    spf: ["v=spf1 mx -all"],
    expected: { spf: "fail", dkim: "pass", dmarc: "fail", end: "inbox" },
  },
  {
    name: "no SPF record",
    spf: [],
    expected: { spf: "none", dkim: "pass", dmarc: "pass", end: "inbox" },
  },
  {
    name: "a second SPF record",
    spf: [RELAY, "v=spf1 mx ~all"],
    expected: { spf: "permerror", dkim: "pass", dmarc: "pass", end: "inbox" },
  },
  {
    name: "a second SPF record, DKIM off, quarantine",
    spf: [RELAY, "v=spf1 mx ~all"],
    signs: false,
    dmarc: QUARANTINE,
    expected: { spf: "permerror", dkim: "pass", dmarc: "fail", end: "junk" },
  },
  {
    name: "SPF record can't be asked for",
    spfFails: true,
    expected: { spf: "temperror", dkim: "pass", dmarc: "pass", end: "inbox" },
  },
  {
    name: "proxied CNAMEs",
    cnames: "proxied",
    expected: { spf: "pass", dkim: "neutral", dmarc: "pass", end: "inbox" },
  },
  {
    name: "proxied CNAMEs, no SPF record, quarantine",
    cnames: "proxied",
    spf: [],
    dmarc: QUARANTINE,
    expected: { spf: "none", dkim: "neutral", dmarc: "fail", end: "junk" },
  },
  {
    name: "no DMARC record",
    dmarc: [],
    expected: { spf: "pass", dkim: "pass", dmarc: "none", end: "inbox" },
  },
  {
    name: "two DMARC records",
    dmarc: [...REJECT, ...QUARANTINE],
    expected: { spf: "pass", dkim: "pass", dmarc: "none", end: "inbox" },
  },
  {
    name: "DMARC record without a policy, but with rua",
    dmarc: ["v=DMARC1; rua=mailto:dmarc@outside.example"],
    expected: { spf: "pass", dkim: "pass", dmarc: "pass", end: "inbox" },
  },
  {
    name: "DMARC record with a policy that there is not",
    dmarc: ["v=DMARC1; p=refuse"],
    expected: { spf: "pass", dkim: "pass", dmarc: "none", end: "inbox" },
  },
  {
    name: "DMARC record that does not begin with v",
    dmarc: ["p=quarantine; v=DMARC1"],
    expected: { spf: "pass", dkim: "pass", dmarc: "none", end: "inbox" },
  },
  {
    name: "foreign From",
    author: "foreign",
    expected: { spf: "pass", dkim: "pass", dmarc: "none", end: "inbox" },
  },
  {
    name: "foreign From, its owner asks for quarantine",
    author: "foreign",
    foreignDmarc: "v=DMARC1; p=quarantine",
    expected: { spf: "pass", dkim: "pass", dmarc: "fail", end: "junk" },
  },
  {
    name: "From below the domain, relaxed",
    author: "below",
    dmarc: ["v=DMARC1; p=none; sp=quarantine"],
    expected: { spf: "pass", dkim: "pass", dmarc: "pass", end: "inbox" },
  },
  {
    name: "From below the domain, strict",
    author: "below",
    dmarc: ["v=DMARC1; p=none; sp=quarantine; aspf=s; adkim=s"],
    expected: { spf: "pass", dkim: "pass", dmarc: "fail", end: "junk" },
  },
  {
    name: "From below the domain, DMARC record there alone",
    author: "below",
    dmarc: QUARANTINE,
    dmarcBelow: true,
    expected: { spf: "pass", dkim: "pass", dmarc: "fail", end: "junk" },
  },
  {
    // Only the tree walk of RFC 9989 section 4.10 finds that record; RFC 7489 looked at From and at the whole's top.
    name: "From two below the domain, DMARC record between",
    author: "deep",
    dmarc: QUARANTINE,
    dmarcBelow: true,
    signs: false,
    spf: ["v=spf1 mx -all"],
    expected: { spf: "fail", dkim: "pass", dmarc: "fail", end: "junk" },
  },
  {
    name: "null sender",
    handedOnBy: "exchange",
    nullSender: true,
    expected: { spf: "pass", dkim: "pass", dmarc: "pass", end: "inbox" },
  },
  {
    name: "null sender, DKIM off",
    handedOnBy: "exchange",
    nullSender: true,
    signs: false,
    expected: { spf: "pass", dkim: "pass", dmarc: "fail", end: "inbox" },
  },
  {
    name: "handed on by a stranger, reject",
    handedOnBy: "stranger",
    dmarc: REJECT,
    expected: { spf: "fail", dkim: "pass", dmarc: "pass", end: "inbox" },
  },
  {
    name: "body altered",
    handedOnBy: "exchange",
    altered: true,
    expected: { spf: "pass", dkim: "fail", dmarc: "pass", end: "inbox" },
  },
  {
    name: "body altered by a stranger",
    handedOnBy: "stranger",
    altered: true,
    expected: { spf: "fail", dkim: "fail", dmarc: "fail", end: "inbox" },
  },
  {
    name: "body altered by a stranger, quarantine",
    handedOnBy: "stranger",
    altered: true,
    dmarc: QUARANTINE,
    expected: { spf: "fail", dkim: "fail", dmarc: "fail", end: "junk" },
  },
  {
    name: "body altered by a stranger, reject",
    handedOnBy: "stranger",
    altered: true,
    dmarc: REJECT,
    expected: { spf: "fail", dkim: "fail", dmarc: "fail", end: "refused" },
  },
];
