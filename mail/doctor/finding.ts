import { clauses, type Problem } from "../problem.ts";

/**
 * How much something matters, the worst first. `error`: mail is refused, lost or open to others. `unknown`: it could not be
 * looked at, which is no sign that all is well. `warning`: mail works, and will stop or is at risk.
 */
export const SEVERITIES = ["error", "unknown", "warning", "ok"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What was found of one thing. Texts are clauses, without a full stop. */
export type Finding =
  | { readonly severity: "ok"; readonly what: string }
  | {
      readonly severity: Exclude<Severity, "ok">;
      readonly what: string;
      /** What it means for mail. */
      readonly why: string;
      readonly fix: string;
      /** What to mend, as Pulumi, Exchange, Entra or DNS names it. */
      readonly resource: string;
    };

/** The worst of all; `ok` of none. */
export const worstOf = (findings: readonly Finding[]): Severity =>
  SEVERITIES.find((one) => findings.some(({ severity }) => severity === one)) ?? "ok";

/**
 * What a rule says, as a finding.
 *
 * @param why what it means for mail
 * @param resource what to mend
 */
export const findingOf = (
  problem: Problem,
  severity: Exclude<Severity, "ok">,
  { why, resource }: { readonly why: string; readonly resource: string },
): Finding => {
  const { fact, fix } = clauses(problem);
  return { severity, what: fact, why, fix, resource };
};
