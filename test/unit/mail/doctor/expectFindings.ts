import assert from "node:assert/strict";
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
