import { code, codes, folded, list, plain, table } from "../markdownText.ts";
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

/** Who sends how, as Mermaid draws it. Nodes are numbered, as it takes `--` in the name of one for an arrow. */
function picture(senders: readonly ChosenSender[]): string {
  const fronts = senders.filter(({ via }) => via === undefined);
  const ways = [...new Set(fronts.map(({ way }) => way))];
  const names = [...new Set(senders.flatMap(({ sender, via = sender }) => [sender, via]))];
  const node = (name: string): string => `sender-${names.indexOf(name)}["${name}"]`;
  const edges = senders.map(({ sender, way, via }) => {
    const to = via === undefined ? `way-${ways.indexOf(way)}["${way}"]` : node(via);
    return `  ${node(sender)} --> ${to}`;
  });
  const exits = ways.map(
    (way, index) =>
      `  way-${index} --> ${way === "Azure Communication Services" ? 'azure["Azure"]' : 'exchange["Exchange Online"]'}`,
  );
  return ["```mermaid", "flowchart LR", ...edges, ...exits, "```"].join("\n");
}
