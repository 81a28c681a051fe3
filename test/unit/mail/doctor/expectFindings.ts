import assert from "node:assert/strict";
import { it } from "node:test";
import type { Finding } from "../../../../mail/doctor/finding.ts";

/**
 * Compares findings with what is expected of them: `warning RequireTls is false; without TLS; up` has the severity, then patterns
 * that the finding's texts have in this order.
 */
export function expectFindings(findings: readonly Finding[], expected: readonly string[]): void {
  const texts = findings.map((finding) =>
    finding.severity === "ok"
      ? `ok ${finding.what}`
      : `${finding.severity} ${finding.what} | ${finding.why} | ${finding.fix} | ${finding.resource}`,
  );
  assert.equal(texts.length, expected.length, texts.join("\n") || "no finding");
  for (const [index, text] of texts.entries()) {
    const [severity = "", ...words] = (expected[index] ?? "").split(" ");
    const parts = words.join(" ").split("; ");
    assert.match(text, new RegExp(`^${severity} .*${parts.join(".*")}`, "s"));
  }
}

/** What is judged, how severe each finding is, and what they say. */
export type Case = readonly [
  what: string,
  found: () => Finding[],
  severities: string[],
  said: RegExp,
];

/** A test for each case. */
export function judged(cases: readonly Case[]): void {
  for (const [what, found, severities, said] of cases) {
    it(`${severities.join(", ") || "nothing"}: ${what}`, () => {
      const findings = found();
      assert.deepEqual(
        findings.map(({ severity }) => severity),
        severities,
      );
      assert.match(JSON.stringify(findings), said);
    });
  }
}
