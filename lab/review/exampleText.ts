import type { Made } from "./makeExamples.ts";

/** What is another in each run: ids that Entra and Exchange assign, and the lab's ports. */
const DRAWN = [
  {
    pattern: /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g,
    shown: "00000000-0000-0000-0000-000000000000",
  },
  { pattern: /localhost:\d+/g, shown: "localhost:443" },
];

/** The comment of an example as its file has it. */
export function exampleText({ example, markdown, exitCode }: Made): string {
  const text = DRAWN.reduce((all, { pattern, shown }) => all.replace(pattern, shown), markdown);
  return `<!-- ${example.title} Exit code ${exitCode}. Written by \`npm run review-examples\`. -->\n\n${text.trim()}\n`;
}

/** A comment without Pulumi's own words, which come in another order each time. */
export const withoutPrintedPreview = (text: string): string =>
  text.replace(/<summary>Pulumi's preview of [\s\S]*?<\/details>/g, "");
