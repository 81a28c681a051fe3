import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fieldOf, fieldsOf } from "../../../mail/message/fields.ts";
import { fieldText, resultsOf } from "../../../test/oracles/results.ts";
import type { StoredMessage } from "../../src/lab.ts";
import { openSubmissionScene } from "../unit/submissionScene.ts";

/** The name of port 587's certificate. */
export const HOST = "smtp.office365.com";

/** The scene of client submission, with records that let anna's mail pass everything outside. */
export async function openClientScene(seed: string) {
  const scene = await openSubmissionScene(seed);
  await scene.reset();
  const { lab, world, anna, bea, postmaster, password, token, message } = scene;
  const folder = mkdtempSync(join(tmpdir(), "clients-"));
  await authenticateDomain();

  async function authenticateDomain(): Promise<void> {
    const { domain } = world.tenant;
    // The clock of this world stays this machine's: a verifier refuses signatures of the future.
    Object.assign(world.settings, { dkimKeysMs: 0, dkimSyncMs: 0 });
    lab.admin("New-DkimSigningConfig", { DomainName: domain, Enabled: false, KeySize: 2048 });
    await lab.settle();
    const [config] = lab.admin("Get-DkimSigningConfig", { Identity: domain });
    const keys = [config?.Selector1CNAME, config?.Selector2CNAME].map((target, index) => ({
      type: "CNAME",
      name: `selector${index + 1}._domainkey.${domain}`,
      content: String(target),
    }));
    const text = (name: string, content: string) => ({ type: "TXT", name, content });
    lab.editZone(domain, (records) => [
      ...records.filter(
        ({ name, type, content }) =>
          !(
            /^_dmarc\.|\._domainkey\./.test(name) ||
            (name === domain && type === "TXT" && /v=spf1/.test(content))
          ),
      ),
      text(domain, '"v=spf1 include:spf.protection.outlook.com -all"'),
      text(`_dmarc.${domain}`, '"v=DMARC1; p=reject"'),
      ...keys,
    ]);
    lab.admin("Set-DkimSigningConfig", { Identity: domain, Enabled: true });
  }

  return {
    ...{ lab, world, anna, bea, postmaster, password, token, message },
    /** Writes a file that only this user may read, and tells its path. */
    place(name: string, content: string): string {
      const path = join(folder, name);
      writeFileSync(path, content, { mode: 0o600 });
      return path;
    },
    /** The messages that arrive outside while something is done. */
    async arriving(act: () => Promise<void>): Promise<StoredMessage[]> {
      const count = lab.mailbox().length;
      await act();
      await lab.settle();
      return lab.mailbox().slice(count);
    },
    /** Does what must be refused: nobody gets a message, and nothing else changes. */
    async refused(act: () => Promise<void>): Promise<void> {
      await lab.settle();
      const before = scene.state();
      await act();
      await lab.settle();
      assert.deepEqual(scene.state(), before);
    },
    async close(): Promise<void> {
      rmSync(folder, { recursive: true });
      await lab.close();
    },
  };
}

export type ClientScene = Awaited<ReturnType<typeof openClientScene>>;

/** Checks the one message that arrived: from anna to bea, with the fields of a mailbox's mail, and it passes all. */
export function assertArrived(messages: StoredMessage[], { anna, bea, world }: ClientScene): void {
  const [message] = messages;
  assert.equal(messages.length, 1);
  assert.ok(message);
  const { raw, envelope, folder } = message;
  assert.deepEqual(envelope, { from: anna.address, to: [bea] });
  assert.equal(folder, "inbox");
  assert.deepEqual(resultsOf(raw), { spf: "pass", dkim: ["pass"], dmarc: "pass" }, fieldText(raw));
  const fields = fieldsOf(raw);
  const expected = {
    "X-OriginatorOrg": world.tenant.domain,
    "X-MS-Exchange-CrossTenant-Id": world.tenant.id,
    "X-MS-Exchange-CrossTenant-AuthAs": "Internal",
    "X-MS-Exchange-CrossTenant-FromEntityHeader": "Hosted",
    Subject: "test",
  };
  for (const [name, value] of Object.entries(expected)) {
    assert.equal(fieldOf(fields, name), value, raw);
  }
  assert.ok(fieldOf(fields, "From")?.includes(anna.address), raw);
}
