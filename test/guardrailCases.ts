import { GUARDRAILS, type GuardedResource, judge } from "../mail/guardrails/guardrails.ts";
import { sentence } from "../mail/problem.ts";

/** A stack that breaks one guardrail, and the same stack put right. */
export interface GuardrailCase {
  /** The guardrail's id. */
  readonly breaks: string;
  /** What it says: key, value, rule and fix. */
  readonly says: RegExp;
  readonly bad: readonly Declared[];
  readonly good: readonly Declared[];
}

/** A resource as a program declares it. */
export type Declared = Pick<GuardedResource, "kind" | "name" | "inputs"> & {
  /** @default true */
  readonly isProtected?: boolean;
};

const DAY = 24 * 60 * 60 * 1000;
const inDays = (days: number): string => new Date(Date.now() + days * DAY).toISOString();

/** A connector of the sender `name`, of a provider that checks nothing. */
const connector = (name: string, inputs: object, isProtected = true): Declared => ({
  kind: "InboundConnector",
  name,
  inputs: { owner: `relays/prod/${name}`, ...inputs },
  isProtected,
});
const from = (name: string, ...senderIPAddresses: string[]) =>
  connector(name, { senderIPAddresses });
const fence = (name: string): Declared => ({
  kind: "TransportRule",
  name: `${name}-fence`,
  inputs: { owner: `relays/prod/${name}` },
});
const txt = (name: string, content: string): Declared => ({
  kind: "DnsRecord",
  name,
  inputs: { type: "TXT", name, content },
});
const spf = (domain: string, after: string, others: object = {}): Declared => ({
  kind: "SpfRecord",
  name: `${domain}-spf`,
  inputs: { domain, after, ...others },
});
const dmarc = (domain: string, after: string, before = ""): Declared => ({
  kind: "DmarcRecord",
  name: `${domain}-dmarc`,
  inputs: { domain, after, before },
});
const ofDomain = (kind: string, domain: string): Declared => ({
  kind,
  name: `${domain}-${kind}`,
  inputs: { domain },
});
const app = (name: string, id: string): Declared => ({
  kind: "Application",
  name,
  inputs: {
    requiredResourceAccesses: [
      {
        resourceAppId: "00000003-0000-0000-c000-000000000000",
        resourceAccesses: [{ id, type: "Role" }],
      },
    ],
  },
});
const secret = (name: string, inputs: object): Declared => ({
  kind: "ApplicationPassword",
  name,
  inputs: { ...inputs },
});
const script = (name: string, create: string): Declared => ({
  kind: "Command",
  name,
  inputs: { create },
});

const MAIL_SEND = "b633e1c5-b582-4048-a93e-9f11b44c7e96";
const USER_READ_ALL = "df021288-bdef-4463-88db-98f22de89214";
const STRICT = "v=DMARC1; p=reject; rua=mailto:reports@dmarc.cyber.dhs.gov; ruf=mailto:a@c.example";
const WATCHING = STRICT.replace("reject", "none");
const ELEVEN = Array.from({ length: 11 }, (_, index) => `include:s${index}.example`).join(" ");

