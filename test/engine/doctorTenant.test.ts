// What `npm run doctor` says of the tenant and of the identity, as an app that only reads.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Lab } from "../../lab/src/lab.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { TENANT_CHECKS } from "../../scripts/doctor/tenant/checks.ts";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";
import { type Fixture, openFixture } from "./fixture.ts";
import { runReading } from "./readingScript.ts";

interface Told {
  readonly check: string;
  readonly severity: string;
  readonly what: string;
  readonly why?: string;
  readonly fix?: string;
  readonly resource?: string;
}

const OURS = TENANT_CHECKS.map(({ name }) => name);

// One life of one stack: each test goes on where the one before ended.
describe("npm run doctor, of the tenant", () => {
  let fixture: Fixture;
  let lab: Lab;
  let stack: OpenedStack;

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    stack = await fixture.open({ config: labConfig(lab.world) });
  });
  after(() => fixture?.close());

  /** What our checks found, as an app that only reads. */
  async function doctor(env: Readonly<Record<string, string>> = {}): Promise<Told[]> {
    const { code, stdout, stderr } = await runReading(
      fixture,
      stack,
      "scripts/doctor/main.ts",
      ["--stack", "lab", "--json"],
      { env },
    );
    assert.ok([0, 7, 8, 9].includes(code), stderr);
    const { findings } = JSON.parse(stdout) as { findings: Told[] };
    return findings.filter(({ check }) => OURS.includes(check));
  }
  const isBad = ({ severity }: Told): boolean => severity !== "ok";

  it("all is well before the first up", async () => {
    assert.deepEqual((await doctor()).filter(isBad), []);
  });
});
