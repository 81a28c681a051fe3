import type { Context } from "../context.ts";
import { hasKeys } from "../exchange/nouns/dkimSigningConfig.ts";
import type { DkimConfig, World } from "../world/world.ts";
import { loadMailauth } from "./judge.ts";
import { authorDomain, parseMessage } from "./message.ts";

/** The header fields that Exchange signs (messages relayed by several tenants, list archives 2019 to 2026). */
const SIGNED = [
  "From",
  "Date",
  "Subject",
  "Message-ID",
  "Content-Type",
  "MIME-Version",
  "X-MS-Exchange-SenderADCheck",
];

/**
 * Signs a message that leaves: for the domain of its From field where that has an enabled DKIM config, for the
 * initial domain otherwise ("Set up DKIM to sign mail from your Microsoft 365 domain", Learn). Waits for the key
 * where it is still being made. A message without From leaves as it is.
 *
 * @param raw one char a byte (latin1)
 */
export async function signMessage(raw: string, context: Context): Promise<string> {
  const { world, clock, dkimKeys } = context;
  const now = clock.now();
  const config = signerOf(authorDomain(parseMessage(raw)), world, now);
  const { before, after, on } = config.rotation;
  const index = now.getTime() < Date.parse(on) ? before : after;
  const name = `selector${index + 1}`;
  const [privateKey, { dkimSign }] = await Promise.all([
    dkimKeys.make(config.selectors[index]),
    loadMailauth(),
  ]);
  const signature = {
    signingDomain: config.domain,
    selector:
      config.domain === world.tenant.initialDomain
        ? `${name}-${config.domain.replaceAll(".", "-")}`
        : name,
    privateKey,
    canonicalization:
      `${config.headerCanonicalization}/${config.bodyCanonicalization}`.toLowerCase(),
    headerList: SIGNED,
  };
  // The library's types want a signature beside the list of them; it reads the list alone.
  const options = { ...signature, signatureData: [signature], signTime: now };
  const { signatures } = await dkimSign(Buffer.from(raw, "latin1"), options);
  return `${signatures}${raw}`;
}

function signerOf(domain: string, world: World, now: Date): DkimConfig {
  const own = world.dkimConfigs.find((config) => config.domain === domain);
  if (own?.enabled && hasKeys(own, world, now)) return own;
  const initial = world.dkimConfigs.find((config) => config.domain === world.tenant.initialDomain);
  if (!initial) throw new Error("the initial domain has no DKIM config");
  return initial;
}
