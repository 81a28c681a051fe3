// docs/reference/guardrails.md: every guardrail, and who calls the rules behind it.
import ts from "typescript";
import { GUARDRAILS, type Guardrail } from "../../mail/guardrails/guardrails.ts";
import { callersOf, type Declaration, declarationsIn } from "./callers.ts";

const HEAD = `<!-- Written by \`npm run generate\` from mail/guardrails/ and from who calls the rules. -->

# Guardrails

A guardrail is something that no change of a stack should do to its mail. Two callers check the same guardrails:
[the policy pack](#the-policy-pack) in \`policy/\` in a preview and in an \`up\`, and [\`npm run
review\`](../how-to/review-a-change.md) for the risk that it reports.

| Severity | Policy pack | Review |
|---|---|---|
| \`dangerous\` | \`mandatory\`: stops the \`up\` | **DANGEROUS**: ends with 3 unless it is accepted |
| \`look\` | \`advisory\`: prints a warning | **look**: for a person to decide |
| \`off\` | \`disabled\`, until [the pack's configuration](#the-policy-pack) turns it on: for those who follow CISA's baseline to the letter | not checked |
`;

const PACK = `## The policy pack

    npm run pulumi -- preview --policy-pack policy
    npm run pulumi -- up --policy-pack policy

    Policies:
        ⚠️ m365-smtp-relay@v0.1.0 (local: policy)
            - [advisory] [severity: low]  wide-address  (…:InboundConnector: relay-erp-connector)
              connector of erp: senderIPAddresses: "198.51.100.0/24" lets whoever connects from any of its 256 addresses
              send mail; make sure that all of them are your own servers', or list single addresses

Nothing has to be installed for it. Give \`--policy-pack\` to every command: Pulumi keeps no setting for it outside Pulumi Cloud.
[The shipped \`up.yml\`](../how-to/deploy-from-github-actions.md) has it.

- A guardrail that judges one resource stops it before it is created, also with \`--skip-preview\`. Those marked with "whole
  stack" judge at the end of the preview, or of the \`up\` if there is no preview.
- The pack judges the resources of every provider, by their properties and the last part of their type: an \`InboundConnector\`
  or \`SharedMailbox\`; an \`Application\`, \`AppRoleAssignment\`, \`ApplicationApiAccess\` or \`ApplicationPassword\` of azuread; a
  TXT record with \`name\` and \`content\` or \`records\`; a script in any property.
- \`--policy-pack-config FILE\` changes levels. The file is JSON:

  \`\`\`json
  { "dmarc-reject": "mandatory", "wide-address": "disabled" }
  \`\`\`

- An engine without Node's language host can't load a pack from a folder. From version 3.259 on it starts the pack as a
  program: \`--policy-pack policy/main.mjs\`.
`;

const LIMITS = `## What a guardrail can't know

- **Before and after.** Pulumi gives a pack what a resource will be, and not what it was. In the pack, \`dmarc-weaker\` and
  \`dmarc-stage\` therefore compare with the record that was there before the stack. They don't notice that a record of the
  stack's own becomes weaker. \`npm run review\` does, as it compares with what the last run left.
- **Proof.** Nothing in a stack proves that every sender passes DMARC: that is in the reports. \`dmarc-stage\` says what has to
  be true, and a person confirms it. It is silent once the record is written.
- **Shared addresses.** \`shared-address\` knows the addresses of Exchange Online in Microsoft's worldwide cloud. Whether an
  address of a hosting provider or of a NAT is shared with others, only its owner knows.
- **Accepted domains.** \`certificate-domain\` compares with the domains of the stack. The tenant may have accepted more; the
  provider asks it.
- **Scripts.** \`smtp-auth\` and \`auto-forwarding\` see a setting of the organisation only if a script in a resource's property
  runs the cmdlet. What an administrator sets by hand is not in a stack.
- **Secrets.** Entra gives a secret two years if the program names no end. \`secret-lifetime\` warns once such a secret is 180
  days old.
- **Removals.** Pulumi does not show a pack the resources that are removed. What is left shows it in one case: \`dkim-off\` finds
  a domain that the stack has (\`AcceptedDomain\`) and does not sign.

## CISA's baseline for Exchange Online

[The baseline](https://github.com/cisagov/ScubaGear/blob/main/PowerShell/ScubaGear/baselines/exo.md) covers the whole
tenant; a stack shows a part of it. ScubaGear checks the rest.

| Rule | Guardrail | What a stack does not show |
|---|---|---|
| MS.EXO.1.1v2 Automatic forwarding to external domains SHALL be disabled | \`auto-forwarding\` | the setting itself; only scripts that change it |
| MS.EXO.2.2v3 An SPF policy SHALL be published for each domain that fails all non-approved senders | \`spf-open\`, \`spf-neutral\`, \`record-missing\` | domains that are not in the stack, or whose DNS is hosted elsewhere |
| MS.EXO.3.1v1 DKIM SHOULD be enabled for all domains | \`dkim-off\` | domains that are not in the stack |
| MS.EXO.4.1v1 A DMARC policy SHALL be published for every second-level domain | \`record-missing\` | the same |
| MS.EXO.4.2v1 The DMARC message rejection option SHALL be p=reject | \`dmarc-reject\` | |
| MS.EXO.4.3v1 The DMARC point of contact for aggregate reports SHALL include \`reports@dmarc.cyber.dhs.gov\` | \`dmarc-federal-reports\` | whether the owner is a federal agency: nobody else should name it |
| MS.EXO.4.4v1 An agency point of contact SHOULD be included for aggregate and failure reports | \`dmarc-contact\` | whether somebody reads them |
| MS.EXO.5.1v1 SMTP AUTH SHALL be disabled | \`smtp-auth\` | the setting itself. Senders that sign in need SMTP AUTH for their own mailbox, which the baseline's rule for the organisation allows |
`;

