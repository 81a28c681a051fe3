// `npm run adopt`: the stack file of a relay that was made by hand. See HELP.
import { ConfigError } from "../../config/read.ts";
import { readOptions } from "../setup/options.ts";
import { runAdopt } from "./run.ts";

const HELP = `npm run adopt -- --stack NAME [--tenant ID] [--dry-run] [--json]

Reads the connectors, apps, mailboxes and DNS records that make up a relay, and writes the stack file of it. Changes nothing
outside, and neither does the next \`pulumi up\`. What can't be adopted is listed with the reason. Signs in as the app that
ARM_CLIENT_ID names. More: docs/how-to/adopt-a-relay.md.

  --stack NAME  the stack: prod, or organization/project/prod
  --tenant ID   the tenant, where the stack file does not name it
  --dry-run     writes the stack file to stdout alone
  --json        writes one object to stdout

A stack file that has a relay already stays as it is; the new one is written beside it, as Pulumi.NAME.adopted.yaml.

Exit codes: 0 written, printed, or nothing to adopt; 1 the tenant is not known or can't be read, or the file can't be written;
2 wrong usage.`;

const options = {
  stack: { type: "string" },
  tenant: { type: "string" },
  "dry-run": { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

async function main(): Promise<number> {
  const { stack, tenant, json, "dry-run": dryRun } = readOptions("adopt", HELP, options);
  if (stack === undefined) {
    process.stderr.write(`adopt: --stack is missing\n\n${HELP}\n`);
    return 2;
  }
  const say = (line: string) => void process.stderr.write(`adopt: ${line}\n`);
  await runAdopt({ stack, tenant, dryRun, json, say });
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(error instanceof ConfigError ? `${text}\n` : `adopt: ${text}\n`);
  process.exitCode = 1;
}
