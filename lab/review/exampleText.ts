import type { Made } from "./makeExamples.ts";

/**
 * What is another in each run: ids that Entra and Exchange assign, the lab's ports, when secrets end, and how many resources the
 * engine has come to when it meets an error.
 */
const DRAWN = [
  {
    pattern: /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g,
    shown: "00000000-0000-0000-0000-000000000000",
  },
  { pattern: /localhost:\d+/g, shown: "localhost:443" },
  { pattern: /\b\d{4}-\d\d-\d\dT[\d:]+Z/g, shown: "2028-11-28T00:00:00Z" },
  { pattern: /\d+ unchanged(?=\n +\d+ errored)/g, shown: "6 unchanged" },
];

/** The lines of resources in Pulumi's preview, below its title: they come in another order each time. */
const RESOURCES = /(?<=^Previewing update .*:\n\n)(?: .*\n)+/gm;
/** What the engine says of each resource, below the resource: the resources come in any order, and so do the messages of one. */
const DIAGNOSTICS = /(?<=^Diagnostics:\n)(?: .*\n|\n(?= ))+/gm;

/** A text in parts: each begins with a line of a form. */
function partsOf(text: string, begins: RegExp): string[] {
  const parts: string[][] = [];
  for (const line of text.split("\n").filter((one) => one !== "")) {
    const part = parts.at(-1);
    if (part === undefined || begins.test(line)) parts.push([line]);
    else part.push(line);
  }
  return parts.map((lines) => lines.join("\n"));
}

/** A message of several lines stays as it is: those after the first are indented. Lines of resources may come in between. */
function sortResources(text: string): string {
  const isMessage = (line: string) => line.includes(" running ");
  const lines = text.trimEnd().split("\n");
  const messages = partsOf(lines.filter(isMessage).join("\n"), / running (?! )/);
  return `${[...lines.filter((line) => !isMessage(line)), ...messages].sort().join("\n")}\n`;
}

function sortDiagnostics(text: string): string {
  const resources = partsOf(text, /^ {2}\S/).sort();
  const sorted = resources.map((resource) => {
    const [head = "", ...lines] = resource.split("\n");
    return [head, ...partsOf(lines.join("\n"), /^ {4}\S/).sort()].join("\n");
  });
  return `${sorted.join("\n\n")}\n`;
}

/** The comment of an example as its file has it. */
export function exampleText({ markdown }: Made): string {
  const text = DRAWN.reduce((all, { pattern, shown }) => all.replace(pattern, shown), markdown)
    .replace(RESOURCES, sortResources)
    .replace(DIAGNOSTICS, sortDiagnostics);
  return `${text.trim()}\n`;
}

/** A comment without Pulumi's own words, which come in another order each time. */
export const withoutPrintedPreview = (text: string): string =>
  text.replace(/<summary>Pulumi's preview of [\s\S]*?<\/details>/g, "");

/** The page that lists the examples. */
export function examplesPage(all: readonly Made[]): string {
  const rows = all.map(
    ({ example: { name, title }, exitCode }) =>
      `| ${title.replaceAll("retire: true", "`retire: true`")} | [${name}](${name}.md) | ${exitCode} |`,
  );
  return `# What a review says

Each file is the comment that [\`npm run review\`](../../how-to/review-a-change.md) writes for one change of the same stack. The
Pulumi engine made them on the lab. \`npm run review-examples\` writes them and this page again, and a test fails when one is stale.

| The change | The comment | Exit code |
|---|---|---|
${rows.join("\n")}
`;
}