/** Where the rules are: what calls pass through on their way to those who judge. */
const isRule = (file: string) =>
  file.startsWith("mail/") && !/^mail\/(guardrails|review)\//.test(file);
const ASKS_ALL = "mail/guardrails/guardrails.ts";

/** The page's whole text. */
export function guardrailsPage(): string {
  const all = declarationsIn("config", "mail", "policy", "providers", "scripts/review");
  const asking = all.find(({ file, name }) => file === ASKS_ALL && name === "GUARDRAILS");
  if (asking === undefined) throw new Error(`${ASKS_ALL} declares no GUARDRAILS`);
  const askers = callersOf(asking, all, (file) => file === ASKS_ALL);
  const everybody = (part: RegExp) => (askers.some((file) => part.test(file)) ? "yes" : "–");
  const judges = [everybody(/\breview\//), everybody(/^policy\//)];

  const guardrailRows = GUARDRAILS.map((guardrail) => {
    const { id, title, severity, isOptIn, source, scuba = [], judgeStack } = guardrail;
    const level = isOptIn ? "off" : severity;
    const whole = judgeStack === undefined ? "" : " (whole stack)";
    const sources = [`[page](${source})`, ...scuba].join(", ");
    return `| \`${id}\` | ${title}${whole} | ${level} | ${sources} |`;
  });
  const ruleRows = GUARDRAILS.flatMap((guardrail) =>
    rulesOf(guardrail, all).map((rule) => {
      const files = callersOf(rule, all, isRule);
      const inPart = (part: string) =>
        files
          .filter((file) => file.startsWith(part))
          .map((file) => `\`${file.slice(part.length)}\``)
          .join(", ") || "–";
      const columns = [...judges, inPart("config/"), inPart("providers/")];
      return `| \`${guardrail.id}\` | \`${rule.name}\` in \`${rule.file}\` | ${columns.join(" | ")} |`;
    }),
  );
  return [
    HEAD,
    "| Guardrail | What it forbids | Severity | Source |",
    "|---|---|---|---|",
    ...guardrailRows,
    "",
    PACK,
    "## Who calls each rule",
    "",
    "A rule is one function in `mail/`, which everybody calls who judges by it. The last two columns name files below `config/` and\n`providers/`.",
    "",
    "| Guardrail | Rule | Review | Policy pack | Config | Provider |",
    "|---|---|---|---|---|---|",
    ...ruleRows,
    "",
    LIMITS,
  ].join("\n");
}

/** The functions outside that a guardrail names, and that answer with a problem. */
function rulesOf({ id }: Guardrail, all: readonly Declaration[]): Declaration[] {
  const declaration = all.find(
    ({ file, node }) => file.startsWith("mail/guardrails/") && idIn(node) === id,
  );
  const rules = declaration?.uses.filter(({ file, node }) => isRule(file) && answersProblem(node));
  if (rules === undefined || rules.length === 0) throw new Error(`${id} calls no rule of mail/`);
  return rules;
}

function idIn(node: ts.Node): string | undefined {
  const value = ts.isVariableDeclaration(node) ? node.initializer : undefined;
  if (value === undefined || !ts.isObjectLiteralExpression(value)) return undefined;
  const property = value.properties.find(({ name }) => name?.getText() === "id");
  return property && ts.isPropertyAssignment(property) && ts.isStringLiteral(property.initializer)
    ? property.initializer.text
    : undefined;
}

function answersProblem(node: ts.Node): boolean {
  const value = ts.isVariableDeclaration(node) ? node.initializer : node;
  return (
    value !== undefined &&
    ts.isFunctionLike(value) &&
    /\bProblem\b/.test(value.type?.getText() ?? "")
  );
}
