import { dkimParameters } from "../exchange/dkim.ts";
import { type DeclaredFence, declareFence } from "../exchange/fence.ts";
import { declareConnector } from "../exchange/inboundConnector.ts";
import { ownerOfSender, ownershipMark, recordMark } from "../ownership.ts";
import { command, comment, expression, odataText, quote, type Table, when } from "../powershell.ts";
import { chooseSubmission, type SubmitterChoice } from "../senders/choose.ts";
import { relayName } from "../senders/names.ts";
import type { EjectedRelay, EjectedStack } from "./relay.ts";
import { asText, connectLines } from "./script.ts";
import { plainMark, type Section, sectionLines } from "./section.ts";

/**
 * A PowerShell script that takes the marks of a stack from what it made in Exchange and Entra, so that nothing says any
 * more that Pulumi manages it. It changes what bears the mark to the letter, and nothing else. Comments of DNS records at
 * Cloudflare are not among it.
 */
export function forgetMarksScript(relay: EjectedRelay, stack: EjectedStack): string {
  const { relaying, submitting, highVolume } = chooseSubmission(relay.senders);
  const sections = [
    ...relaying.map((choice) => {
      const { owner, name, adopt } = declareConnector(choice, stack);
      return section(`Sender ${choice.sender}`, [
        ...exchangeMark({
          noun: "InboundConnector",
          identity: name,
          property: "Comment",
          mark: ownershipMark(owner, adopt),
          plain: plainMark(owner),
        }),
        ...fenceLines(declareFence(choice, stack)),
      ]);
    }),
    ...submitting.map((choice) => submitterSection(choice, stack)),
    ...highVolume.map(({ sender, address }) => {
      const owner = ownerOfSender(stack.owner, sender);
      return section(
        `Sender ${sender}`,
        exchangeMark({
          ...{ noun: "MailUser", identity: address, more: { HVEAccount: true } },
          property: "CustomAttribute15",
          mark: ownershipMark(owner, false),
          plain: plainMark(owner),
        }),
      );
    }),
    ...relay.domains
      .filter(({ unmanaged }) => !unmanaged.includes("dkim"))
      .map(({ name }) => section(`Domain ${name}`, domainLines(name, stack.owner))),
  ];
  return asText([
    ...comment(
      `Takes the marks of the stack ${stack.owner} from what it made in Exchange and Entra.`,
    ),
    ...comment(
      "Written by npm run eject. Run it after the stack was forgotten. What bears no mark of the stack stays as it is.",
    ),
    "",
    ...connectLines(relay, sections),
    ...sections.flatMap(sectionLines),
  ]);
}

const section = (
  title: string,
  lines: readonly string[],
  scopes: readonly string[] = [],
): Section => ({
  title,
  why: "",
  lines,
  scopes,
});

interface Marked {
  readonly noun: string;
  readonly identity: string;
  /** What its cmdlets have to be told beside. */
  readonly more?: Table;
  /** Which property holds the mark. */
  readonly property: string;
  readonly mark: string;
  readonly plain: string;
}

const exchangeMark = ({ noun, identity, more, property, mark, plain }: Marked): string[] => [
  `$found = ${command(`Get-${noun}`, { Identity: identity, ...more })} -ErrorAction SilentlyContinue`,
  ...when(`$found.${property} -eq ${quote(mark)}`, [
    command(`Set-${noun}`, { Identity: identity, ...more, [property]: plain }),
  ]),
];

const fenceLines = (fence: DeclaredFence | undefined): string[] =>
  fence === undefined
    ? []
    : [
        `$rule = Get-TransportRule -ResultSize Unlimited | Where-Object Name -EQ ${quote(fence.name)}`,
        ...when(`$rule.Comments -eq ${quote(ownershipMark(fence.owner, false))}`, [
          command("Set-TransportRule", { Identity: fence.name, Comments: plainMark(fence.owner) }),
        ]),
      ];

function submitterSection(
  { sender, mailbox, credential }: SubmitterChoice,
  stack: EjectedStack,
): Section {
  const owner = ownerOfSender(stack.owner, sender);
  const name = relayName(stack.name, sender);
  const [mark, plain] = [ownershipMark(owner, false), plainMark(owner)];
  const ofMailbox = {
    ...{ noun: "Mailbox", identity: mailbox.address },
    ...{ property: "CustomAttribute15", mark, plain },
  };
  const ofLimit = {
    ...{ noun: "HostedOutboundSpamFilterPolicy", identity: name },
    ...{ property: "AdminDisplayName", mark, plain },
  };
  const hasApp = credential.by !== "password" && credential.by !== "adoptedApp";
  return section(
    `Sender ${sender}`,
    [
      ...(mailbox.adopt ? [] : exchangeMark(ofMailbox)),
      ...(mailbox.recipientsPerDay === undefined ? [] : exchangeMark(ofLimit)),
      ...(hasApp ? appLines(name, recordMark(owner), plain) : []),
    ],
    hasApp ? ["Application.ReadWrite.All"] : [],
  );
}

const appLines = (name: string, mark: string, plain: string): string[] => [
  `$app = ${command("Get-MgApplication", { Filter: `displayName eq ${odataText(name)}` })}`,
  ...when(`$app.Notes -eq ${quote(mark)}`, [
    command("Update-MgApplication", { ApplicationId: expression("$app.Id"), Notes: plain }),
    `$principal = Get-MgServicePrincipal -Filter "appId eq '$($app.AppId)'"`,
    command("Update-MgServicePrincipal", {
      ServicePrincipalId: expression("$principal.Id"),
      Notes: plain,
    }),
  ]),
];

function domainLines(domain: string, owner: string): string[] {
  const plain = { AdminDisplayName: plainMark(owner) };
  return [
    `$dkim = Get-DkimSigningConfig | Where-Object Domain -EQ ${quote(domain)}`,
    ...when(`$dkim.AdminDisplayName -eq ${quote(ownershipMark(owner, false))}`, [
      command("Set-DkimSigningConfig", dkimParameters(domain, plain)),
    ]),
  ];
}
