import { WAYS } from "../clients/settings.ts";
import { type Markup, markup } from "./markup.ts";
import { titleOf } from "./outcome.ts";
import { shown } from "./shown.ts";
import type { Judged, Verification, VerificationReport } from "./verification.ts";

/**
 * Writes a report as JUnit's XML, which pipelines read: a suite for each message, a case for each check. What is unknown is an
 * error, as a skipped case is green; what does not apply is skipped.
 *
 * @see https://github.com/jenkinsci/xunit-plugin (junit-10.xsd)
 */
export function toJunit({ stack, at, verifications }: VerificationReport): string {
  const all = verifications.flatMap(({ judged }) => casesOf(judged));
  const suites = verifications.map((one) => suite(one, stack, at));
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="${`verify ${shown(stack)}`}" ${counts(all)}>
${suites}</testsuites>
`.text;
}

/** A sender of which nothing is judged is not proved. */
const casesOf = (judged: readonly Judged[]): readonly Judged[] =>
  judged.length > 0 ? judged : NOTHING;

const NOTHING: readonly Judged[] = [
  {
    check: "handover",
    outcome: "unknown",
    read: "",
    reason: "nothing was judged",
    fix: "run the command again",
  },
];

function counts(judged: readonly Judged[]): Markup {
  const count = (outcome: string) => judged.filter((one) => one.outcome === outcome).length;
  return markup`tests="${judged.length}" failures="${count("fail")}" errors="${count("unknown")}"`;
}

function suite(verification: Verification, stack: string, at: string): Markup {
  const { way, host, port, message, judged } = verification;
  const cases = casesOf(judged);
  const name = shown(titleOf(verification));
  const properties = [
    ["way", WAYS[way]],
    ...(host === "" ? [] : [["host", host]]),
    ["port", String(port)],
    ...(message === undefined ? [] : [["messageId", message.id]]),
  ].map(
    ([name = "", value = ""]) => markup`      <property name="${name}" value="${shown(value)}"/>\n`,
  );
  return markup`  <testsuite name="${name}" timestamp="${at.slice(0, 19)}" skipped="${cases.filter(({ outcome }) => outcome === "not applicable").length}" ${counts(cases)}>
    <properties>
${properties}    </properties>
${cases.map((one) => testCase(one, `verify.${shown(stack)}.${name}`))}  </testsuite>
`;
}

function testCase(judged: Judged, group: string): Markup {
  const open = markup`    <testcase classname="${group}" name="${judged.check}" time="0"`;
  if (judged.outcome === "pass") return markup`${open}/>\n`;
  const { reason, fix, read } = judged;
  const text = [
    ...(read === "" ? [] : [`read: ${shown(read, 1000)}`]),
    `reason: ${shown(reason, 1000)}`,
    `fix: ${shown(fix, 1000)}`,
  ].join("\n");
  const message = shown(reason, 1000);
  const said =
    judged.outcome === "fail"
      ? markup`<failure type="${shown(judged.resource ?? judged.check)}" message="${message}">${text}</failure>`
      : judged.outcome === "unknown"
        ? markup`<error type="unknown" message="${message}">${text}</error>`
        : markup`<skipped message="${message}"/>`;
  return markup`${open}>
      ${said}
    </testcase>
`;
}
