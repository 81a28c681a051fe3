import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signIn } from "../../../tenant/connection.ts";
import { openTenantBench, thrownBy } from "./bench.ts";

export type Env = Record<string, string | undefined>;

/** A lab to sign in to, a certificate that its app may have, and a folder for what variables name. */
export async function openIdentityBench(seed: string) {
  const bench = await openTenantBench(seed);
  const folder = mkdtempSync(join(tmpdir(), "credential-"));
  const certificate = await bench.lab.issueCertificate({
    names: ["deploy.example"],
    issuer: "self-signed",
    key: "rsa",
  });

  /** Signs in as the lab's app with `env`, and with no secret unless that holds one. */
  async function enter(env: Env): Promise<void> {
    const connection = await bench.connect({ ARM_CLIENT_SECRET: undefined, ...env });
    const { token } = await signIn(connection, connection.cloud.exchangeResource);
    assert.ok(bench.lab.secrets().includes(token), "the token is the lab's");
  }
  return {
    ...bench,
    certificate,
    enter,
    /** What a sign-in ends with; nothing is asked of Exchange or Graph. */
    async refused(env: Env): Promise<Error> {
      const error = await thrownBy(() => enter(env));
      const beyond = bench.events().filter(({ service }) => service !== "entra");
      assert.deepEqual(beyond, []);
      return error;
    },
    /** How often a token was asked of Entra in this test. */
    tokensAsked: (): number => bench.events().filter(({ what }) => what.endsWith("/token")).length,
    /** Puts a file into the folder; answers its path. */
    placed(name: string, content: string | Buffer): string {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
    async close(): Promise<void> {
      rmSync(folder, { recursive: true });
      await bench.lab.close();
    },
  };
}

export type IdentityBench = Awaited<ReturnType<typeof openIdentityBench>>;
