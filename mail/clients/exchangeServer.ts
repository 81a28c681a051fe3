import { command, comment, expression, indented, quote, when } from "../powershell.ts";
import type { Client } from "./client.ts";
import type { ClientSettings } from "./settings.ts";

/**
 * An Exchange server on the premises, from 2016 on, that other systems relay through: they sign in to it against Active
 * Directory, it delivers what is for its own mailboxes, and hands the rest to Exchange Online, to which it presents a certificate.
 *
 * @see https://learn.microsoft.com/exchange/mail-flow/connectors/send-connectors
 * @see https://learn.microsoft.com/exchange/mail-flow/connectors/receive-connectors
 */
export const exchangeServer: Client = {
  name: "exchange-server",
  title: "Exchange Server on the premises, for other systems that sign in to it",
  ways: ["certificate"],
  tested: [],
  otherwise:
    "a connector by address would let every host behind that address relay; give the sender a certificate (authentication: [certificate])",
  files: (settings) => [
    { path: `${settings.sender}-relay.ps1`, text: textOf(setUp(settings)) },
    { path: `${settings.sender}-relay-check.ps1`, text: textOf(check(settings)) },
  ],
};

const textOf = (lines: readonly string[]): string => `${lines.join("\n")}\n`;

const CMDLETS = "https://learn.microsoft.com/powershell/module/exchangepowershell";
const source = (page: string): string => `# ${page}`;

const nameOf = ({ sender }: ClientSettings): string => `Relay ${sender} to Microsoft 365`;
const receiverOf = ({ sender }: ClientSettings): string => `Relay ${sender} from applications`;

/** The certificate that is valid longest of those with the name, in $certificate. */
function certificateLines({ certificateName = "" }: ClientSettings): string[] {
  const name = quote(certificateName);
  return [
    source(`${CMDLETS}/get-exchangecertificate`),
    `$certificate = Get-ExchangeCertificate | Where-Object { ($_.CertificateDomains | ForEach-Object { "$_" }) -contains ${name} } |`,
    ...indented(["Sort-Object NotAfter -Descending | Select-Object -First 1"]),
    ...when("$null -eq $certificate", [
      `throw ('no certificate of this server has the name ' + ${name})`,
    ]),
    "$tlsCertificateName = '<I>' + $certificate.Issuer + '<S>' + $certificate.Subject",
  ];
}

