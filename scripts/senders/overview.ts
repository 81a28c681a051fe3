// The overview for a terminal.
import Table from "cli-table3";
import { visible } from "../../mail/message/visible.ts";
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

/** A table of all senders, and below it what is against each other way. */
export function printOverview(overview: Overview): string {
  const { senders, licenses = [] } = overview;
  const table = new Table({
    head: ["sender", "sends by", "because", "licence", "uses"],
    colWidths: [16, 19, 26, 18, 26],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  const costs = [totalText(senders) ?? []].flat();
  for (const one of senders) {
    table.push([
      one.sender,
      one.way,
      one.because,
      shownLicense(one).join("\n"),
      shownUsage(one).join("\n"),
    ]);
  }
  const details = senders.length > DETAILED ? [] : senders.flatMap((one) => ["", ...detail(one)]);
  const hint =
    senders.length > DETAILED
      ? ["--sender NAME shows what is against each other way, and --markdown every reason."]
      : ["--markdown and --json have every reason."];
  return [
    table.toString(),
    `all together: ${tenantText(overview)}`,
    ...costs.map((text) => `costs: ${text}`),
    ...licenses.map((one) => `licences ${heldLicenseText(one)}`),
    ...contractTexts(senders).map((text) => `licences: ${text}`),
    ...hint,
    ...details,
  ].join("\n");
}

const moreReasons = (count: number): string =>
  count === 0 ? "" : `, and ${count} more reason${count === 1 ? "" : "s"}`;

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
