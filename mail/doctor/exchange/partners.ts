import { command } from "../../powershell.ts";
import { overlaps } from "../../senders/address.ts";
import { covers } from "../../senders/connectorMatch.ts";
import { isWithin } from "../../senders/domain.ts";
import type { Finding } from "../finding.ts";

/** A Partner connector, whose restrictions are judged of mail that no other connector vouches for. */
export interface PartnerConnector {
  readonly name: string;
  readonly enabled: boolean;
  readonly connectorType: string;
  /** Domains of senders, `*` for all. */
  readonly senderDomains: readonly string[];
  readonly senderIPAddresses: readonly string[];
  /** Empty for none. */
  readonly tlsSenderCertificateName: string;
  readonly restrictDomainsToIPAddresses: boolean;
  readonly restrictDomainsToCertificate: boolean;
}

/**
 * Judges what a Partner connector refuses of the mail from a domain that senders send from.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/new-inboundconnector (RestrictDomainsToIPAddresses)
 * @see https://learn.microsoft.com/troubleshoot/exchange/email-delivery/ndr/fix-error-code-5-7-51-in-exchange-online
 */
export function judgePartner(
  connector: PartnerConnector,
  domains: readonly string[],
  senders: readonly { readonly addresses: readonly string[]; readonly certificateName: string }[],
): Finding[] {
  const { name, enabled, connectorType } = connector;
  const { restrictDomainsToIPAddresses: toAddresses, restrictDomainsToCertificate: toCertificate } =
    connector;
  if (!enabled || connectorType !== "Partner" || !(toAddresses || toCertificate)) return [];
  const covered = domains.filter((domain) =>
    connector.senderDomains.some((one) => isCovered(domain, one)),
  );
  if (covered.length === 0) return [];
  const isMet = senders.every(({ addresses, certificateName }) =>
    toAddresses
      ? addresses.every((one) => connector.senderIPAddresses.some((range) => overlaps(one, range)))
      : meets(certificateName, connector.tlsSenderCertificateName),
  );
  const [limit, parameter] = toAddresses
    ? [connector.senderIPAddresses.join(", "), "RestrictDomainsToIPAddresses"]
    : [`the certificate ${connector.tlsSenderCertificateName}`, "RestrictDomainsToCertificate"];
  const isForAll = connector.senderDomains.includes("*");
  return [
    {
      severity: "warning",
      what: `Partner connector "${name}" accepts mail from ${isForAll ? "every domain" : covered.join(", ")} for the organisation's recipients only from ${limit || "no address at all"} (${parameter})`,
      why: [
        ...(isMet
          ? []
          : [
              "a message to a recipient in the organisation that the sender's own connector does not recognise is refused with 550 5.7.51",
            ]),
        ...(isForAll
          ? ["replies, non-delivery reports and DMARC reports that come from elsewhere are refused"]
          : []),
        "mail that the sender's own connector recognises is not affected",
      ].join("; "),
      fix: `keep it if all mail for the organisation comes through a gateway with ${toAddresses ? "these addresses" : "this certificate"}, and its MX record points there; else run ${command("Set-InboundConnector", { Identity: name, [parameter]: false })}`,
      resource: `connector "${name}"`,
    },
  ];
}

const isCovered = (domain: string, entry: string): boolean =>
  entry === "*" ||
  entry === domain ||
  (entry.startsWith("*.") && domain !== entry.slice(2) && isWithin(domain, entry.slice(2)));

const meets = (name: string, wanted: string): boolean =>
  name !== "" && (name === wanted || covers(wanted, name));
