import { type Finding, SEVERITIES, type Severity, worstOf } from "../../mail/doctor/finding.ts";
import { visible } from "../../mail/message/visible.ts";
import { counted } from "../../mail/numberText.ts";
import type { Checked } from "./check.ts";

/** How doctor ends, by the worst that it found. */
const EXIT_CODES: Readonly<Record<Severity, number>> = { error: 7, unknown: 8, warning: 9, ok: 0 };

/** How doctor ends. */
export const exitCodeFor = (checked: readonly Checked[]): number =>
  EXIT_CODES[worstOf(checked.flatMap(({ findings }) => findings))];

/** What was found, for people: the worst first, and what has the same reason and fix together. */
export function describeChecked(stack: string, checked: readonly Checked[]): string {
  const all = checked.flatMap(({ check, findings }) =>
    findings.map((finding) => ({ title: check.title, finding })),
  );
  const lines = SEVERITIES.flatMap((severity) => {
    const told = all.filter(({ finding }) => finding.severity === severity);
    return [...Map.groupBy(told, keyOf).values()].map(describeAlike);
  });
  const counts = SEVERITIES.map((severity) => {
    const count = all.filter(({ finding }) => finding.severity === severity).length;
    return COUNTED[severity](count);
  });
  return [
    `stack "${stack}"`,
    ...lines,
    ...[...Map.groupBy(notLookedAtIn(checked), ({ why }) => why)].map(
      ([why, same]) =>
        `not looked at: ${same.map(({ check }) => check.title).join("; ")}: ${visible(why)}`,
    ),
    counts.join(", "),
  ].join("\n");
}

/** A finding under the title of its check. */
interface TitledFinding {
  readonly title: string;
  readonly finding: Finding;
}

/** What has the same key is told together: a cause that many feel, and what is well of one check. */
const keyOf = ({ title, finding }: TitledFinding): string =>
  finding.severity === "ok" ? title : JSON.stringify([finding.why, finding.fix]);

/** Lines that alike findings take at most; the others are counted. */
const MOST = { ok: 2, bad: 10 } as const;

function describeAlike(alike: readonly TitledFinding[]): string {
  const [{ finding }] = alike as [TitledFinding];
  const facts = [...Map.groupBy(alike, (one) => one.finding.what)].map(([what, same]) => {
    const titles = unique(same.map(({ title }) => title));
    const where = titles.length > 2 ? `${titles.length} checks` : titles.join(", ");
    return `${where}: ${visible(what)}`;
  });
  const heads = cut(facts, finding.severity === "ok" ? MOST.ok : MOST.bad).map(
    (fact, index) => `${(index === 0 ? finding.severity : "").padEnd(8)} ${fact}`,
  );
  if (finding.severity === "ok") return heads.join("\n");
  const resources = unique(
    alike.flatMap(({ finding: one }) => (one.severity === "ok" ? [] : one.resource)),
  ).filter((resource) => resource !== "");
  const titles = unique(alike.map(({ title }) => title));
  return [
    ...heads,
    ...(titles.length > 2 ? [`  in:  ${titles.join("; ")}`] : []),
    ...(resources.length === 0 ? [] : [`  of:  ${visible(cut(resources, MOST.bad).join(", "))}`]),
    `  why: ${visible(finding.why)}`,
    `  -> ${visible(finding.fix)}`,
  ].join("\n");
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

/** The first ones, and how many more there are. */
const cut = (texts: readonly string[], most: number): readonly string[] =>
  texts.length <= most + 1
    ? texts
    : [...texts.slice(0, most), `and ${texts.length - most} more, which --json lists`];

const COUNTED: Readonly<Record<Severity, (count: number) => string>> = {
  error: (count) => counted(count, "error"),
  unknown: (count) => `${count} unknown`,
  warning: (count) => counted(count, "warning"),
  ok: (count) => `${count} ok`,
};

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
