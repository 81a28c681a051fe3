import { type Context, newGuid } from "../../context.ts";
import { buildReply } from "../../reply.ts";
import type { DkimConfig, DkimSelector, World } from "../../world/world.ts";
import { ask, type Cmdlet, giveNothing } from "../cmdlet.ts";
import { refusal } from "../cmdletError.ts";
import { type Directory, findOne } from "../directory.ts";
import { defineNoun } from "../noun.ts";
import { type Bound, identityType } from "../parameters.ts";
import { initialValues, type Properties, withValues } from "../properties.ts";
import { hasCome, roundTrip } from "../times.ts";
import { checkCnames, drawCnames, showsCnames } from "./dkimCnames.ts";

/** How long the old key signs after Rotate-DkimSigningConfig. */
const ROTATION_MS = 96 * 3_600_000;

/** Found by domain, GUID, or the initial domain with the domain. */
const dkimConfigs: Directory<DkimConfig> = {
  all: (world) => world.dkimConfigs,
  nameOf: ({ domain }) => domain,
  identities: ({ domain, guid }, { tenant }) => [
    domain,
    guid,
    `{${guid}}`,
    `${tenant.initialDomain}\\${domain}`,
  ],
};

const canonicalization = {
  is: "enum",
  type: "Microsoft.Exchange.Data.Directory.SystemConfiguration.CanonicalizationType",
  names: ["Simple", "Relaxed"],
  default: "Relaxed",
} as const;

const properties: Properties<DkimConfig> = {
  AdminDisplayName: { is: "text", field: "adminDisplayName", default: "" },
  Enabled: { is: "flag", field: "enabled" },
  HeaderCanonicalization: { ...canonicalization, field: "headerCanonicalization" },
  BodyCanonicalization: { ...canonicalization, field: "bodyCanonicalization" },
};

const nounCmdlets = defineNoun<DkimConfig>({
  name: "DkimSigningConfig",
  identity: "DkimSigningConfigIdParameter",
  directory: dkimConfigs,
  properties,
  present: presentConfig,
  new: {
    parameters: {
      DomainName: { is: "identity", type: "Microsoft.Exchange.Data.SmtpDomainWithSubdomains" },
      KeySize: { is: "uint16" },
    },
    mandatory: ["DomainName", "Enabled"],
    draft(bound, context) {
      const { world } = context;
      const domain = (bound.text("DomainName") ?? "").toLowerCase();
      const keySize = keySizeOf(bound) ?? 1024;
      if (!world.tenant.acceptedDomains.some(({ name }) => name === domain)) {
        throw refusal("exchange.accepted-domain-not-found", { domain });
      }
      const blank = blankConfig(domain, keySize, context);
      return { ...blank, ...initialValues(properties, bound, world), enabled: false };
    },
    demandUnique({ domain }, world) {
      const exists = world.dkimConfigs.some((config) => config.domain === domain);
      if (exists) throw refusal("exchange.dkim-exists", { domain });
    },
    /** Orders the keys. Enables the config only where its CNAMEs are in DNS already. */
    add(config, bound, { world, clock, dkimKeys }) {
      const enabled = bound.flag("Enabled") === true;
      config.guid = newGuid(world);
      for (const selector of config.selectors) selector.keyId = newGuid(world);
      config.enabled = enabled && checkCnames(config, world, clock.now());
      world.dkimConfigs.push(config);
      for (const selector of config.selectors) void dkimKeys.make(selector);
      return enabled && !config.enabled
        ? [buildReply("exchange.dkim-created-disabled", cnamesOf(config))]
        : [];
    },
  },
  get: {},
  set: {
    parameters: { PublishTxtRecords: { is: "flag" } },
    edit(current, bound, context) {
      const enabled = bound.flag("Enabled") ?? current.enabled;
      if (!enabled) demandCustom(current, context.world);
      if (enabled && !current.enabled) demandCnames(current, context);
      return withValues(properties, current, bound, context.world);
    },
    beforeChange(_current, next, { clock }) {
      next.lastChecked = clock.now().toISOString();
    },
  },
  remove: {
    switches: ["Force", "Confirm"],
    isOffered: ({ settings }) => settings.dkimRemovable,
    demandUnused: demandCustom,
  },
});

/** Rotate-DkimSigningConfig: a new key for the selector that does not sign, which signs in four days. */
const rotateDkimSigningConfig: Cmdlet = {
  reads: false,
  parameters: {
    Identity: identityType("DkimSigningConfigIdParameter"),
    KeySize: { is: "uint16" },
    Confirm: { is: "flag" },
  },
  mandatory: ["Identity"],
  run(bound, { world, clock, dkimKeys }) {
    const config = findOne(dkimConfigs, bound.text("Identity") ?? "", world);
    const keySize = keySizeOf(bound);
    const now = clock.now();
    const { domain, rotation } = config;
    if (!config.enabled) throw refusal("exchange.dkim-not-enabled", { domain });
    if (!hasKeys(config, world, now)) throw refusal("exchange.dkim-no-keys", { domain });
    if (!hasCome(rotation.on, now)) {
      throw refusal("exchange.dkim-rotating", { domain, on: rotation.on });
    }
    if (bound.flag("Confirm") !== false) return ask("Rotate-DkimSigningConfig", domain);
    const next = rotation.before;
    const selector = config.selectors[next];
    selector.keySize = keySize ?? selector.keySize;
    selector.keyId = newGuid(world);
    config.rotation = {
      on: new Date(now.getTime() + ROTATION_MS).toISOString(),
      before: rotation.after,
      after: next,
    };
    config.keyCreationTime = now.toISOString();
    void dkimKeys.make(selector);
    return { ...giveNothing(), changed: domain };
  },
};

