// What no public source settles (lab/beliefs.yaml): read for `npm run lab -- provenance`, and as a page of the docs.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { provenance, type ReplyName } from "../src/reply.ts";

const file = "lab/beliefs.yaml";
const root = join(import.meta.dirname, "../..");

/** The head of lab/beliefs.yaml says what stands in each field. */
const beliefSchema = z.strictObject({
  belief: z.string().regex(/\.$/, "ends in a full stop"),
  open: z.string().min(1),
  stands: z.array(z.string()).nonempty(),
  shell: z.enum(["powershell", "sh"]).default("powershell"),
  settle: z.string().min(1),
  confirmed: z.string().min(1),
  replies: z.array(z.string()).default([]),
});
const fileSchema = z.record(z.string(), z.array(beliefSchema).nonempty());

/** What is believed of a service without a source that settles it. */
export interface Belief extends z.infer<typeof beliefSchema> {
  topic: string;
}

/**
 * Reads the rows of lab/beliefs.yaml.
 *
 * @param text the file's text
 * @throws Error when the file has another form, or names a path or a reply that does not exist
 */
export function readBeliefs(text = readFileSync(join(root, file), "utf8")): Belief[] {
  const read = fileSchema.safeParse(parse(text));
  if (!read.success) throw new Error(`${file}: ${z.prettifyError(read.error)}`);
  const beliefs = Object.entries(read.data).flatMap(([topic, rows]) =>
    rows.map((row) => ({ topic, ...row })),
  );
  const known = new Set<string>(provenance().map(({ reply }): ReplyName => reply));
  for (const { belief, stands, replies } of beliefs) {
    const path = stands.find((one) => !existsSync(join(root, one)));
    if (path !== undefined)
      throw new Error(`${file}: "${belief}" stands in ${path}, which does not exist`);
    const reply = replies.find((one) => !known.has(one));
    if (reply !== undefined)
      throw new Error(`${file}: "${belief}" names ${reply}, which is no reply`);
  }
  return beliefs;
}

const HEAD = `<!-- Written by \`npm run generate\` from lab/beliefs.yaml. -->

# What is not proved yet

Nothing of this project has been run on a real tenant. Most of what it relies on is in Microsoft's documentation or in public
records of real answers. This page lists what is not: each row says what the project believes, what sources leave open, and
the command by which the owner of a test tenant settles it. Please report what you saw, with the tenant's own names taken
out.

\`npm run lab -- provenance\` prints the same rows, and after them every single reply of the lab with its source.

## Set up

The commands are for PowerShell 7 with the module ExchangeOnlineManagement, signed in as an app as in
[Prepare the tenant](../how-to/prepare-the-tenant.md). Run them in a **test tenant**: some of them write. \`Send-Raw\` shows an
answer of the admin API as it comes over the wire, which the module hides.

\`\`\`powershell
$tenant = '<tenant id>'; $app = '<client id>'; $secret = '<client secret>'
$token = (Invoke-RestMethod "https://login.microsoftonline.com/$tenant/oauth2/v2.0/token" -Method Post -Body @{
  grant_type = 'client_credentials'; client_id = $app; client_secret = $secret
  scope = 'https://outlook.office365.com/.default' }).access_token
Connect-ExchangeOnline -AccessToken $token -Organization $tenant

function Send-Raw($Cmdlet, $Parameters = @{}, $PageSize = 1000, [switch]$FollowLink) {
  $url = "https://outlook.office365.com/adminapi/beta/$tenant/InvokeCommand"
  do {
    $answer = Invoke-WebRequest $url -Method Post -SkipHttpErrorCheck -ContentType 'application/json' -Headers @{
      Authorization = "Bearer $token"; Prefer = "odata.maxpagesize=$PageSize"
      'X-AnchorMailbox' = "APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@$tenant"
    } -Body (@{ CmdletInput = @{ CmdletName = $Cmdlet; Parameters = $Parameters } } | ConvertTo-Json -Depth 5)
    "$($answer.StatusCode) $($answer.Headers.'X-ExceptionType') $($answer.Content)"
    $url = ($answer.Content | ConvertFrom-Json -ErrorAction Ignore).'@odata.nextLink'
  } while ($FollowLink -and $url)
}
\`\`\`
`;

/** The page docs/reference/unproven.md. */
export function unprovenPage(): string {
  const beliefs = readBeliefs();
  const topics = [...new Set(beliefs.map(({ topic }) => topic))];
  const sections = topics.map((topic) =>
    [`## ${topic}`, ...beliefs.filter((one) => one.topic === topic).map(sectionOf)].join("\n\n"),
  );
  return `${[HEAD.trimEnd(), ...sections].join("\n\n")}\n`;
}

function sectionOf({ belief, open, stands, shell, settle, confirmed }: Belief): string {
  const links = stands.map((path) => `[\`${path}\`](../../${path})`).join(", ");
  return [
    `### ${belief.replace(/\.$/, "")}`,
    open.trim(),
    `Files that rely on it: ${links}. Settle it with:`,
    `\`\`\`${shell}\n${settle}\n\`\`\``,
    `Confirmed by: ${confirmed}.`,
  ].join("\n\n");
}
