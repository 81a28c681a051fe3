// The overview for a terminal.
import Table from "cli-table3";
import { visible } from "../../mail/message/visible.ts";
import { counted } from "../../mail/numberText.ts";
import { heldLicenseText } from "../../mail/senders/heldLicenses.ts";
import {
  type ChosenSender,
  contractTexts,
  type Overview,
  shownLicense,
} from "../../mail/senders/overview.ts";
import { totalText } from "../../mail/senders/prices.ts";
import { shownUsage, tenantText } from "../../mail/senders/usageText.ts";

/** Senders whose details are printed without being asked for. */
const DETAILED = 20;

interface Column {
  readonly head: string;
  /** Characters, without the line at its side. */
  readonly width: number;
  /** The same where the table has to fit into 80; left out where the column is. Why a sender has its method stands in its details. */
  readonly narrow?: number;
  readonly cell: (one: ChosenSender) => string;
}

const COLUMNS: readonly Column[] = [
  { head: "sender", width: 16, narrow: 16, cell: ({ sender }) => sender },
  { head: "sends by", width: 19, narrow: 17, cell: ({ way }) => way },
  { head: "because", width: 26, cell: ({ because }) => because },
  { head: "licence", width: 18, narrow: 16, cell: (one) => shownLicense(one).join("\n") },
  { head: "uses", width: 26, narrow: 24, cell: (one) => shownUsage(one).join("\n") },
];

const NARROW: readonly Column[] = COLUMNS.flatMap(({ narrow, ...column }) =>
  narrow === undefined ? [] : [{ ...column, width: narrow }],
);

/** A table of senders, with no word cut in two. */
function tableOf(senders: readonly ChosenSender[], columns: readonly Column[]): string {
  const longest = (cell: Column["cell"]): number =>
    senders
      .flatMap((one) => cell(one).split(/\s/))
      .reduce((most, word) => Math.max(most, word.length), 0);
  const table = new Table({
    head: columns.map(({ head }) => head),
    colWidths: columns.map(({ width, cell }) => Math.max(width, longest(cell) + 2)),
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const one of senders) table.push(columns.map(({ cell }) => cell(one)));
  return table.toString();
}

const widthOf = (text: string): number => text.indexOf("\n");

/**
 * A table of all senders, and below it what is against each other way.
 *
 * @param width characters of a line of the terminal; left out where there is none
 */
export function printOverview(overview: Overview, width = Number.POSITIVE_INFINITY): string {
  const { senders, licenses = [] } = overview;
  const wide = tableOf(senders, COLUMNS);
  const table = widthOf(wide) > width ? tableOf(senders, NARROW) : wide;
  const costs = [totalText(senders) ?? []].flat();
  const details = senders.length > DETAILED ? [] : senders.flatMap((one) => ["", ...detail(one)]);
  const hint =
    senders.length > DETAILED
      ? ["--sender NAME shows what is against each other way, and --markdown every reason."]
      : ["--markdown and --json have every reason."];
  return [
    table,
    `all together: ${tenantText(overview)}`,
    ...costs.map((text) => `costs: ${text}`),
    ...licenses.map((one) => `licences ${heldLicenseText(one)}`),
    ...contractTexts(senders).map((text) => `licences: ${text}`),
    ...hint,
    ...details,
  ].join("\n");
}

const moreReasons = (count: number): string =>
  count === 0 ? "" : `, and ${counted(count, "more reason")}`;

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
        ? `  ${other} would work too`
        : `  not ${other}: ${refusals[0]?.because}${moreReasons(refusals.length - 1)}`,
    ),
  ];
}
