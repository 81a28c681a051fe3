// `npm run rotate`: a new secret or password for a sender, without an interruption where Entra allows it. See HELP.
import { readOptions, wrongUsage } from "../setup/options.ts";
import { exitCodeOf } from "../steps/ask.ts";
import { type Asked, type Rotated, rotate, say } from "./rotate.ts";

const HELP = `npm run rotate -- --stack NAME --sender NAME [--run COMMAND] [--used] [--wait MINUTES] [--no-up] [--yes] [--json]

Gives a sender a new secret. Raises its credentialGeneration in the stack file and runs up: both secrets are valid. Hands the
new one over. Waits until the sender uses it (Entra's sign-in log, where it can be read; else it asks). Lists the new generation
alone and runs up: the old secret is removed. Goes on where an earlier run, or a commit, has left off. A user has one password
at a time: the new one takes the place of the present one at once. More: docs/how-to/rotate-a-credential.md.

  --stack NAME    the stack: prod, or organization/project/prod
  --sender NAME   a sender of its stack file
  --run COMMAND   gets the new secret or password on its standard input. Without it, a line says how to read it
  --wait MINUTES  how long to wait until it is used (default 30)
  --used          says that the sender uses the new secret, so that nothing is handed over and nothing is waited for
  --no-up         edits the stack file alone, for a pipeline that runs up; the second time with --used
  --yes           does not ask before a password is replaced
  --json          writes one object to stdout

Refused while an up would change anything but this credential. Exit codes: 0 done; 1 failed, or the sender does not use the
new secret yet: the text says what is valid; 2 wrong usage, or nobody to ask; 130 Ctrl-C.`;

const options = {
  stack: { type: "string" },
  sender: { type: "string" },
  run: { type: "string" },
  used: { type: "boolean", default: false },
  wait: { type: "string" },
  "no-up": { type: "boolean", default: false },
  yes: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

/** Minutes that the use of a new secret is waited for. */
const MINUTES = 30;

async function main(): Promise<number> {
  const given = readOptions("rotate", HELP, options);
  const { stack, sender, run, used, yes, json, wait, "no-up": noUp } = given;
  if (stack === undefined) return usage("--stack is missing");
  if (sender === undefined) return usage("--sender is missing");
  if ((used || noUp) && (run ?? wait) !== undefined) {
    return usage("--run and --wait go neither with --used nor with --no-up");
  }
  const minutes = wait === undefined ? MINUTES : Number(wait);
  if (!(minutes >= 0)) return usage(`--wait ${wait}: use a number of minutes`);
  const asked = { stack, sender, run, used, minutes, noUp, yes };
  const rotated = await rotate(asked);
  if (json) console.log(JSON.stringify({ stack, sender, ...rotated }, null, 2));
  else console.log(sentenceOf(asked, rotated));
  return rotated.outcome === "declined" ? 1 : 0;
}

function sentenceOf({ sender }: Asked, { by, credentialGeneration, outcome }: Rotated): string {
  const now = `credentialGeneration is ${credentialGeneration}`;
  switch (outcome) {
    case "declined":
      return `sender "${sender}": nothing was changed`;
    case "edited":
      return `sender "${sender}": ${now}; commit the stack file, and run npm run pulumi -- up`;
    case "rotated":
      return `sender "${sender}": the new ${by} is the only valid one; ${now}; commit the stack file`;
    default:
      return `sender "${sender}": ${outcome}; ${now}; run it again for another ${by}`;
  }
}

const usage = (problem: string): number => wrongUsage("rotate", HELP, problem);

process.exitCode = await main().catch((error: Error) => {
  say(error.message);
  return exitCodeOf(error);
});
