import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { inspect } from "node:util";
import { CredentialError } from "../../../tenant/credential.ts";
import { type Env, type IdentityBench, openIdentityBench } from "./identity.ts";

describe("the identity that deploys", () => {
  let bench: IdentityBench;
  before(async () => {
    bench = await openIdentityBench("identity");
  });
  after(() => bench.close());
  beforeEach(() => bench.reset());

  const unusable: [string, Env, RegExp[]][] = [
    [
      "no app",
      { ARM_CLIENT_ID: undefined },
      [/^ARM_CLIENT_ID is missing/, /signs in to Microsoft Entra/, /export the app's client id/],
    ],
    ["an empty app", { ARM_CLIENT_ID: "" }, [/^ARM_CLIENT_ID is missing/]],
    [
      "no credential",
      {},
      [/^nothing to sign in with/, /ARM_USE_OIDC=true/, /ARM_CLIENT_CERTIFICATE_PATH/, /_SECRET/],
    ],
    ["an empty secret", { ARM_CLIENT_SECRET: "" }, [/^nothing to sign in with/, /export one$/]],
    [
      "another tenant",
      { ARM_TENANT_ID: "11111111-2222-3333-4444-555555555555", ARM_CLIENT_SECRET: "s3cr3t" },
      [/^ARM_TENANT_ID: "11111111-/, /azuread:tenantId/, /select the other stack/],
    ],
  ];
  for (const [name, env, patterns] of unusable) {
    it(`${name}: the error names the variable, its purpose and how to set it`, async () => {
      const error = await bench.refused(env);
      assert.ok(error instanceof CredentialError, inspect(error));
      for (const pattern of patterns) assert.match(error.message, pattern);
      assert.equal(bench.tokensAsked(), 0);
    });
  }

  it("the tenant may be repeated in any letter case", async () => {
    const { ARM_CLIENT_SECRET, ARM_TENANT_ID = "" } = bench.lab.env;
    await bench.enter({ ARM_CLIENT_SECRET, ARM_TENANT_ID: ARM_TENANT_ID.toUpperCase() });
    await bench.enter({ ARM_CLIENT_SECRET, ARM_TENANT_ID: undefined });
    await bench.enter({ ARM_CLIENT_SECRET, ARM_TENANT_ID: "" });
  });

  it("a wrong secret: Entra's words, never the secret", async () => {
    const secret = "wr0ng8Q~s3cret-value-of-nobody";
    const error = await bench.refused({ ARM_CLIENT_SECRET: secret });
    assert.match(
      error.message,
      /^sign-in to tenant .* failed: AADSTS7000215: Invalid client secret/,
    );
    assert.match(error.message, /make a new secret .*, and export its value as ARM_CLIENT_SECRET$/);
    assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(secret));
  });

  it("an app that the tenant does not know comes in Entra's words", async () => {
    const ARM_CLIENT_ID = "11111111-2222-3333-4444-555555555555";
    const error = await bench.refused({ ARM_CLIENT_ID, ARM_CLIENT_SECRET: "x" });
    assert.match(error.message, /AADSTS700016: .*11111111-2222/);
  });

  it("a busy Entra is asked again", async () => {
    const what = { kind: "status", status: 503, retryAfter: 0.01 } as const;
    bench.lab.faults.inject({ where: { service: "entra" }, what });
    await bench.enter({ ARM_CLIENT_SECRET: bench.lab.env.ARM_CLIENT_SECRET });
  });
});
