import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Scene } from "../stack/scene.ts";
import { signInCertificate } from "../stack/senders.ts";

/** Longer than until the next renewal. */
const LIFETIME_SECONDS = 3600;
const RENEWAL_MS = 30 * 60_000;

/** What the machines of the customer's senders have, for `npm run verify -- --files`. */
export interface SenderFiles {
  readonly folder: string;
  close(): void;
}

/** Writes keys, certificates and assertions by the names that `npm run senders` prints; assertions are renewed. */
export async function openSenderFiles(inFolder: string, scene: Scene): Promise<SenderFiles> {
  const { lab, applications, certificate } = scene;
  const folder = join(inFolder, "senders");
  await mkdir(folder, { recursive: true });
  const write = (name: string, text: string) =>
    writeFile(join(folder, name), text, { mode: 0o600 });
  await write("billing.key", certificate.key);
  await write("billing.chain.pem", certificate.chain);
  const { key, certificate: ofApp } = signInCertificate(lab.seed);
  for (const { name } of applications.filter((one) => one.signInCertificate !== undefined)) {
    await write(`${name}.key`, key);
    await write(`${name}.chain.pem`, ofApp);
  }
  const renew = async () => {
    for (const { name, federatedIdentity } of applications) {
      if (federatedIdentity === undefined) continue;
      const audience = "api://AzureADTokenExchange";
      const order = { ...federatedIdentity, audience, lifetimeSeconds: LIFETIME_SECONDS };
      await write(`${name}.assertion`, await lab.issueAssertion(order));
    }
  };
  await renew();
  const renewal = setInterval(() => {
    renew().catch((error: Error) => console.error(`lab: ${folder}: ${error.message}`));
  }, RENEWAL_MS);
  return { folder, close: () => clearInterval(renewal) };
}