export const dkimSigningConfigCmdlets = {
  ...nounCmdlets,
  "Rotate-DkimSigningConfig": rotateDkimSigningConfig,
};

/** The values for the texts that name a config's two CNAME records. */
function cnamesOf({ domain, selectors: [first, second] }: DkimConfig) {
  return { domain, selector1: first.cname, selector2: second.cname };
}

function isInitial({ domain }: DkimConfig, { tenant }: World): boolean {
  return domain === tenant.initialDomain;
}

/** @throws CmdletError for the initial domain's config, which can be neither disabled nor removed */
function demandCustom(config: DkimConfig, world: World): void {
  if (!isInitial(config, world)) return;
  throw refusal("exchange.dkim-initial-domain", { domain: config.domain });
}

/** @throws CmdletError for any size but the two that Exchange has */
function keySizeOf(bound: Bound): 1024 | 2048 | undefined {
  const given = bound.text("KeySize") ?? undefined;
  if (given === undefined) return undefined;
  const size = ([1024, 2048] as const).find((one) => String(one) === given);
  if (size === undefined) throw refusal("exchange.dkim-key-size", { size: given });
  return size;
}

/** A config without GUID and keys. */
function blankConfig(domain: string, keySize: 1024 | 2048, { world, clock }: Context): DkimConfig {
  const now = clock.now();
  const selector = (cname: string): DkimSelector => ({ cname, keySize, keyId: "", publicKey: "" });
  const [first, second] = drawCnames(domain, world);
  const at = now.toISOString();
  return {
    guid: "",
    domain,
    adminDisplayName: "",
    enabled: false,
    headerCanonicalization: "Relaxed",
    bodyCanonicalization: "Relaxed",
    keysAt: new Date(now.getTime() + world.settings.dkimKeysMs).toISOString(),
    selectors: [selector(first), selector(second)],
    rotation: { on: at, before: 1, after: 0 },
    cnamesSeenAt: null,
    lastChecked: at,
    keyCreationTime: at,
  };
}

/**
 * Looks for the CNAME records; what it finds is remembered even when it refuses.
 *
 * @throws CmdletError while there are no keys, or Exchange does not take the CNAME records
 */
function demandCnames(config: DkimConfig, { world, clock, changed }: Context): void {
  const now = clock.now();
  if (!hasKeys(config, world, now)) {
    throw refusal("exchange.dkim-no-keys", { domain: config.domain });
  }
  if (!checkCnames(config, world, now)) {
    changed();
    throw refusal("exchange.dkim-cname-missing", cnamesOf(config));
  }
}

/** Whether Exchange shows a config's keys, and can sign with them. The initial domain's are made with the first mail. */
export function hasKeys(config: DkimConfig, world: World, now: Date): boolean {
  if (isInitial(config, world)) return true;
  return config.selectors.every(({ publicKey }) => publicKey !== "") && hasCome(config.keysAt, now);
}

/**
 * The status that Get-DkimSigningConfig shows. Assumed: a config that is not enabled shows CnameMissing, whether
 * the records are there or not, as Exchange looks for them when it is enabled.
 */
function statusOf(config: DkimConfig, world: World, now: Date): string {
  if (!hasKeys(config, world, now)) return "NoDKIMKeys";
  if (isInitial(config, world)) return "Valid";
  return config.enabled && showsCnames(config, world, now) ? "Valid" : "CnameMissing";
}

/** A config with the field set of a live Get-DkimSigningConfig (graph2otel's records of 2026-07). */
function presentConfig(config: DkimConfig, { world, clock }: Context) {
  const now = clock.now();
  const { domain, rotation, selectors } = config;
  const keysShown = hasKeys(config, world, now);
  const targetsShown = keysShown || world.settings.dkimEarlyCnames === "shown";
  const target = ({ cname }: DkimSelector) => (targetsShown ? cname : null);
  const key = ({ publicKey }: DkimSelector) =>
    keysShown && publicKey !== "" ? `v=DKIM1; k=rsa; p=${publicKey};` : null;
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
    IsDefault: isInitial(config, world),
    HeaderCanonicalization: config.headerCanonicalization,
    BodyCanonicalization: config.bodyCanonicalization,
    Algorithm: "RsaSHA256",
    NumberOfBytesToSign: "All",
    IncludeSignatureCreationTime: true,
    IncludeKeyExpiration: false,
    KeyCreationTime: keysShown ? roundTrip(config.keyCreationTime) : null,
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
