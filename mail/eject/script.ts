import type { Environment } from "../clouds.ts";
import { command, comment, literal, quote } from "../powershell.ts";
import { chooseSubmission } from "../senders/choose.ts";
import { nameOfWay } from "../senders/methods.ts";
import { relayScope } from "../senders/relayScope.ts";
import { connectorSection } from "./connectorSection.ts";
import { domainSection } from "./domainSection.ts";
import { highVolumeSection } from "./highVolumeSection.ts";
import type { EjectedRelay, EjectedStack } from "./relay.ts";
import { type Section, sectionLines } from "./section.ts";
import { sendAsSection, submitterSection } from "./submitterSection.ts";

/**
 * A relay as a PowerShell script for Exchange Online and Microsoft Graph. It makes what is missing and leaves what is
 * there, so that it can be run again. It holds no secret.
 *
 * @param only name of the one sender that it is for; undefined for all of them and for the domains
 */
export function relayScript(relay: EjectedRelay, stack: EjectedStack, only?: string): string {
  const senders = relay.senders.filter(({ name }) => only === undefined || name === only);
  const { relaying, submitting, highVolume, directSending, elsewhere } = chooseSubmission(senders);
  const domains = relay.domains.map(({ name }) => name);
  const signed = relay.domains.filter(({ unmanaged }) => !unmanaged.includes("dkim"));
  const ofSender = new Map([
    ...relaying.map(
      (choice) =>
        [choice.sender, connectorSection(choice, relayScope(choice, domains), stack)] as const,
    ),
    ...highVolume.map((choice) => [choice.sender, highVolumeSection(choice, stack)] as const),
    ...submitting.map(
      (choice) =>
        [choice.sender, submitterSection(choice, relay.applicationAccess, stack)] as const,
    ),
  ]);
  const rights = sendAsSection(submitting);
  const sections = [
    ...relay.senders.flatMap(({ name }) => ofSender.get(name) ?? []),
    ...(rights === undefined ? [] : [rights]),
    ...(only === undefined ? signed.map(({ name }) => domainSection(name, stack)) : []),
  ];
  const head = [
    ...comment(
      `The SMTP relay of the stack ${stack.owner}, for Exchange Online and Microsoft Graph PowerShell.`,
    ),
    ...comment("Written by npm run eject. It holds no secret."),
    "#",
    ...comment(
      "It makes what is missing and leaves what is there, so it can be run again: after an error, when Exchange has not found " +
        "yet what was just made, and once the DNS records are published. It removes nothing.",
    ),
    ...comment(
      "It ends where a mailbox, an account, a user or an app has the address or the name of one that it would make: also where Pulumi manages this relay.",
    ),
    ...comment(
      "If Exchange says that the organisation was never customised, run Enable-OrganizationCustomization once. That can't be undone.",
    ),
  ];
  const left = [
    ...directSending.map(
      ({ sender, egress }) =>
        `Sender ${sender} uses direct send, and has nothing of its own in the tenant: the SPF record in zones/ has ${egress.join(", ")}.`,
    ),
    ...elsewhere.map(
      ({ sender, method }) =>
        `Sender ${sender} is to send with ${nameOfWay({ method })}. This script makes nothing for it: set it up there.`,
    ),
    ...senders.flatMap(({ name, members = [] }) =>
      members.map(
        (member) =>
          `Sender ${member.name} sends through ${name}, and has nothing of its own in the tenant.`,
      ),
    ),
  ].flatMap((line) => comment(line));
  return asText([
    ...head,
    ...left,
    "",
    ...connectLines(relay, sections),
    ...sections.flatMap(sectionLines),
  ]);
}

/** Lines as the text of a script. */
export const asText = (lines: readonly string[]): string => `${lines.join("\n")}\n`;

/** What the modules call a cloud. */
const CLOUD_NAMES: Readonly<
  Record<Environment, { readonly graph: string; readonly exchange: string }>
> = {
  global: { graph: "Global", exchange: "O365Default" },
  usgovernmentl4: { graph: "USGov", exchange: "O365USGovGCCHigh" },
  usgovernmentl5: { graph: "USGovDoD", exchange: "O365USGovDoD" },
  china: { graph: "China", exchange: "O365China" },
};

/**
 * Lines that sign in, and end the script in another tenant. Graph comes first, as its module can't sign in after that of
 * Exchange; without the broker, as Exchange's can't use it after Graph's.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/connect-exchangeonline
 * @see https://learn.microsoft.com/powershell/module/microsoft.graph.authentication/connect-mggraph
 * @see https://github.com/microsoftgraph/msgraph-sdk-powershell/issues/3394
 */
export function connectLines(
  { tenantId, environment }: Pick<EjectedRelay, "tenantId" | "environment">,
  sections: readonly Pick<Section, "scopes">[],
): string[] {
  const scopes = [...new Set(sections.flatMap((section) => section.scopes))].sort();
  const { graph, exchange } = CLOUD_NAMES[environment];
  const signIn = command("Connect-ExchangeOnline", {
    ExchangeEnvironmentName: exchange,
    ShowBanner: false,
  });
  return [
    "$ErrorActionPreference = 'Stop'",
    `$tenantId = ${quote(tenantId)}`,
    ...(scopes.length === 0
      ? []
      : [
          `$scopes = ${literal(scopes)}`,
          `Connect-MgGraph -Environment ${quote(graph)} -TenantId $tenantId -Scopes $scopes -NoWelcome`,
        ]),
    `${signIn} -DisableWAM`,
    "if ((Get-ConnectionInformation).TenantID -notcontains $tenantId) {",
    `    throw "Exchange Online is signed in to another tenant than $tenantId. Nothing was changed."`,
    "}",
  ];
}
