// docs/reference/limits.md: every limit that the choice of a submission method and its headroom are judged by.

import { table } from "../../mail/markdownText.ts";
import { number } from "../../mail/numberText.ts";
import { ANNOUNCED, type AnnouncedChange, TOLD_DAYS } from "../../mail/senders/dates.ts";
import {
  LICENSE_RULES,
  LICENSE_TERMS,
  type LicenseRule,
  type LicenseView,
} from "../../mail/senders/licenseNeeds.ts";
import {
  LIMITS,
  type Limit,
  METHOD_FACTS,
  type MethodFact,
  type Sourced,
} from "../../mail/senders/limits.ts";
import { nameOfWay } from "../../mail/senders/methods.ts";

const HEAD = `<!-- Written by \`npm run generate\` from limits.ts, licenseNeeds.ts and dates.ts of mail/senders. -->

# Limits

Microsoft's limits on sending, each with its page and the day that a copy of it was read. \`npm run senders\` chooses a submission method
by them and shows what each sender uses of them. A preview names each of which 80 % or more is used.

External recipients a day of a tenant with L licences that are not trials: 500 × L^0.7 + 9,500.
`;

const SCOPES = {
  message: "each message",
  mailbox: "each mailbox",
  app: "each app in Entra",
  recipient: "each recipient",
  tenant: "the tenant",
  resource: "each resource in Azure",
  receiver: "the receiving side",
} as const;

const DATES = `## Announced changes

From ${TOLD_DAYS} days before the date on, a preview and a review name each that concerns a sender and that is not marked as unproven.
\`npm run senders\` names all.
`;

const LICENSES = `## Licences

Which licence a sender needs follows from its method. \`npm run senders\` and a preview say what Exchange asks for. Some pages of
Microsoft's ask for more: Exchange checks none of that, and what you need by contract is between you and Microsoft.
`;

const RULES = `## Rules without a number

Reasons to refuse a method that do not depend on a sender's numbers.
`;

/** The page's whole text. */
export function limitsPage(): string {
  const limits: readonly Limit[] = Object.values(LIMITS);
  const rows = limits.map((limit) => [
    `\`${limit.id}\``,
    `${number(limit.value)} ${limit.counts}${limit.note === undefined ? "" : ` (${limit.note})`}`,
    SCOPES[limit.scope],
    limit.methods.map((method) => nameOfWay({ method })).join(", "),
    limit.above,
    sourceText(limit),
  ]);
  const facts = Object.entries<MethodFact>(METHOD_FACTS).map(([id, fact]) => [
    `\`${id}\``,
    fact.says,
    sourceText(fact),
  ]);
  const head = ["Limit", "Value", "Of", "Methods", "Above it", "Source, read"];
  const ofRules = table(["Rule", "What the source says", "Source, read"], facts);
  const changes = Object.values<AnnouncedChange>(ANNOUNCED)
    .toSorted((one, other) => one.date.localeCompare(other.date))
    .map((change) => [change.when, change.what, `that ${change.who[1]}`, sourceText(change)]);
  const ofChanges = table(["When", "What", "Senders", "Source, read"], changes);
  return `${HEAD}\n${table(head, rows)}\n\n${RULES}\n${ofRules}\n\n${LICENSES}\n${licenses()}\n\n${DATES}\n${ofChanges}\n`;
}

function licenses(): string {
  const rows = Object.entries<LicenseRule>(LICENSE_RULES).map(([id, rule]) => [
    `\`${id}\``,
    rule.needs,
    viewText(rule.exchange),
    rule.contract === undefined ? "the same" : viewText(rule.contract),
  ]);
  const terms = ["every method", "", "", viewText(LICENSE_TERMS)];
  return table(
    ["Sender", "Licence", "What Exchange asks for", "What another page asks for"],
    [...rows, terms],
  );
}

const viewText = (view: LicenseView): string => `${view.says} (${sourceText(view)})`;

function sourceText({ source, read, quotedBy, unproven }: Sourced): string {
  const quoted = quotedBy === undefined ? "" : `, quoted by [another](${quotedBy})`;
  const open = unproven === undefined ? "" : `. Unproven: ${unproven}`;
  return `[page](${source})${quoted}, ${read}${open}`;
}
