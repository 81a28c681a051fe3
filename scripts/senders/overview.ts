// The overview for a terminal.
import Table from "cli-table3";
import { visible } from "../../mail/message/visible.ts";
import {
  type ChosenSender,
  type Overview,
  shownUsage,
  usageText,
} from "../../mail/senders/overview.ts";

/** Senders whose details are printed without being asked for. */
const DETAILED = 20;

/** A table of all senders, and below it what is against each other way. */
export function printOverview({ senders, tenant }: Overview): string {
  const table = new Table({
    head: ["sender", "sends by", "because", "uses"],
    colWidths: [16, 20, 32, 32],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const one of senders) {
    table.push([one.sender, one.way, one.because, shownUsage(one).join("\n")]);
  }
  const details = senders.length > DETAILED ? [] : senders.flatMap((one) => ["", ...detail(one)]);
  const hint =
    senders.length > DETAILED
      ? ["--sender NAME shows what is against each other way, and --markdown every reason."]
      : ["--markdown and --json have every reason."];
  return [table.toString(), `all together: ${usageText(tenant)}`, ...hint, ...details].join("\n");
}

function detail({
  sender,
  description,
  from,
  way,
  because,
  otherwise,
  notes,
}: ChosenSender): string[] {
  return [
    `${sender}${description === undefined ? "" : ` (${visible(description)})`}, from ${from.join(", ")}: ${way}`,
    `  ${because}`,
    ...notes.map((note) => `  note: ${note}`),
    ...otherwise.map(({ way: other, refusals }) =>
      refusals.length === 0
        ? `  ${other} would do too`
        : `  not ${other}: ${refusals[0]?.because}${refusals.length > 1 ? `, and ${refusals.length - 1} more` : ""}`,
    ),
  ];
}
