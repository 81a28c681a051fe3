import { basename } from "node:path";
import { naming } from "../../../mail/naming.ts";
import { counted } from "../../../mail/numberText.ts";
import { listText } from "../../stack/entry.ts";
import { type Import, type ImportOptions, importSenders, stackEntry } from "./importSenders.ts";

/**
 * Imports senders and prints what became of it: with `dryRun` what would be added to the stack file.
 *
 * @throws Error as `importSenders`
 */
export async function runImport({
  json,
  ...options
}: ImportOptions & { readonly json: boolean }): Promise<number> {
  const done = await importSenders(options);
  const { added, unchanged, rows, file } = done;
  const names = (entries: Import["added"]) => entries.map(({ sender }) => sender.name);
  if (json) {
    const { stack } = options;
    const found = { stack, file: file ?? null, rows };
    console.log(
      JSON.stringify({ ...found, added: names(added), unchanged: names(unchanged) }, null, 2),
    );
    return 0;
  }
  for (const line of importLines(done, options)) process.stderr.write(`${line}\n`);
  if (options.dryRun && added.length > 0) process.stdout.write(listText(added.map(stackEntry)));
  return 0;
}

/** Names that a line lists. */
const LISTED = 40;

/** What became of an import, a line each. */
export function importLines(
  { rows, added, unchanged, file }: Import,
  { path, stack }: Pick<ImportOptions, "path" | "stack">,
): string[] {
  const apart = added.length + unchanged.length;
  const behind =
    rows > apart
      ? `; Exchange ${apart === 1 ? "takes them for one sender" : `tells ${apart} senders apart`}`
      : "";
  const named = (entries: Import["added"]): string => {
    const names = entries.slice(0, LISTED).map(({ sender }) => sender.name);
    const more = entries.length - names.length;
    return `${naming("sender", names)}${more > 0 ? ` and ${more} more` : ""}`;
  };
  return [
    `${basename(path)} has ${counted(rows, "row")}${behind}`,
    ...(unchanged.length === 0 ? [] : [`in the stack file already: ${named(unchanged)}`]),
    added.length === 0
      ? "nothing to add"
      : `${file === undefined ? "to add" : `added to ${file}`}: ${named(added)}`,
    ...(file === undefined
      ? []
      : [`next: npm run senders -- --stack ${stack}, then npm run review -- --stack ${stack}`]),
  ];
}
