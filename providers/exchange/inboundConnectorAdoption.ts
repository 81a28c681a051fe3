import type { ConnectorForm } from "../../mail/exchange/inboundConnector.ts";
import { markOf } from "../../mail/ownership.ts";
import { covers as coversAddress } from "../../mail/senders/address.ts";
import { covers as coversName } from "../../mail/senders/connectorMatch.ts";
import { isMicrosofts } from "../../mail/senders/domain.ts";

/** Words for a preview: what adopting a connector sets, property by property, and what may stop with it. */
export function describeAdoption(before: ConnectorForm, after: ConnectorForm): string {
  if (isAsDeclared(before, after)) {
    return `connector "${before.name}" is adopted as it is: nothing of it is written, not even its Comment, until its sender changes in the stack file`;
  }
  const width = Math.max(...PROPERTIES.map(([name]) => name.length));
  const lines = PROPERTIES.map(([name, key]) => {
    const [was, willBe] = [shown(before[key]), shown(after[key])];
    const label = `  ${name.padEnd(width)}  ${was}`;
    return was === willBe ? label : `${label} -> ${willBe}`;
  });
  const warnings = adoptionWarnings(before, after).map((warning) => `  warning: ${warning}`);
  return [`connector "${before.name}" is adopted:`, ...lines, ...warnings].join("\n");
}

/** Every property that we manage, by Exchange's name, in the order of `Get-InboundConnector`. */
const PROPERTIES: readonly (readonly [name: string, key: keyof ConnectorForm])[] = [
  ["Name", "name"],
  ["Enabled", "enabled"],
  ["ConnectorType", "connectorType"],
  ["Comment", "comment"],
  ["SenderDomains", "senderDomains"],
  ["SenderIPAddresses", "senderIPAddresses"],
  ["TlsSenderCertificateName", "tlsSenderCertificateName"],
  ["RequireTls", "requireTls"],
  ["AssociatedAcceptedDomains", "associatedAcceptedDomains"],
  ["RestrictDomainsToIPAddresses", "restrictDomainsToIPAddresses"],
  ["RestrictDomainsToCertificate", "restrictDomainsToCertificate"],
  ["TreatMessagesAsInternal", "treatMessagesAsInternal"],
  ["CloudServicesMailEnabled", "cloudServicesMailEnabled"],
];

/** Whether the adoption changes nothing but the Comment, which then stays as it is. */
const isAsDeclared = (before: ConnectorForm, after: ConnectorForm): boolean =>
  markOf(before.comment) === undefined &&
  PROPERTIES.every(([, key]) => key === "comment" || shown(before[key]) === shown(after[key]));

function shown(value: ConnectorForm[keyof ConnectorForm]): string {
  if (typeof value === "boolean") return String(value);
  const parts = typeof value === "string" ? [value] : value;
  return parts.filter((part) => part !== "").join(", ") || "(none)";
}

/** What works with the connector as it is, and may not with the adopted one; and what it is open for then. */
function adoptionWarnings(before: ConnectorForm, after: ConnectorForm): string[] {
  const turnedOff = (key: keyof ConnectorForm) => before[key] === true && after[key] === false;
  return [
    ...lostMatches(before, after),
    !before.requireTls && after.requireTls
      ? "servers that send without STARTTLS are refused (454 4.7.0); have them use STARTTLS first"
      : "",
    ...changedDomains(before, after),
    !before.enabled && after.enabled
      ? "it is disabled now, perhaps on purpose; the adoption enables it"
      : "",
    before.connectorType !== after.connectorType
      ? `it is a ${before.connectorType} connector now, which does not relay; the adoption lets it relay to other organisations, and ends its rules for the mail of a partner`
      : "",
    turnedOff("treatMessagesAsInternal")
      ? "its messages count as mail from outside: they are filtered for spam, and recipients that accept internal mail alone refuse them"
      : "",
    turnedOff("cloudServicesMailEnabled")
      ? "the headers of a hybrid organisation are removed from its messages, which count as mail from outside"
      : "",
    turnedOff("restrictDomainsToIPAddresses") || turnedOff("restrictDomainsToCertificate")
      ? "mail from its sender domains that other servers send is not refused any more"
      : "",
  ].filter((warning) => warning !== "");
}

function lostMatches(before: ConnectorForm, after: ConnectorForm): string[] {
  const lost = before.senderIPAddresses.filter(
    (address) => !after.senderIPAddresses.some((other) => coversAddress(other, address)),
  );
  const [was, willBe] = [before.tlsSenderCertificateName, after.tlsSenderCertificateName];
  const isLost = was !== "" && was !== willBe && !coversName(willBe, was);
  const by = (match: string, add: string) =>
    `servers recognised by ${match} alone are refused (550 5.7.64); ${add}`;
  return [
    ...(lost.length === 0
      ? []
      : [by(lost.join(", "), "list in egress what still sends, if the sender is staticIp")]),
    ...(isLost
      ? [
          by(
            `a certificate for ${was}`,
            willBe === ""
              ? "give them a sender of their own with this certificateName"
              : `have them present one for ${willBe}`,
          ),
        ]
      : []),
  ];
}

function changedDomains(before: ConnectorForm, after: ConnectorForm): string[] {
  const [was, willBe] = [before.associatedAcceptedDomains, after.associatedAcceptedDomains];
  const lost = was.length === 0 ? [] : was.filter((domain) => !willBe.includes(domain));
  if (willBe.length === 0) {
    return was.length === 0
      ? []
      : [
          "it is limited to domains now, and then open for every accepted domain of the tenant; set restrictToDomains: true on the sender to keep a limit",
        ];
  }
  const refused = (which: string, fix: string) =>
    `mail from ${which} is refused (550 5.7.64); ${fix}`;
  const add = "add the domains to the sender's from";
  if (was.length === 0) return [refused(`other domains than ${willBe.join(", ")}`, add)];
  const microsofts = lost.filter(isMicrosofts);
  const own = lost.filter((domain) => !isMicrosofts(domain));
  return [
    ...(own.length === 0 ? [] : [refused(own.join(", "), add)]),
    ...(microsofts.length === 0
      ? []
      : [
          refused(
            microsofts.join(", "),
            "let what sends from it use another domain, or remove restrictToDomains",
          ),
        ]),
  ];
}