function setUp(settings: ClientSettings): string[] {
  const { sender, host, port, certificateName = "" } = settings;
  return [
    ...comment(
      `Lets applications relay through this Exchange server to Microsoft 365, as sender ${sender} of the stack. Run it in the Exchange Management Shell of a Mailbox server, as a member of Organization Management. Nobody here has run it on an Exchange server. It can be run again: what is there is left as it is.`,
    ),
    "$ErrorActionPreference = 'Stop'",
    "",
    ...comment(
      "Addresses of the applications that may connect, as @('10.0.8.21', '10.0.9.0/24'). Never the whole network, and never an address of a load balancer that hides its clients.",
    ),
    "$applications = @()",
    ...comment(
      "File with the certificate, its chain and its private key; empty where this server has it already.",
    ),
    "$pfx = ''",
    ...when("$applications.Count -eq 0", ["throw 'fill in $applications first'"]),
    ...comment("Nothing is changed where another connector takes the same mail."),
    `$others = Get-SendConnector | Where-Object { $_.Enabled -and "$($_.AddressSpaces)" -match 'SMTP:\\*;' -and $_.Name -ne ${quote(nameOf(settings))} }`,
    ...when("$others", [
      "throw ('another send connector takes what leaves too: ' + ($others.Name -join ', ') + '; disable it first')",
    ]),
    "",
    ...comment(
      "1. The certificate. When Exchange asks whether to replace the certificate that it uses between its servers, answer no. A certificate that is enabled for SMTP can't be disabled again, only removed.",
    ),
    source(`${CMDLETS}/import-exchangecertificate`),
    source(`${CMDLETS}/enable-exchangecertificate`),
    ...when("$pfx -ne ''", [
      "$password = Read-Host 'Password of the file' -AsSecureString",
      "$file = New-Object System.Security.Cryptography.X509Certificates.X509Certificate2 -ArgumentList $pfx, $password",
      ...when(
        "-not (Get-ExchangeCertificate | Where-Object { $_.Thumbprint -eq $file.Thumbprint })",
        [
          `Import-ExchangeCertificate -FileData ([System.IO.File]::ReadAllBytes($pfx)) -Password $password -FriendlyName ${quote(certificateName.slice(0, 63))} | Out-Null`,
        ],
      ),
    ]),
    ...certificateLines(settings),
    ...when("\"$($certificate.Services)\" -notmatch 'SMTP'", [
      "Enable-ExchangeCertificate -Thumbprint $certificate.Thumbprint -Services SMTP",
    ]),
    "",
    ...comment(
      "2. What leaves the house goes to Microsoft 365. Mail for mailboxes of this organisation needs no connector: Exchange delivers it, and prefers a connector for a narrower address space to this one.",
    ),
    ...comment(
      "IPv4 only: no connector of Exchange Online matches an IPv6 address. If its host has one, this server must have no route to it.",
    ),
    source(`${CMDLETS}/new-sendconnector`),
    source("https://learn.microsoft.com/exchange/mail-flow/mail-routing/mail-routing"),
    source(
      "https://learn.microsoft.com/troubleshoot/exchange/email-delivery/emails-appear-from-external-contact (Fqdn, TlsDomain, TlsAuthLevel)",
    ),
    ...when(`-not (Get-SendConnector | Where-Object { $_.Name -eq ${quote(nameOf(settings))} })`, [
      "$sendConnector = @{",
      ...indented([
        `Name = ${quote(nameOf(settings))}`,
        "Custom = $true",
        "AddressSpaces = 'SMTP:*;1'",
        "SourceTransportServers = $env:COMPUTERNAME",
        "DNSRoutingEnabled = $false",
        `SmartHosts = ${quote(host)}`,
        `Port = ${port}`,
        "SmartHostAuthMechanism = 'None'",
        `Fqdn = ${quote(hostNameOf(certificateName))}`,
        "RequireTLS = $true",
        ...tlsLines(host),
        "TlsCertificateName = $tlsCertificateName",
        "ProtocolLoggingLevel = 'Verbose'",
      ]),
      "}",
      "New-SendConnector @sendConnector",
    ]),
    ...comment(
      "A connector finds its certificate by issuer and subject: after a renewal with another issuer it needs the new name. Exchange Online looks at the name alone.",
    ),
    command("Set-SendConnector", {
      Identity: nameOf(settings),
      TlsCertificateName: expression("$tlsCertificateName"),
    }),
    "",
    ...comment(
      "3. Applications sign in against Active Directory, over TLS, and may send as the addresses of their own mailbox, and as those that they have Send As for. Grant that with Add-ADPermission.",
    ),
    source(`${CMDLETS}/new-receiveconnector`),
    source("https://learn.microsoft.com/exchange/mail-flow/connectors/receive-connectors"),
    ...comment(
      "Never add AnonymousUsers here, nor ms-Exch-SMTP-Accept-Any-Recipient for ANONYMOUS LOGON, nor ExternalAuthoritative: whoever reaches the port could then send as anybody, and Microsoft 365 would see no difference.",
    ),
    source("https://learn.microsoft.com/exchange/mail-flow/connectors/allow-anonymous-relay"),
    ...when(
      `-not (Get-ReceiveConnector -Server $env:COMPUTERNAME | Where-Object { $_.Name -eq ${quote(receiverOf(settings))} })`,
      [
        "$receiveConnector = @{",
        ...indented([
          `Name = ${quote(receiverOf(settings))}`,
          "Server = $env:COMPUTERNAME",
          "TransportRole = 'FrontendTransport'",
          "Usage = 'Custom'",
          "Bindings = '0.0.0.0:587'",
          "RemoteIPRanges = $applications",
          "AuthMechanism = 'Tls', 'BasicAuth', 'BasicAuthRequireTLS'",
          "PermissionGroups = 'ExchangeUsers'",
          "RequireTLS = $true",
          `Fqdn = ${quote(hostNameOf(certificateName))}`,
          "TlsCertificateName = $tlsCertificateName",
          "ProtocolLoggingLevel = 'Verbose'",
        ]),
        "}",
        "New-ReceiveConnector @receiveConnector",
      ],
    ),
    command("Set-ReceiveConnector", {
      Identity: expression(`($env:COMPUTERNAME + ${quote(`\\${receiverOf(settings)}`)})`),
      RemoteIPRanges: expression("$applications"),
      TlsCertificateName: expression("$tlsCertificateName"),
    }),
  ];
}

/** A host of a wildcard certificate. */
const hostNameOf = (name: string): string => name.replace(/^\*\./, "relay.");

/** How the certificate of Exchange Online is checked: by its name where Microsoft says which it has. */
const tlsLines = (host: string): string[] => {
  const [, domain] = /^[^.]+\.(mail\.protection\..+)$/.exec(host) ?? [];
  return domain === undefined
    ? ["TlsAuthLevel = 'CertificateValidation'"]
    : ["TlsAuthLevel = 'DomainValidation'", `TlsDomain = ${quote(domain)}`];
};

