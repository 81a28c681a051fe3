import { senderOfOwner } from "../ownership.ts";
import { type Properties, text, textsIn, without } from "../properties.ts";
import { stopMeaning } from "../stop/problems.ts";

// What each kind of resource is called, and what it means for mail that somebody changed or removed one by hand. A kind that
// is not listed here, and a property without a meaning, is still reported, by its own name.

interface KindWords {
  subject(properties: Properties, resource: { kind: string; name: string }): string;
  /** What it means that the object is gone. */
  readonly gone: string | readonly string[];
  /** What it means that a property is another, by its name. */
  readonly changed?: Readonly<
    Record<
      string,
      (now: unknown, before: unknown, resource: Properties) => string | readonly string[]
    >
  >;
}

const sender = ({ owner }: Properties): string => senderOfOwner(text(owner));
const of =
  (what: string, key: string) =>
  (properties: Properties): string =>
    `${what} of ${text(properties[key])}`;

const REFUSED = "Exchange refuses the sender's mail with 550 5.7.64";
const CANNOT_SUBMIT = "the sender can't submit mail";
const STOLEN = "whoever gets hold of the sender's credential can do more with it than send";
const NOT_ALIGNED =
  "Exchange signs the domain's mail with the onmicrosoft.com domain, which is not aligned";
const UNFENCED =
  "every host behind the sender's addresses may send as any address of the tenant's accepted domains";
const stopped = (now: unknown, _before: unknown, { owner }: Properties) =>
  stopMeaning(now, text(owner));
const opened = (now: unknown): string | readonly string[] => (now === true ? STOLEN : []);
/** A switch that lets somebody into a mailbox in another way than by SMTP. */
const ACCESS = Object.fromEntries(
  "activeSync ews imap macOutlook mapi oneWinNativeOutlook outlookMobile owa owaForDevices pop universalOutlook"
    .split(" ")
    .map((name) => [`${name}Enabled`, opened]),
);
const MAILBOX: KindWords = {
  subject: of("mailbox", "address"),
  gone: [CANNOT_SUBMIT, "the mail in the mailbox is gone with it"],
  changed: {
    ...ACCESS,
    smtpClientAuthenticationDisabled: (now) => (now === true ? CANNOT_SUBMIT : []),
    accountDisabled: (now) => (now === false ? STOLEN : []),
    customAttribute15: stopped,
  },
};
const grant = (what: string): KindWords => ({
  subject: (properties) => `${what} of ${sender(properties)}`,
  gone: CANNOT_SUBMIT,
});
const app = (what: string): KindWords => ({
  subject: (properties, { name }) =>
    `${what} ${JSON.stringify(text(properties.displayName) || name)}`,
  gone: "the sender can't sign in",
  changed: { accountEnabled: (now) => (now === false ? "the sender can't sign in" : []) },
});
const record = (what: string, gone: string): KindWords => ({
  subject: of(what, "domain"),
  gone,
});

export const UNKNOWN: KindWords = { subject: (_, { kind, name }) => `${kind} ${name}`, gone: [] };

