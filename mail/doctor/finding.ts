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
      /** What to fix, as Pulumi, Exchange, Entra or DNS names it. */
      readonly resource: string;
    };

/** What is said of something that is not `ok`. */
type Told = Omit<Exclude<Finding, { readonly severity: "ok" }>, "severity">;

/**
 * That something could not be looked at. Messages of `tenant/` and `zone/` are `words; what to do`.
 *
 * @param told what is known better than the error says; `what` is the thing, as a subject
 */
export function unknownOf(error: unknown, told: Partial<Told> = {}): Finding {
  const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  const [, words = line, advice] = /^(.+?); (.+)$/.exec(line) ?? [];
  const { what: thing, ...rest } = told;
  return {
    severity: "unknown",
    what: `${thing === undefined ? "" : `${thing} `}could not be looked at: ${words}`,
    why: "nothing is known of it, so it may be what keeps mail from arriving",
    fix: advice ?? "do what the message says, and run npm run doctor -- --stack NAME again",
    resource: "",
    ...rest,
  };
}

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