function check(settings: ClientSettings): string[] {
  const { sender, host, port, from } = settings;
  return [
    ...comment(
      `Looks at what ${sender}-relay.ps1 has made, and changes nothing. With -To it sends a message to an address outside, through -Server, as -From: it asks for the account of an application. Nobody here has run it on an Exchange server.`,
    ),
    `param([string]$To = '', [string]$From = ${quote(from)}, [string]$Server = ${quote(hostNameOf(settings.certificateName ?? ""))})`,
    "$ErrorActionPreference = 'Stop'",
    "",
    ...certificateLines(settings),
    "$certificate | Format-List -Property @('Subject', 'Issuer', 'NotAfter', 'Services', 'Status')",
    ...when("$certificate.NotAfter -lt (Get-Date).AddDays(30)", [
      "Write-Warning ('the certificate expires on ' + $certificate.NotAfter)",
    ]),
    "",
    source(`${CMDLETS}/get-sendconnector`),
    `$sendConnector = Get-SendConnector -Identity ${quote(nameOf(settings))}`,
    "$sendConnector | Format-List -Property @('Name', 'Enabled', 'AddressSpaces', 'SmartHosts', 'RequireTLS', 'TlsAuthLevel', 'TlsDomain', 'TlsCertificateName')",
    ...when('"$($sendConnector.TlsCertificateName)" -ne $tlsCertificateName', [
      "Write-Warning 'the send connector has the name of another certificate: run the first script again'",
    ]),
    ...when(`"$($sendConnector.SmartHosts)" -ne ${quote(host)}`, [
      `Write-Warning ${quote(`the send connector sends to another host than ${host}`)}`,
    ]),
    "",
    ...comment(
      "Whom this organisation does not know is refused in a domain that is Authoritative here, and goes to Microsoft 365 in one that is InternalRelay: so make a domain that has mailboxes there too, without an object for each of them here.",
    ),
    source("https://learn.microsoft.com/exchange/mail-flow/accepted-domains/accepted-domains"),
    "Get-AcceptedDomain | Format-Table -Property @('DomainName', 'DomainType')",
    "",
    source(`${CMDLETS}/get-receiveconnector`),
    `Get-ReceiveConnector -Identity ($env:COMPUTERNAME + ${quote(`\\${receiverOf(settings)}`)}) |`,
    ...indented([
      "Format-List -Property @('Name', 'Enabled', 'Bindings', 'RemoteIPRanges', 'AuthMechanism', 'PermissionGroups', 'RequireTLS')",
    ]),
    ...comment("Receive connectors that let anybody relay. There should be none."),
    source("https://learn.microsoft.com/exchange/mail-flow/connectors/allow-anonymous-relay"),
    "foreach ($connector in @(Get-ReceiveConnector)) {",
    ...indented([
      "$relay = Get-ADPermission -Identity $connector.Identity -User 'NT AUTHORITY\\ANONYMOUS LOGON' |",
      ...indented([
        "Where-Object { -not $_.Deny -and \"$($_.ExtendedRights)\" -match 'ms-Exch-SMTP-Accept-Any-Recipient' }",
      ]),
      ...when("$relay -or \"$($connector.AuthMechanism)\" -match 'ExternalAuthoritative'", [
        "Write-Warning ('anybody can relay through ' + $connector.Identity)",
      ]),
    ]),
    "}",
    "",
    ...comment(
      "Whether port 25 of Exchange Online answers, and this server's own receive connectors. Exchange Server SE has no Test-SmtpConnectivity.",
    ),
    source(`${CMDLETS}/test-smtpconnectivity`),
    command("Test-NetConnection", { ComputerName: host, Port: port }),
    ...when(
      `Resolve-DnsName -Name ${quote(host)} -Type AAAA -ErrorAction SilentlyContinue | Where-Object { $_.IPAddress }`,
      [
        "Write-Warning 'the host has an IPv6 address, which no connector of Exchange Online matches: have this server connect over IPv4 only'",
      ],
    ),
    ...when("Get-Command Test-SmtpConnectivity -ErrorAction SilentlyContinue", [
      "Test-SmtpConnectivity -Identity $env:COMPUTERNAME | Format-Table -Property @('ReceiveConnector', 'EndPoint', 'StatusCode', 'Details')",
    ]),
    "",
    ...when("$To -ne ''", [
      source(
        "https://learn.microsoft.com/powershell/module/microsoft.powershell.utility/send-mailmessage",
      ),
      "$message = @{",
      ...indented([
        "SmtpServer = $Server",
        "Port = 587",
        "UseSsl = $true",
        "Credential = Get-Credential -Message 'Account of an application'",
        "From = $From",
        "To = $To",
        "Subject = 'Test of the relay'",
        "Body = 'Sent through Exchange Server and Microsoft 365.'",
      ]),
      "}",
      "Send-MailMessage @message",
      "Start-Sleep -Seconds 30",
      source(`${CMDLETS}/get-messagetrackinglog`),
      "Get-MessageTrackingLog -Start (Get-Date).AddMinutes(-5) -Recipients $To |",
      ...indented([
        "Format-Table -Property @('Timestamp', 'EventId', 'Source', 'ConnectorId', 'RecipientStatus')",
      ]),
    ]),
    ...comment(
      "What waits, and why: the last error is the answer of Exchange Online. npm run doctor -- --reply explains it.",
    ),
    source(`${CMDLETS}/get-queue`),
    "Get-Queue | Where-Object { $_.MessageCount -gt 0 } | Format-List -Property @('Identity', 'NextHopDomain', 'Status', 'MessageCount', 'LastError')",
  ];
}
