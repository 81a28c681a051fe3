// `npm run verify`: what the headers of a received message say of the relay. See HELP.
import { FOLDERS } from "../../mail/message/reading.ts";
import { readOptions, wrongUsage } from "../setup/options.ts";
import { tellFailure } from "../stack/failure.ts";
import { verifyHeaders } from "./fromHeaders.ts";
import { writeResults } from "./results.ts";

const HELP = `npm run verify -- --stack NAME --headers FILE [--sender NAME] [--receiver ID] [--folder F] [--json]

Judges a message that arrived, by its headers: SPF, DKIM, DMARC and their alignment, ARC, TLS of each hop, whether a connector
or a mailbox of the tenant took it, delays and clocks, the pool that it left by, and where the receiver put it. Believes only
what the receiver or Exchange wrote. Names the resource to mend, the reason and the fix. Reads what \`pulumi config\` shows of the
stack; sends nothing, asks no network but the backend's, and changes nothing.

  --stack NAME    the stack: prod, or organization/project/prod
  --headers FILE  headers that were pasted into a file, or a message saved as .eml; - reads standard input
  --sender NAME   the sender of the message; without it, the sender of the stack that sends from the address in From
  --receiver ID   whose Authentication-Results to believe, by the name that they begin with: mx.example.com
  --folder F      where the message was found: inbox, junk or quarantine; few receivers write it into the headers
  --json          writes one object to stdout

Exit codes: 0 all passed; 7 something failed, or the headers do not say; 1 the headers or the stack can't be read, or the
message is of no sender of the stack; 2 wrong usage.`;

const options = {
  stack: { type: "string" },
  headers: { type: "string" },
  sender: { type: "string" },
  receiver: { type: "string" },
  folder: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

async function main(): Promise<number> {
  const { stack, headers, receiver, json, ...given } = readOptions("verify", HELP, options);
  const folder = FOLDERS.find((one) => one === given.folder);
  if (stack === undefined) return usage("--stack is missing");
  if (headers === undefined) return usage("--headers is missing");
  if (given.folder !== undefined && folder === undefined) {
    return usage(`--folder "${given.folder}" is not one of ${FOLDERS.join(", ")}`);
  }
  const sender = given.sender;
  const found = await verifyHeaders({ stack, headers, sender, receiver, folder });
  return writeResults(found.stack, [found.verification], { json });
}

const usage = (problem: string): number => wrongUsage("verify", HELP, problem);

try {
  process.exitCode = await main();
} catch (error) {
  process.exitCode = tellFailure("verify", error);
}
