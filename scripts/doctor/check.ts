import pMap from "p-map";
import type { Finding } from "../../mail/doctor/finding.ts";
import type { Patient } from "./patient.ts";

/** One thing that is looked at. */
export interface Check {
  /** As `--json` names it: `smtp-auth`. */
  readonly name: string;
  /** What it looks at: `SMTP AUTH at every level`. */
  readonly title: string;
  /** Set where `up` makes what it looks at: there is nothing to see before the first one. */
  readonly afterUp?: true;
  /** Reads, and changes nothing. Whatever it throws makes its one finding `unknown`. */
  look(patient: Patient): Promise<readonly Finding[]>;
}

/** What a check found; `undefined` where it looks at what `up` has yet to make. */
export interface Checked {
  readonly check: Pick<Check, "name" | "title">;
  readonly findings: readonly Finding[] | undefined;
}

/** Checks that run at the same time. */
const AT_ONCE = 4;

/**
 * Runs checks, and gives what they found in their order.
 *
 * @param onLine takes a line of progress after each check
 */
export function runChecks(
  checks: readonly Check[],
  patient: Patient,
  onLine: (line: string) => void,
): Promise<Checked[]> {
  let done = 0;
  return pMap(
    checks,
    async (check) => {
      const isEarly = check.afterUp === true && patient.senders.size === 0;
      const findings = isEarly ? undefined : await look(check, patient);
      done += 1;
      onLine(`${done}/${checks.length} ${check.title}`);
      return { check, findings };
    },
    { concurrency: AT_ONCE },
  );
}

async function look(check: Check, patient: Patient): Promise<readonly Finding[]> {
  try {
    return await check.look(patient);
  } catch (error) {
    const [words = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    return [
      {
        severity: "unknown",
        what: `could not be looked at: ${words}`,
        why: "nothing is known of it, so it may be what keeps mail from arriving",
        fix: "do what the message says, and run it again",
        resource: "",
      },
    ];
  }
}
