import { lookUp } from "../../dns/lookUp.ts";
import { makeRandom } from "../../random.ts";
import type { DkimConfig, World } from "../../world/world.ts";

/** Letters that stood before `-v1` in seen targets; Microsoft chooses one a domain. */
const LETTERS = [..."nrqay"];

/**
 * Where a domain's two CNAMEs have to lead, drawn by the world's seed: below the initial domain, or in the form of
 * domains added since May 2025. Nobody outside Exchange can compute them.
 */
export function drawCnames(domain: string, { seed, tenant }: World): [string, string] {
  const random = makeRandom(`${seed}/dkim/${domain}`);
  const dashed = domain.replaceAll(".", "-");
  const [label] = tenant.initialDomain.split(".");
  const parent = random.pick([
    tenant.initialDomain,
    `${label}.${random.pick(LETTERS)}-v1.dkim.mail.microsoft`,
  ]);
  return [`selector1-${dashed}._domainkey.${parent}`, `selector2-${dashed}._domainkey.${parent}`];
}

/** Whether DNS shows both CNAME records of a config. A proxied or flattened one is none. */
export function showsCnames({ domain, selectors }: DkimConfig, world: World, now: Date): boolean {
  return selectors.every(({ cname }, index) => {
    const { answers } = lookUp(world, now, `selector${index + 1}._domainkey.${domain}`, "CNAME");
    return answers.some(({ type, data }) => type === "CNAME" && data === cname.toLowerCase());
  });
}

/**
 * Checks a config's CNAME records as Exchange does, and keeps in the config when they were first seen: Exchange takes
 * them `dkimSyncMs` later. The initial domain needs none.
 */
export function checkCnames(config: DkimConfig, world: World, now: Date): boolean {
  if (config.domain === world.tenant.initialDomain) return true;
  if (!showsCnames(config, world, now)) {
    config.cnamesSeenAt = null;
    return false;
  }
  config.cnamesSeenAt ??= now.toISOString();
  return now.getTime() >= Date.parse(config.cnamesSeenAt) + world.settings.dkimSyncMs;
}
