import type { Environment } from "../../mail/clouds.ts";
import { missingCnames } from "../../mail/dns/dkim/selector.ts";
import { ownerOf } from "../../mail/ownership.ts";
import { DKIM_ROLES } from "../../mail/rights/needs.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import { isNotFound, isRefusal } from "../../tenant/exchangeError.ts";
import { inputFailures } from "../host/checkFailures.ts";
import type { Kind } from "../host/dynamicProvider.ts";
import { HalfMade } from "../host/dynamicProvider.ts";
import { explainRefusals } from "../host/explainRefusals.ts";
import { isUnknown, pickDefined } from "../host/props.ts";
import { otherTenant, type Tenants } from "../host/tenants.ts";
import { type Deadline, openDeadline, waitFor } from "../host/waiting.ts";
import type { ZoneAccess } from "../host/zones.ts";
import {
  type DkimConfig,
  type DkimConfigs,
  findDkimConfig,
  NO_KEYS,
  setDkimConfig,
} from "./dkim.ts";
import { SHOWS_WITHIN } from "./write.ts";

/** Signing with a domain's own keys, which begins once its CNAMEs are published. */
export interface DkimSigningInputs {
  readonly tenantId: string;
  readonly environment: Environment;
  readonly domain: string;
  /** The zone whose name servers are asked for the CNAMEs. */
  readonly zone: string;
  /** Where `selector1._domainkey.<domain>` has to lead. */
  readonly selector1CNAME: string;
  readonly selector2CNAME: string;
  /** Whether the stack publishes the CNAMEs. */
  readonly published: boolean;
  /** How long to wait for DNS and Exchange; a change of it alone is no change of the resource. */
  readonly waitMinutes: number;
}

const INPUTS = [
  "tenantId",
  "environment",
  "domain",
  "zone",
  "selector1CNAME",
  "selector2CNAME",
  "published",
  "waitMinutes",
] as const;

/** Milliseconds between two attempts to switch signing on: each is a request of its own for each domain. */
const LONGEST_PAUSE = 60_000;

export interface DkimSigningOutputs extends DkimSigningInputs {
  readonly enabled: boolean;
  /** Whether the domain was signed before us, so that signing is never switched off. */
  readonly enabledBefore: boolean;
  /** What is missing until it signs, in one sentence; empty when nothing is. */
  readonly pending: string;
  /** What the last run has waited for in vain, so that a run that changes nothing of it does not wait again. */
  readonly overdue: Overdue;
}

/** `cnames`: that the zone's name servers give them. `exchange`: that Exchange has seen them. */
type Overdue = "" | "cnames" | "exchange";

/**
 * The kind `DkimSigning`: waits until the zone's own name servers give both CNAMEs, then until Exchange has seen
 * them, and switches signing on. What is missing when the time is over is reported as `pending`, and is a change in
 * the next preview.
 *
 * It waits for what can come in this run: for CNAMEs only where the stack publishes them, and for neither a second time
 * while nothing has changed.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/set-dkimsigningconfig
 */
