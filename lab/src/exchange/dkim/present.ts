import type { DkimConfig, DkimSelector, World } from "../../world/world.ts";
import type { ExchangeObject } from "../cmdlet.ts";
import { roundTrip } from "../roundTrip.ts";
import { showsCnames } from "./cnames.ts";

/** Whether Exchange shows a config's keys, and can sign with them. The initial domain's are made with the first mail. */
export function hasKeys(config: DkimConfig, { tenant }: World, now: Date): boolean {
  if (config.domain === tenant.initialDomain) return true;
  const made = config.selectors.every(({ publicKey }) => publicKey !== "");
  return made && now.getTime() >= Date.parse(config.keysAt);
}

/**
 * The status that Get-DkimSigningConfig shows. Assumed: a config that is not enabled shows CnameMissing, whether
 * the records are there or not, as Exchange looks for them when it is enabled.
 */
function statusOf(config: DkimConfig, world: World, now: Date): string {
  if (!hasKeys(config, world, now)) return "NoDKIMKeys";
  if (config.domain === world.tenant.initialDomain) return "Valid";
  return config.enabled && showsCnames(config, world, now) ? "Valid" : "CnameMissing";
}

/** A config with the field set of a live Get-DkimSigningConfig (graph2otel's records of 2026-07). */
export function presentConfig(config: DkimConfig, world: World, now: Date): ExchangeObject {
  const { domain, rotation, selectors } = config;
  const isThere = hasKeys(config, world, now);
  const showsTargets = isThere || world.settings.dkimEarlyCnames === "shown";
  const target = ({ cname }: DkimSelector) => (showsTargets ? cname : null);
  const key = ({ publicKey }: DkimSelector) =>
    isThere && publicKey !== "" ? `v=DKIM1; k=rsa; p=${publicKey};` : null;
  const [first, second] = selectors;
  return {
    Domain: domain,
    AdminDisplayName: config.adminDisplayName,
    Selector1KeySize: first.keySize,
    Selector1CNAME: target(first),
    Selector1PublicKey: key(first),
    Selector2KeySize: second.keySize,
    Selector2CNAME: target(second),
    Selector2PublicKey: key(second),
    Enabled: config.enabled,
    IsDefault: domain === world.tenant.initialDomain,
    HeaderCanonicalization: config.headerCanonicalization,
    BodyCanonicalization: config.bodyCanonicalization,
    Algorithm: "RsaSHA256",
    NumberOfBytesToSign: "All",
    IncludeSignatureCreationTime: true,
    IncludeKeyExpiration: false,
    KeyCreationTime: isThere ? roundTrip(config.keyCreationTime) : null,
    LastChecked: roundTrip(config.lastChecked),
    RotateOnDate: roundTrip(rotation.on),
    SelectorBeforeRotateOnDate: `selector${rotation.before + 1}`,
    SelectorAfterRotateOnDate: `selector${rotation.after + 1}`,
    Status: statusOf(config, world, now),
    Identity: domain,
    Id: domain,
    Name: domain,
    IsValid: true,
  };
}
