import { code, codes, folded, list, plain, table } from "../markdownText.ts";
import { listed } from "../naming.ts";
import { heldLicenseText } from "./heldLicenses.ts";
import { type ChosenSender, contractTexts, type Overview, shownLicense } from "./overview.ts";
import { totalText } from "./prices.ts";
import { shownUsage, tenantText } from "./usageText.ts";

/** The overview as GitHub-flavoured Markdown: a picture of who sends how, a table, and what is against each other way. */
export function overviewMarkdown(stack: string, overview: Overview): string {
  const { senders, licenses = [] } = overview;
  return [
    `# Senders of stack ${code(stack)}`,
    "",
    picture(senders),
    "",
    table(
      ["Sender", "From", "Method", "Why", "Licence", "Uses"],
      senders.map((one) => [
        [code(one.sender), ...(one.description === undefined ? [] : [plain(one.description)])].join(
          "\n",
        ),
        codes(one.from),
        plain(one.way),
        plain(one.because),
        shownLicense(one).map(plain).join("\n"),
        shownUsage(one).map(plain).join("\n") || "–",
      ]),
    ),
    "",
    `All together: ${plain(tenantText(overview))}.`,
    "",
    ...[totalText(senders) ?? []].flat().flatMap((text) => [`Costs: ${plain(text)}.`, ""]),
    ...licenses.flatMap((one) => [`Licences ${plain(heldLicenseText(one))}.`, ""]),
    ...contractTexts(senders).flatMap((text) => [`Licences: ${plain(text)}.`, ""]),
    ...senders
      .filter(({ via }) => via === undefined)
      .flatMap((one) => [folded(`Why not otherwise: ${one.sender}`, whyNot(one)), ""]),
  ].join("\n");
}

function whyNot({ otherwise, notes }: ChosenSender): string {
  return list([
    ...notes.map((note) => `${plain(note)}.`),
    ...otherwise.map(({ way, refusals }) =>
      refusals.length === 0
        ? `${plain(way)} would work too.`
        : `${plain(way)}: ${refusals.map(({ because }) => plain(because)).join("; ")}.`,
    ),
  ]);
}

/** Senders that a picture draws one by one below what they send through; it can't be read with more, and GitHub draws 500 lines. */
const DRAWN = 12;

/** Who sends how, as Mermaid draws it. Nodes are numbered, as it takes `--` in the name of one for an arrow. */
function picture(senders: readonly ChosenSender[]): string {
  const fronts = senders.filter(({ via }) => via === undefined);
  const ways = new Map(fronts.map(({ way, method }) => [way, method] as const));
  const names = [...new Set(senders.flatMap(({ sender, via = sender }) => [sender, via]))];
  const passing = new Set(senders.map(({ via }) => via));
  const numbers = new Map(names.map((name, index) => [name, index] as const));
  const wayNumbers = new Map([...ways.keys()].map((way, index) => [way, index] as const));
  const node = (name: string, shown = name): string => `sender-${numbers.get(name)}["${shown}"]`;
  const targetOf = ({ way, via }: ChosenSender): string =>
    via === undefined ? `way-${wayNumbers.get(way)}["${way}"]` : node(via);
  const alike = Map.groupBy(
    senders.filter(({ sender }) => !passing.has(sender)),
    targetOf,
  );
  const edges = senders.flatMap((one) => {
    const { sender } = one;
    const to = targetOf(one);
    const group = passing.has(sender) ? [one] : (alike.get(to) ?? [one]);
    if (group.length <= DRAWN) return [`  ${node(sender)} --> ${to}`];
    const all = listed(group.map((other) => other.sender));
    return group[0] === one ? [`  ${node(sender, all)} --> ${to}`] : [];
  });
  const exits = [...ways.values()].map(
    (method, index) =>
      `  way-${index} --> ${method === "azureCommunicationServices" ? 'azure["Azure"]' : 'exchange["Exchange Online"]'}`,
  );
  return ["```mermaid", "flowchart LR", ...edges, ...exits, "```"].join("\n");
}
