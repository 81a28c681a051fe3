// docs/reference/limits.md: every limit that the choice of a submission method and its headroom are judged by.

import { table } from "../../mail/markdownText.ts";
import { LIMITS } from "../../mail/senders/limits.ts";
import { nameOfWay } from "../../mail/senders/methods.ts";

const HEAD = `<!-- Written by \`npm run generate\` from mail/senders/limits.ts. -->

# Limits

Microsoft's limits on sending, each with its page and the day that somebody read it. \`npm run senders\` chooses a submission method
by them and shows what each sender uses of them, and a preview tells of every one that is used to 80 % or more.

External recipients a day of a tenant with L licences that are not trials: 500 × L^0.7 + 9,500.
`;

const SCOPES = {
  message: "each message",
  mailbox: "each mailbox",
  tenant: "the tenant",
  resource: "each resource in Azure",
  receiver: "the receiving side",
} as const;

/** The page's whole text. */
export function limitsPage(): string {
  const rows = Object.values(LIMITS).map((limit) => [
    `\`${limit.id}\``,
    `${limit.value.toLocaleString("en-US")} ${limit.counts}${"note" in limit ? ` (${limit.note})` : ""}`,
    SCOPES[limit.scope],
    limit.methods.map((method) => nameOfWay({ method })).join(", "),
    limit.above,
    `[page](${limit.source}), ${limit.read}`,
  ]);
  const head = ["Limit", "Value", "Of", "Methods", "Above it", "Source, read"];
  return `${HEAD}\n${table(head, rows)}\n`;
}