export const KINDS: Readonly<Record<string, KindWords>> = {
  AcceptedDomain: {
    subject: of("domain", "domain"),
    gone: "it is not verified in the tenant any more, so Exchange does not relay its mail",
    changed: { mxHost: (now) => `relays have to connect to ${text(now)}` },
  },
  InboundConnector: {
    subject: (properties) =>
      `connector ${JSON.stringify(properties.name)} of ${sender(properties)}`,
    gone: REFUSED,
    changed: {
      enabled: (now) => (now === false ? REFUSED : []),
      connectorType: (now) => (now === "OnPremises" ? [] : REFUSED),
      senderDomains: (now) =>
        textsIn(now).includes("*") ? [] : `it takes mail of ${textsIn(now).join(", ")} alone`,
      associatedAcceptedDomains: (now) =>
        textsIn(now).length === 0
          ? "the sender may send as any address of the tenant's accepted domains"
          : `it is used for mail of ${textsIn(now).join(", ")} alone`,
      cloudServicesMailEnabled: (now) =>
        now === true
          ? "Exchange believes what the sender's servers write into header fields that mark mail as internal"
          : [],
      comment: stopped,
      senderIPAddresses: (now, before) => {
        const added = without(textsIn(now), textsIn(before));
        const removed = without(textsIn(before), textsIn(now));
        return [
          ...(added.length > 0
            ? [
                `whoever connects from ${added.join(", ")} may send as any address of the tenant's accepted domains`,
              ]
            : []),
          ...(removed.length > 0
            ? [`mail from ${removed.join(", ")} is refused with 550 5.7.64`]
            : []),
        ];
      },
      tlsSenderCertificateName: () =>
        "whoever presents a certificate of the present name may send as any address of the tenant's accepted domains",
      requireTls: (now) =>
        now === false
          ? "mail may come to Exchange without TLS"
          : "Exchange refuses mail that comes without TLS",
      treatMessagesAsInternal: (now) =>
        now === true
          ? "mail through the connector passes for mail from inside the organisation"
          : [],
    },
  },
  SharedMailbox: MAILBOX,
  UserMailbox: MAILBOX,
  AdoptedMailbox: MAILBOX,
  AdoptedApplication: {
    subject: ({ appId, mailbox }) =>
      `right of app ${text(appId)} to submit mail as ${text(mailbox)}`,
    gone: CANNOT_SUBMIT,
  },
  SmtpClientAuthentication: {
    subject: of("SMTP AUTH", "mailbox"),
    gone: CANNOT_SUBMIT,
    changed: {
      smtpClientAuthenticationDisabled: (now) => (now === true ? CANNOT_SUBMIT : []),
      stopped,
    },
  },
  OutboundLimit: {
    subject: grant("sending limit").subject,
    gone: "nothing but the organisation's limit stops the mailbox, also when its credential is stolen",
  },
  TransportRule: {
    subject: (properties) => `fence of ${sender(properties)}`,
    gone: UNFENCED,
    changed: {
      state: (now) => (now === "Enabled" ? [] : UNFENCED),
      mode: (now) => (now === "Enforce" ? [] : UNFENCED),
      senderIpRanges: (now, before) => [
        ...without(textsIn(before), textsIn(now)).map(
          (address) =>
            `whoever connects from ${address} may send as any address of the tenant's accepted domains`,
        ),
        ...without(textsIn(now), textsIn(before)).map(
          (address) => `mail from ${address} is refused if it is not From the sender's addresses`,
        ),
      ],
      exceptIfFromAddressMatchesPatterns: (now, before) => [
        ...without(textsIn(now), textsIn(before)).map(
          (pattern) => `mail passes whose From matches ${pattern}`,
        ),
        ...without(textsIn(before), textsIn(now)).map(
          (pattern) => `mail is refused whose From matches ${pattern}`,
        ),
      ],
      senderAddressLocation: () => "mail passes by its envelope sender, whatever its From",
      narrowedBy: (now) =>
        textsIn(now).length === 0
          ? []
          : `mail passes that it should refuse, by ${textsIn(now).join(", ")}`,
    },
  },
  SendAs: {
    subject: ({ trustee, mailbox }) => `right of ${text(trustee)} to send as ${text(mailbox)}`,
    gone: "Exchange refuses mail with this address in From: 554 5.2.252 SendAsDenied",
  },
  MailboxPermission: {
    subject: of("an app's access to the mailbox", "mailbox"),
    gone: CANNOT_SUBMIT,
  },
  ManagementScope: grant("management scope"),
  ManagementRoleAssignment: grant("role of the app"),
  ExchangeServicePrincipal: grant("service principal in Exchange"),
  AuthenticationPolicy: {
    ...grant("authentication policy"),
    gone: "the sender can't sign in with its password",
  },
  UserPassword: { subject: (_, { name }) => `password ${name}`, gone: "the sender can't sign in" },
  HveAccount: {
    subject: of("HVE account", "address"),
    gone: CANNOT_SUBMIT,
    changed: {
      allowedApps: (now) =>
        textsIn(now).length > 0
          ? `the apps ${textsIn(now).join(", ")} may send as this account too`
          : [],
      billingPolicyId: () => "another billing policy pays for what it sends",
      billingPolicyStatus: () => "High Volume Email takes no mail without a valid billing policy",
      customAttribute15: stopped,
    },
  },
  License: {
    subject: ({ sku }, { name }) => `licence ${[text(sku), name].filter(Boolean).join(" ")}`,
    gone: "the mailbox loses its service",
  },
  Application: app("app"),
  ServicePrincipal: app("service principal"),
  ApplicationFederatedIdentityCredential: app("federated identity"),
  ApplicationCertificate: app("sign-in certificate"),
  ApplicationPassword: app("secret"),
  User: app("user"),
  SpfRecord: record("SPF", "mail of the domain fails SPF, unless another record took its place"),
  DmarcRecord: record(
    "DMARC",
    "receivers are asked to do nothing about mail that others forge in the domain's name",
  ),
  DnsRecord: {
    subject: ({ type, name }) => `${text(type)} record ${text(name)}`,
    gone: "what the record is for does not work: a DKIM key that receivers don't find, or reports that nobody sends",
  },
  MxRecord: record("MX", "nobody can reply to mail of the domain"),
  DkimSigningConfig: record("DKIM keys", NOT_ALIGNED),
  ClientSubmission: { subject: of("submission", "address"), gone: [] },
  DkimSigning: {
    ...record("DKIM signing", NOT_ALIGNED),
    changed: { enabled: (now) => (now === false ? NOT_ALIGNED : []) },
  },
};