/** Every guardrail, some by more than one stack. */
export const GUARDRAIL_CASES: readonly GuardrailCase[] = [
  {
    breaks: "open-relay",
    says: /^connector of world: senderIPAddresses: "0\.0\.0\.0\/0" opens the relay to the whole internet; list the public IPv4 addresses that your servers connect from/,
    bad: [from("world", "0.0.0.0/0")],
    good: [from("world", "198.51.100.1"), fence("world")],
  },
  {
    breaks: "open-relay",
    says: /^connector of star: tlsSenderCertificateName: "\*\.example" has a wildcard, .*; use the subject or alternative name/,
    bad: [connector("star", { tlsSenderCertificateName: "*.example" })],
    good: [connector("star", { tlsSenderCertificateName: "relay.c.example" })],
  },
  {
    breaks: "open-relay",
    says: /^connector of both: senderIPAddresses: \["198\.51\.100\.2"\] is given together with tlsSenderCertificateName, .*; give exactly one/,
    bad: [
      connector("both", {
        senderIPAddresses: ["198.51.100.2"],
        tlsSenderCertificateName: "both.c.example",
      }),
    ],
    good: [from("both", "198.51.100.2"), fence("both")],
  },
  {
    breaks: "shared-address",
    says: /^connector of shared: senderIPAddresses: "40\.107\.1\.2" is where Exchange Online sends the mail of every organisation from, so that all of them could relay; list/,
    bad: [from("shared", "40.107.1.2")],
    good: [from("shared", "198.51.100.3"), fence("shared")],
  },
  {
    breaks: "wide-address",
    says: /^connector of wide: senderIPAddresses: "203\.0\.113\.0\/24" lets whoever connects from any of its 256 addresses send mail; make sure/,
    bad: [from("wide", "203.0.113.0/24")],
    good: [from("wide", "203.0.113.1", "203.0.113.2"), fence("wide")],
  },
  {
    breaks: "certificate-domain",
    says: /^connector of elsewhere: tlsSenderCertificateName: "relay\.elsewhere\.example" is in none of the tenant's accepted domains \(.*c\.example.*\); use a certificate/,
    bad: [
      ofDomain("AcceptedDomain", "c.example"),
      ofDomain("DkimSigning", "c.example"),
      connector("elsewhere", { tlsSenderCertificateName: "relay.elsewhere.example" }),
    ],
    good: [
      ofDomain("AcceptedDomain", "c.example"),
      ofDomain("DkimSigning", "c.example"),
      connector("elsewhere", { tlsSenderCertificateName: "elsewhere.c.example" }),
    ],
  },
  {
    breaks: "no-tls",
    says: /^connector of plain: requireTls: false lets the sender's servers send without TLS.*; let every server/,
    bad: [connector("plain", { senderIPAddresses: ["198.51.100.5"], requireTls: false })],
    good: [connector("plain", { tlsSenderCertificateName: "plain.c.example", requireTls: false })],
  },
  {
    breaks: "unprotected",
    says: /^connector of bare: is not protected, so that an up or a destroy can remove it .*; set protect: true for it/,
    bad: [connector("bare", { senderIPAddresses: ["198.51.100.4"] }, false)],
    good: [connector("bare", { senderIPAddresses: ["198.51.100.4"] }), fence("bare")],
  },
  {
    breaks: "no-fence",
    says: /^connector of unfenced: senderIPAddresses: \["198\.51\.100\.6"\] let every host behind them send as any address of the tenant's accepted domains; add fence: true/,
    bad: [from("unfenced", "198.51.100.6"), fence("another")],
    good: [
      from("unfenced", "198.51.100.6"),
      fence("unfenced"),
      connector("certified", { tlsSenderCertificateName: "certified.c.example" }),
    ],
  },
  {
    breaks: "unprotected",
    says: /^mailbox of shop: is not protected/,
    bad: [
      {
        kind: "SharedMailbox",
        name: "shop",
        inputs: { address: "a@c.example" },
        isProtected: false,
      },
    ],
    good: [{ kind: "SharedMailbox", name: "shop", inputs: { address: "a@c.example" } }],
  },
  {
    breaks: "spf-open",
    says: /^SPF of open\.example: "\+all" lets anyone send as this domain; write "~all", or "-all"/,
    bad: [txt("open.example", '"v=spf1 +all"')],
    good: [txt("open.example", '"v=spf1 -all"')],
  },
  {
    breaks: "spf-neutral",
    says: /^SPF of neutral\.example: "\?all" gives no result for mail from elsewhere; write "~all"/,
    bad: [txt("neutral.example", "v=spf1 ?all")],
    good: [txt("neutral.example", "v=spf1 ~all")],
  },
  {
    breaks: "spf-look-ups",
    says: /^SPF of many\.example: 11 look-ups exceed the limit of 10, .*; remove what you do not need, first "include:s0\.example"/,
    bad: [txt("many.example", `v=spf1 ${ELEVEN} -all`)],
    good: [txt("many.example", "v=spf1 include:s0.example -all")],
  },
  {
    breaks: "spf-look-ups",
    says: /^SPF of deep\.example: 12 look-ups exceed the limit of 10, .*: include:a\.example 11, mx 1; remove/,
    bad: [
      spf("deep.example", "v=spf1 include:a.example mx -all", {
        lookUps: [
          "deep.example",
          "  include:a.example  11",
          "    include:b.example  10",
          "  mx  1",
          "12 of 10 look-ups, 0 of 2 void (for mail over IPv4)",
        ],
      }),
      dmarc("deep.example", STRICT, STRICT),
    ],
    good: [
      spf("deep.example", "v=spf1 mx -all", {
        lookUps: ["deep.example", "  mx  1", "1 of 10 look-ups, 0 of 2 void (for mail over IPv4)"],
      }),
      dmarc("deep.example", STRICT, STRICT),
    ],
  },
  {
    breaks: "dmarc-weaker",
    says: /^DMARC of weaker\.example: .* is weaker than the existing record \(p=none instead of reject.*\); request a policy no weaker/,
    bad: [spf("weaker.example", "v=spf1 -all"), dmarc("weaker.example", WATCHING, STRICT)],
    good: [spf("weaker.example", "v=spf1 -all"), dmarc("weaker.example", STRICT, STRICT)],
  },
  {
    breaks: "dmarc-stage",
    says: /^DMARC of stage\.example: .* is stricter than the record before and skips quarantine, and nothing here proves that mail passes; confirm that reports have been read/,
    bad: [spf("stage.example", "v=spf1 -all"), dmarc("stage.example", STRICT, WATCHING)],
    good: [spf("stage.example", "v=spf1 -all"), dmarc("stage.example", STRICT, STRICT)],
  },
  {
    breaks: "dkim-off",
    says: /^DKIM of unsigned\.example: is off, so that DMARC rests on SPF alone, .*; let the stack sign/,
    bad: [ofDomain("AcceptedDomain", "unsigned.example")],
    good: [
      ofDomain("AcceptedDomain", "unsigned.example"),
      ofDomain("DkimSigning", "unsigned.example"),
    ],
  },
  {
    breaks: "record-missing",
    says: /^DMARC of half\.example: is not published by the stack, which publishes the domain's other records; publish it too/,
    bad: [spf("half.example", "v=spf1 -all")],
    good: [spf("half.example", "v=spf1 -all"), dmarc("half.example", STRICT, STRICT)],
  },
  {
    breaks: "dmarc-reject",
    says: /^DMARC of lenient\.example: .* does not reject mail that fails; set the policy to "reject" once reports/,
    bad: [txt("_dmarc.lenient.example", WATCHING)],
    good: [txt("_dmarc.lenient.example", STRICT)],
  },
  {
    breaks: "dmarc-federal-reports",
    says: /^DMARC of agency\.example: .* sends CISA no aggregate reports; add "mailto:reports@dmarc\.cyber\.dhs\.gov" to rua/,
    bad: [txt("_dmarc.agency.example", "v=DMARC1; p=reject; rua=mailto:a@c.example")],
    good: [txt("_dmarc.agency.example", STRICT)],
  },
  {
    breaks: "dmarc-contact",
    says: /^DMARC of silent\.example: "v=DMARC1; p=reject" names nobody in rua and ruf who gets reports; add an address/,
    bad: [txt("_dmarc.silent.example", "v=DMARC1; p=reject")],
    good: [txt("_dmarc.silent.example", STRICT)],
  },
  {
    breaks: "app-rights",
    says: /^app role of mailer: "b633e1c5-.*" is Mail\.Send, with which the app reaches every mailbox of the tenant; give the app a role over its own mailbox/,
    bad: [app("mailer", MAIL_SEND)],
    good: [app("mailer", USER_READ_ALL)],
  },
  {
    breaks: "app-rights",
    says: /^app role of granted: "b633e1c5-.*" is Mail\.Send/,
    bad: [{ kind: "AppRoleAssignment", name: "granted", inputs: { appRoleId: MAIL_SEND } }],
    good: [{ kind: "AppRoleAssignment", name: "granted", inputs: { appRoleId: USER_READ_ALL } }],
  },
  {
    breaks: "secret-lifetime",
    says: /^secret long: is valid for 365 days, but 180 is what a secret should be used at most; issue it for 180 days at most/,
    bad: [secret("long", { endDateRelative: "8760h" })],
    good: [secret("long", { endDateRelative: "4320h" })],
  },
  {
    breaks: "secret-lifetime",
    says: /^secret old: was issued 200 days ago, but 180 .*; raise the sender's credentialGeneration by one/,
    bad: [secret("old", { startDate: inDays(-200) })],
    good: [secret("old", { startDate: inDays(-100) })],
  },
  {
    breaks: "smtp-auth",
    says: /^smtp-auth: create: "Set-TransportConfig -SmtpClientAuthenticationDisabled \$false" allows SMTP AUTH for every mailbox of the organisation; leave it disabled/,
    bad: [
      script(
        "smtp-auth",
        "Connect-ExchangeOnline; Set-TransportConfig -SmtpClientAuthenticationDisabled $false",
      ),
    ],
    good: [script("smtp-auth", "Set-TransportConfig -SmtpClientAuthenticationDisabled $true")],
  },
  {
    breaks: "auto-forwarding",
    says: /^remote: create: "Set-RemoteDomain Default -AutoForwardEnabled:\$true" lets mailboxes forward mail to other organisations automatically; leave/,
    bad: [script("remote", "Set-RemoteDomain Default -AutoForwardEnabled:$true")],
    good: [script("remote", "Set-RemoteDomain Default -AutoForwardEnabled:$false")],
  },
  {
    breaks: "auto-forwarding",
    says: /^outbound: create: "Set-HostedOutboundSpamFilterPolicy Default -AutoForwardingMode On" lets/,
    bad: [script("outbound", "Set-HostedOutboundSpamFilterPolicy Default -AutoForwardingMode On")],
    good: [
      script("outbound", "Set-HostedOutboundSpamFilterPolicy Default -AutoForwardingMode Off"),
    ],
  },
];

/** Declared resources as they are once they are made. */
export const guarded = ({ isProtected = true, ...declared }: Declared): GuardedResource => ({
  ...declared,
  outputs: declared.inputs,
  isProtected,
});

/** What every guardrail says of a stack, also those that are off: `spf-open: SPF of …`. */
export const brokenBy = (declared: readonly Declared[]): string[] =>
  GUARDRAILS.flatMap((guardrail) =>
    judge(guardrail, declared.map(guarded), new Date()).map(
      (problem) => `${guardrail.id}: ${sentence(problem)}`,
    ),
  );