export function dkimSigning(
  tenants: Tenants,
  { zoneResolve }: Pick<ZoneAccess, "zoneResolve">,
  deadline: Deadline = openDeadline(),
) {
  const enable = async (
    inputs: DkimSigningInputs,
    olds?: DkimSigningOutputs,
  ): Promise<DkimSigningOutputs> => {
    const configs = tenants.lists(inputs).dkimConfigs;
    const config = await configOf(configs, inputs);
    // A configuration with our mark was made disabled: an interrupted `up` has switched it on.
    const marked = ownerOf(config.adminDisplayName) !== undefined;
    const enabledBefore = olds?.enabledBefore ?? (config.enabled && !marked);
    const overdue = olds === undefined || isMoved(olds, inputs) ? "" : olds.overdue;
    const outs = { ...pickDefined(inputs, INPUTS), enabledBefore };
    const resolve = await zoneResolve(inputs.zone);
    const limitOf = (isWaitedFor: boolean): number =>
      isWaitedFor ? deadline.left(inputs.waitMinutes) : 0;
    try {
      // Those that could not be looked up don't stop signing: a network may block such queries, and Exchange decides.
      let unasked = "";
      const missing = await waitFor(
        async () => {
          const cnames = await missingCnames(inputs, resolve);
          unasked = cnames.unasked;
          return cnames.missing;
        },
        limitOf(inputs.published && overdue !== "cnames"),
      );
      const { enabled } = config;
      if (missing !== "") return { ...outs, enabled, pending: missing, overdue: "cnames" };
      if (enabled) return { ...outs, enabled, pending: "", overdue: "" };
      // CNAMEs of others that could not be looked up are most often not there yet.
      const isLikely = inputs.published || unasked === "";
      const limit = limitOf(isLikely && overdue !== "exchange");
      // The list says when there are keys; before that an attempt would be refused.
      await configs.until(
        inputs.domain,
        (seen) => seen?.Status !== NO_KEYS,
        Math.min(limit, SHOWS_WITHIN),
      );
      const invoke = explainRefusals(await tenants.invoke(inputs), DKIM_ROLES);
      const refused = await waitFor(() => switchOn(invoke, configs, inputs), limit, {
        longest: LONGEST_PAUSE,
      });
      if (refused === "") return { ...outs, enabled: true, pending: "", overdue: "" };
      const pending = [refused, unasked].filter(Boolean).join("; ");
      return { ...outs, enabled: false, pending, overdue: isLikely ? "exchange" : "" };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      // It may be on by now; state has to keep that it was not before.
      const unfinished = { ...outs, enabled: false, pending: error.message, overdue: "" };
      throw new HalfMade(inputs.domain, unfinished, error.message, error);
    }
  };

  return {
    needs: { roles: DKIM_ROLES },

    async check(olds: Partial<DkimSigningInputs>, news: DkimSigningInputs) {
      if (olds.published && news.published === false) console.log(unpublished(news));
      return { inputs: news, failures: inputFailures([otherTenant(olds, news)]) };
    },

    async diff(_id: string, olds: DkimSigningOutputs, news: DkimSigningInputs) {
      if (isUnknown(news)) return { changes: true };
      const other = olds.domain !== news.domain;
      const unsettled = !olds.enabled || olds.pending !== "";
      const changes = other || isMoved(olds, news) || unsettled;
      return { changes, replaces: other ? ["domain"] : [] };
    },

    async create(inputs: DkimSigningInputs) {
      return { id: inputs.domain, outs: await enable(inputs) };
    },

    async read(id: string, olds: DkimSigningOutputs) {
      const config = await findDkimConfig(tenants.lists(olds).dkimConfigs, olds.domain);
      if (config === undefined) return { id: "", props: {} };
      const { enabled } = config;
      const { missing } = await missingCnames(olds, await zoneResolve(olds.zone));
      const pending = enabled
        ? missing
        : olds.pending || `Exchange does not sign for ${olds.domain}`;
      return { id, props: { ...olds, enabled, pending }, inputs: pickDefined(olds, INPUTS) };
    },

    async update(_id: string, olds: DkimSigningOutputs, news: DkimSigningInputs) {
      return { outs: await enable(news, olds) };
    },

    async delete(_id: string, olds: DkimSigningOutputs) {
      if (olds.enabledBefore) return;
      const configs = tenants.lists(olds).dkimConfigs;
      const config = await findDkimConfig(configs, olds.domain);
      if (!config?.enabled) return;
      const invoke = explainRefusals(await tenants.invoke(olds), DKIM_ROLES);
      try {
        await setDkimConfig(invoke, configs, olds.domain, { Enabled: false });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
  } satisfies Kind;
}

/** Warns of what it means that a stack removes its CNAMEs, as the preview lists only the records. */
const unpublished = ({ domain }: DkimSigningInputs): string =>
  `this change removes the DKIM CNAME records of ${domain} from Cloudflare, without which receivers do not find the keys of its mail: publish them at the new DNS host first, as npm run dns lists them`;

/** Whether a run changes what is waited for. */
const isMoved = (olds: DkimSigningInputs, news: DkimSigningInputs): boolean =>
  olds.environment !== news.environment ||
  olds.zone !== news.zone ||
  olds.selector1CNAME !== news.selector1CNAME ||
  olds.selector2CNAME !== news.selector2CNAME ||
  olds.published !== news.published;

async function configOf(configs: DkimConfigs, { domain }: DkimSigningInputs): Promise<DkimConfig> {
  const config = await findDkimConfig(configs, domain);
  if (config !== undefined) return config;
  throw new Error(
    `Exchange has no DKIM configuration of ${domain} any more; run pulumi up --refresh to create it again`,
  );
}

/**
 * Tries to switch signing on; returns why Exchange refuses, or an empty string. By which exception it refuses a domain
 * whose CNAMEs it has not seen is not documented, so every refusal of the request itself counts. A success without a
 * warning is taken at its word; after a warning Exchange is asked what it has done.
 */
async function switchOn(
  invoke: Invoke,
  configs: DkimConfigs,
  { domain }: DkimSigningInputs,
): Promise<string> {
  let warnings: readonly string[];
  try {
    warnings = await setDkimConfig(invoke, configs, domain, { Enabled: true });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const config = await findDkimConfig(configs, domain);
    if (config?.enabled) return "";
    return config?.status === "CnameMissing"
      ? `Exchange does not see the CNAME records of ${domain} yet, which usually takes minutes, at most four days`
      : `Exchange does not sign for ${domain} yet: ${error.message}`;
  }
  if (warnings.length === 0) return "";
  const object = await configs.until(domain, (seen) => seen?.Enabled === true, SHOWS_WITHIN);
  if (object?.Enabled === true) return "";
  return `Exchange has not switched signing on for ${domain} yet: ${warnings.join("; ")}`;
}
