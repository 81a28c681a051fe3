import type { Made } from "./makeExamples.ts";

/** What is another in each run: ids that Entra and Exchange assign, the lab's ports, and when secrets end. */
const DRAWN = [
  {
    pattern: /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g,
    shown: "00000000-0000-0000-0000-000000000000",
  },
  { pattern: /localhost:\d+/g, shown: "localhost:443" },
  { pattern: /\b\d{4}-\d\d-\d\dT[\d:]+Z/g, shown: "2028-11-28T00:00:00Z" },
];

/** The lines of resources in Pulumi's preview, which come in another order each time. */
const RESOURCE_LINES = /(?:^ [ +~-]{2} .*\n)+/gm;
const sorted = (lines: string): string => lines.split("\n").slice(0, -1).sort().join("\n");

/** The comment of an example as its file has it. */
export function exampleText({ markdown }: Made): string {
  const text = DRAWN.reduce(
    (all, { pattern, shown }) => all.replace(pattern, shown),
    markdown,
  ).replace(RESOURCE_LINES, (lines) => `${sorted(lines)}\n`);
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
