import { counted } from "../../mail/numberText.ts";
import { keptUntil } from "../../mail/teardown/found.ts";
import type { Leftover } from "../../mail/teardown/leftover.ts";
import type { Plan } from "../../mail/teardown/plan.ts";

/**
 * The plan as lines, a paragraph for each thing that happens.
 *
 * @param purged what is kept already, and deleted for good
 */
export function printedPlan(plan: Plan, purged: readonly Leftover[]): string[] {
  const { goes, putBack, stays, kept } = plan;
  return [
    ...paragraph(
      "is deleted for good:",
      purged.map(({ title }) => title),
    ),
    ...paragraph("is removed:", goes),
    ...paragraph("is put back as it was before the stack:", putBack),
    ...paragraph("was there before the stack, and stays:", stays),
    ...paragraph("afterwards:", kept),
  ];
}

/**
 * What is left, each with the command that removes it.
 *
 * @param unseen what was not looked at
 */
export function printedLeft(
  stack: string,
  left: readonly Leftover[],
  unseen: readonly string[],
): string[] {
  if (left.length === 0) {
    return [`stack "${stack}": nothing left${unseen.length === 0 ? "" : " where it was looked"}`];
  }
  const things = counted(left.length, "thing is left", "things are left");
  return [
    `stack "${stack}": ${things}. Remove them in this order, each by its command (Exchange and Microsoft Graph: PowerShell; zones: sh)`,
    ...left.flatMap(({ title, where, because, note, command }) => [
      "",
      `${title} (${where})`,
      `  ${because}`,
      ...(note === undefined ? [] : [`  ${note}`]),
      `  ${command}`,
    ]),
  ];
}

/** What is kept, and until when. */
export function printedKept(kept: readonly Leftover[]): string[] {
  if (kept.length === 0) return [];
  return [
    "",
    "Entra and Exchange keep what can be restored:",
    ...kept.map((one) => `  ${one.title}, until ${keptUntil(one)}`),
    "npm run teardown with --purge deletes it for good",
  ];
}

const paragraph = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
