import { type Context, newGuid } from "../../context.ts";
import type { DkimConfig, DkimSelector, World } from "../../world/world.ts";
import type { Cmdlet, Outcome } from "../cmdlet.ts";
import { domainNotFound } from "../connector/failures.ts";
import { CmdletError } from "../failure.ts";
import { confirmation, nothingModified } from "../failures.ts";
import type { Bound } from "../parameterType.ts";
import { checkCnames, drawCnames } from "./cnames.ts";
import { findConfig } from "./directory.ts";
import * as failures from "./failures.ts";
import * as parameters from "./parameters.ts";
import { hasKeys, presentConfig } from "./present.ts";

/** How long the old key signs after Rotate-DkimSigningConfig. */
const ROTATION_MS = 96 * 3_600_000;

/** New-DkimSigningConfig: answers the new object, whose keys are not there yet. */
export const newDkimSigningConfig: Cmdlet = {
  reads: false,
  parameters: parameters.newParameters,
  mandatory: ["DomainName", "Enabled"],
  run(bound, context) {
    const { world, clock, dkimKeys } = context;
    const domain = (bound.text("DomainName") ?? "").toLowerCase();
    const keySize = keySizeOf(bound) ?? 1024;
    if (!world.tenant.acceptedDomains.some(({ name }) => name === domain)) {
      throw new CmdletError(domainNotFound(domain));
    }
    if (world.dkimConfigs.some((config) => config.domain === domain)) {
      throw new CmdletError(failures.configExists(domain));
    }
    if (bound.flag("Confirm") === true) return ask("New-DkimSigningConfig", domain);
    const now = clock.now();
    const config = applyParameters(blankConfig(domain, keySize, world, now), bound);
    config.enabled = bound.flag("Enabled") === true && checkCnames(config, world, now);
    const isRefused = bound.flag("Enabled") === true && !config.enabled;
    world.dkimConfigs.push(config);
    for (const selector of config.selectors) void dkimKeys.make(selector);
    return {
      value: [presentConfig(config, world, now)],
      warnings: isRefused ? [failures.createdDisabled(config)] : [],
    };
  },
};

/** Get-DkimSigningConfig: one by identity, all without one. */
export const getDkimSigningConfig: Cmdlet = {
  reads: true,
  parameters: parameters.getParameters,
  mandatory: [],
  run(bound, { world, clock }) {
    const identity = bound.text("Identity") ?? null;
    const found = identity === null ? world.dkimConfigs : [findConfig(identity, world)];
    const now = clock.now();
    return { value: found.map((config) => presentConfig(config, world, now)), warnings: [] };
  },
};

/** Set-DkimSigningConfig: answers nothing. A look that finds new CNAMEs is remembered even where it refuses. */
export const setDkimSigningConfig: Cmdlet = {
  reads: false,
  parameters: parameters.setParameters,
  mandatory: ["Identity"],
  run(bound, context) {
    const { world, clock } = context;
    const current = findConfig(bound.text("Identity") ?? "", world);
    if (bound.flag("Confirm") !== false) return ask("Set-DkimSigningConfig", current.domain);
    const wanted = bound.flag("Enabled") ?? current.enabled;
    if (!wanted && isInitial(current, world)) {
      throw new CmdletError(failures.initialDomain(current.domain));
    }
    if (wanted && !current.enabled) demandCnames(current, context);
    const next = { ...applyParameters(current, bound), enabled: wanted };
    if (JSON.stringify(next) === JSON.stringify(current)) {
      return { value: [], warnings: [nothingModified(current.domain)] };
    }
    Object.assign(current, next, { lastChecked: clock.now().toISOString() });
    return { value: [], warnings: [] };
  },
};

/** Rotate-DkimSigningConfig: a new key for the selector that does not sign, which signs in four days. */
export const rotateDkimSigningConfig: Cmdlet = {
  reads: false,
  parameters: parameters.rotateParameters,
  mandatory: ["Identity"],
  run(bound, { world, clock, dkimKeys }) {
    const config = findConfig(bound.text("Identity") ?? "", world);
    const keySize = keySizeOf(bound);
    const now = clock.now();
    const { domain, rotation } = config;
    if (!config.enabled) throw new CmdletError(failures.notEnabled(domain));
    if (!hasKeys(config, world, now)) throw new CmdletError(failures.noKeys(domain));
    if (now.getTime() < Date.parse(rotation.on)) {
      throw new CmdletError(failures.rotating(domain, rotation.on));
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
    return { value: [], warnings: [] };
  },
};

/** Remove-DkimSigningConfig: answers nothing. Some tenants do not have it. */
export const removeDkimSigningConfig: Cmdlet = {
  reads: false,
  isOffered: ({ settings }) => settings.dkimRemovable,
  parameters: parameters.removeParameters,
  mandatory: ["Identity"],
  run(bound, { world }) {
    const config = findConfig(bound.text("Identity") ?? "", world);
    if (isInitial(config, world)) throw new CmdletError(failures.initialDomain(config.domain));
    if (bound.flag("Confirm") !== false && bound.flag("Force") !== true) {
      return ask("Remove-DkimSigningConfig", config.domain);
    }
    world.dkimConfigs.splice(world.dkimConfigs.indexOf(config), 1);
    return { value: [], warnings: [] };
  },
};

function ask(cmdlet: string, domain: string): Outcome {
  return { value: [], warnings: [], confirmation: confirmation(cmdlet, domain) };
}

function isInitial({ domain }: DkimConfig, { tenant }: World): boolean {
  return domain === tenant.initialDomain;
}

/** @throws CmdletError for any but the two sizes that there are */
function keySizeOf(bound: Bound): 1024 | 2048 | undefined {
  const given = bound.text("KeySize") ?? undefined;
  if (given === undefined) return undefined;
  const size = ([1024, 2048] as const).find((one) => String(one) === given);
  if (size === undefined) throw new CmdletError(failures.badKeySize(given));
  return size;
}

function blankConfig(domain: string, keySize: 1024 | 2048, world: World, now: Date): DkimConfig {
  const selector = (cname: string): DkimSelector => ({
    cname,
    keySize,
    keyId: newGuid(world),
    publicKey: "",
  });
  const [first, second] = drawCnames(domain, world);
  const at = now.toISOString();
  return {
    guid: newGuid(world),
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

/** The config that `current` becomes with the bound parameters, but for Enabled. */
function applyParameters(current: DkimConfig, bound: Bound): DkimConfig {
  const chosen = (parameter: string, before: "Relaxed" | "Simple"): "Relaxed" | "Simple" =>
    (["Relaxed", "Simple"] as const).find((one) => one === bound.text(parameter)) ?? before;
  return {
    ...current,
    adminDisplayName: bound.has("AdminDisplayName")
      ? (bound.text("AdminDisplayName") ?? "")
      : current.adminDisplayName,
    headerCanonicalization: chosen("HeaderCanonicalization", current.headerCanonicalization),
    bodyCanonicalization: chosen("BodyCanonicalization", current.bodyCanonicalization),
  };
}

/** @throws CmdletError while there are no keys, or Exchange does not take the CNAME records */
function demandCnames(config: DkimConfig, { world, clock, changed }: Context): void {
  const now = clock.now();
  if (!hasKeys(config, world, now)) throw new CmdletError(failures.noKeys(config.domain));
  if (!checkCnames(config, world, now)) {
    changed();
    throw new CmdletError(failures.cnameMissing(config));
  }
}
