// How verdicts are gathered for people.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openOf } from "../../../../mail/verification/outcome.ts";
import type { Judged } from "../../../../mail/verification/verification.ts";

describe("what did not pass", () => {
  const because = { read: "", reason: "nobody says it", fix: "ask" } as const;
  const unknown = (check: Judged["check"], reason: string = because.reason): Judged => ({
    ...{ check, outcome: "unknown" },
    ...because,
    reason,
  });
  const fail = (check: Judged["check"]): Judged => ({
    ...{ check, outcome: "fail", resource: undefined },
    ...because,
  });

  it("stands together where it is unknown for the same reason, and alone where it failed", () => {
    const judged: Judged[] = [
      { check: "handover", outcome: "pass", read: "250" },
      unknown("arrival", "another"),
      unknown("spf"),
      fail("dkim"),
      fail("dmarc"),
      unknown("arc"),
    ];
    const checks = openOf(judged).map((group) => group.map(({ check }) => check));
    assert.deepEqual(checks, [["arrival"], ["spf", "arc"], ["dkim"], ["dmarc"]]);
  });
});
