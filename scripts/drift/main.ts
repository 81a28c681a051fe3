// `npm run drift`: what somebody has changed by hand, in terms of mail. See HELP.

import type { Author } from "../../mail/drift/authors.ts";
import { type Difference, type Drift, describeDrift } from "../../mail/drift/describe.ts";
import { counted } from "../../mail/numberText.ts";
import { differencesOf } from "../engine/drift.ts";
import { shortNameOf } from "../engine/operation.ts";
import { readOptions, wrongUsage } from "../setup/options.ts";

const HELP = `npm run drift -- --stack NAME [--json] [--post]

Says which of a stack's connectors, mailboxes, apps and DNS records differ from what its last run left, what that means for
mail, and who changed them when, as far as the audit log of Exchange says so. Reads Exchange, Entra, Cloudflare and the stack's
state; writes nothing, not even the state. An identity that only reads is enough, see docs/how-to/prepare-the-tenant.md.
npm run pulumi -- up --refresh undoes what it lists. More: docs/how-to/find-changes-by-hand.md.

  --stack NAME  the stack: prod, or organization/project/prod
  --json        writes one object to stdout
  --post        in GitHub Actions: keeps one open issue up to date, and closes it when nothing differs any more. Without the
                permission to write issues, the text is in the job's summary

Exit codes: 0 nothing differs; 7 something does; 1 the stack or the tenant can't be read; 2 wrong usage.`;

const options = {
  stack: { type: "string" },
  json: { type: "boolean", default: false },
  post: { type: "boolean", default: false },
} as const;

/** As `pulumi preview --refresh --expect-no-changes` ends. */
const DIFFERS = 7;

async function main(): Promise<number> {
  const { stack, json, post } = readOptions("drift", HELP, options);
  if (stack === undefined) {
    return wrongUsage("drift", HELP, "--stack is missing");
  }
  process.stderr.write(`drift: reading what stack "${stack}" manages\n`);
  const differences = await differencesOf(stack, showWarnings);
  const found = await attributed(differences);
  if (json) console.log(JSON.stringify({ stack, drift: found }, null, 2));
  else console.log(printed(stack, found));
  if (post) {
    const { postDrift } = await import("./post.ts");
    const drift = found.length === 0 ? undefined : printed(stack, found);
    await postDrift(shortNameOf(stack), drift, process.env);
  }
  return found.length === 0 ? 0 : DIFFERS;
}

/** A difference in words, and who made it; nobody where the audit log does not say. */
type AttributedDrift = Drift & { readonly by: readonly Author[] };

/** Where nothing differs, no audit log is asked. */
async function attributed(differences: readonly Difference[]): Promise<AttributedDrift[]> {
  const told = differences.flatMap((difference) => {
    const drift = describeDrift(difference);
    return drift === undefined ? [] : [{ difference, drift }];
  });
  if (told.length === 0) return [];
  const { findAuthors } = await import("./authors.ts");
  const authors = await findAuthors(told.map(({ difference }) => difference));
  for (const reason of authors.missing) process.stderr.write(`drift: warning: ${reason}\n`);
  return told.map(({ difference, drift }) => ({ ...drift, by: authors.of(difference) }));
}

const said = new Set<string>();

/** What the providers could not look at, each once: the engine prints it twice. */
function showWarnings(text: string): void {
  for (const [warning] of text.matchAll(/warning: .*/g)) {
    if (said.has(warning)) continue;
    said.add(warning);
    process.stderr.write(`drift: ${warning}\n`);
  }
}

function printed(stack: string, found: readonly AttributedDrift[]): string {
  if (found.length === 0) return `stack "${stack}": nothing differs from what the last run left`;
  const things = counted(found.length, "thing differs", "things differ");
  const lines = found.flatMap(({ subject, changes, meaning, by }) => [
    "",
    subject,
    ...changes.map((change) => `  ${change}`),
    ...by.map(({ who, when, operation }) => `  by ${who} at ${toTheMinute(when)} (${operation})`),
    ...meaning.map((sentence) => `  -> ${sentence}`),
  ]);
  return [`stack "${stack}": ${things} from what the last run left`, ...lines].join("\n");
}

/** `2026-11-27 14:03 UTC` */
const toTheMinute = (iso: string): string => `${iso.slice(0, 16).replace("T", " ")} UTC`;

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`drift: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
