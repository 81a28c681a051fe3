import { type Finding, SEVERITIES, type Severity, worstOf } from "../../mail/doctor/finding.ts";
import { visible } from "../../mail/message/visible.ts";
import type { Checked } from "./check.ts";

/** How doctor ends, by the worst that it found. */
const EXIT_CODES: Readonly<Record<Severity, number>> = { error: 7, unknown: 8, warning: 9, ok: 0 };

/** How doctor ends. */
export const exitCodeFor = (checked: readonly Checked[]): number =>
  EXIT_CODES[worstOf(checked.flatMap(({ findings }) => findings))];

/** What was found, for people: the worst first. */
export function describeChecked(stack: string, checked: readonly Checked[]): string {
  const all = checked.flatMap(({ check, findings }) =>
    findings.map((finding) => ({ title: check.title, finding })),
  );
  const lines = SEVERITIES.flatMap((severity) =>
    all
      .filter(({ finding }) => finding.severity === severity)
      .map(({ title, finding }) => describeFinding(title, finding)),
  );
  const counts = SEVERITIES.map((severity) => {
    const count = all.filter(({ finding }) => finding.severity === severity).length;
    return COUNTED[severity](count);
  });
  return [
    `stack "${stack}"`,
    ...lines,
    ...notLookedAtIn(checked).map(
      ({ check, why }) => `not looked at: ${check.title}: ${visible(why)}`,
    ),
    counts.join(", "),
  ].join("\n");
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;

const COUNTED: Readonly<Record<Severity, (count: number) => string>> = {
  error: (count) => plural(count, "error"),
  unknown: (count) => `${count} unknown`,
  warning: (count) => plural(count, "warning"),
  ok: (count) => `${count} ok`,
};

function describeFinding(title: string, finding: Finding): string {
  const head = `${finding.severity.padEnd(8)} ${title}: ${visible(finding.what)}`;
  if (finding.severity === "ok") return head;
  const { why, fix, resource } = finding;
  return [
    head,
    ...(resource === "" ? [] : [`  of:  ${visible(resource)}`]),
    `  why: ${visible(why)}`,
    `  -> ${visible(fix)}`,
  ].join("\n");
}

const notLookedAtIn = (checked: readonly Checked[]) =>
  checked.flatMap(({ check, notLookedAt }) =>
    notLookedAt === undefined ? [] : [{ check, why: notLookedAt }],
  );

/** What was found, for a program: docs/reference/contract.md. */
export function checkedToJson(stack: string, checked: readonly Checked[]): string {
  const findings = checked.flatMap(({ check, findings }) =>
    findings.map((finding) => ({ check: check.name, title: check.title, ...finding })),
  );
  const notLookedAt = notLookedAtIn(checked).map(({ check, why }) => ({ check: check.name, why }));
  return JSON.stringify({ stack, findings, notLookedAt }, null, 2);
}
