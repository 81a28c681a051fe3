import type { Environment } from "../../mail/clouds.ts";
import { newDkimParameters } from "../../mail/exchange/dkim.ts";
import { ownerOf, ownershipMark, ownershipOf } from "../../mail/ownership.ts";
import { DKIM_ROLES } from "../../mail/rights/needs.ts";
import { domainProblem } from "../../mail/senders/domain.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import {
  isAlreadyThere,
  isNotFound,
  isOutcomeUnknown,
  isRefusal,
  isTransient,
} from "../../tenant/exchangeError.ts";
import { inputFailures } from "../host/checkFailures.ts";
import type { Kind } from "../host/dynamicProvider.ts";
import { HalfMade } from "../host/dynamicProvider.ts";
import { explainRefusals } from "../host/explainRefusals.ts";
import { isUnknown, pickDefined } from "../host/props.ts";
import { otherTenant, type Tenants } from "../host/tenants.ts";
import { type Deadline, openDeadline, waitingUntil } from "../host/waiting.ts";
import {
  type DkimConfig,
  type DkimConfigs,
  findDkimConfig,
  NO_KEYS,
  setDkimConfig,
  toDkimConfig,
} from "./dkim.ts";
import { type ExchangeObject, FOUND_WITHIN, text } from "./find.ts";

/** The keys that Exchange makes for a domain. Whether it signs with them is `DkimSigning`'s. */
export interface DkimSigningConfigInputs {
  readonly tenantId: string;
  readonly environment: Environment;
  /** `project/stack` */
  readonly owner: string;
  readonly domain: string;
  /** How long to wait for the keys; a change of it alone is no change of the resource. */
  readonly waitMinutes: number;
}

const INPUTS = ["tenantId", "environment", "owner", "domain", "waitMinutes"] as const;

export interface DkimSigningConfigOutputs extends DkimSigningConfigInputs {
  /** Where `selector1._domainkey.<domain>` has to lead. Microsoft chooses it; it can't be computed. */
  readonly selector1CNAME: string;
  readonly selector2CNAME: string;
  /** Bits of the shorter key. */
  readonly keySize: number;
  /** The keys as DNS shows them: one of them at least stays when Exchange rotates them. */
  readonly publicKeys: readonly string[];
  /** Whether the configuration existed before us, so that it is never removed and bears no mark. */
  readonly preexisting: boolean;
  /** Whether it names its owner, as one that we made does. */
  readonly marked: boolean;
  readonly ready: boolean;
}

/** Minutes to wait for the keys at least: without the targets no CNAME can be published. */
const KEYS_WITHIN = 1;

/**
 * The kind `DkimSigningConfig`: made disabled, as Exchange signs only once the CNAMEs are published, and their
 * targets are known only once it is made.
 *
 * @param leastWait minutes
 * @see https://learn.microsoft.com/defender-office-365/email-authentication-dkim-configure
 */
export function dkimSigningConfig(
  tenants: Tenants,
  deadline: Deadline = openDeadline(),
  leastWait = KEYS_WITHIN,
) {
  /**
   * Waits for the keys, which Exchange makes after the configuration.
   *
   * @param waitMinutes 0 for the least wait alone
   */
  const settled = async (
    configs: DkimConfigs,
    inputs: DkimSigningConfigInputs,
    preexisting: boolean,
    waitMinutes: number,
  ): Promise<DkimSigningConfigOutputs> => {
    const limit = Math.max(deadline.left(waitMinutes), leastWait * 60_000);
    const isOver = waitingUntil(limit);
    const missingOf = (config: DkimConfig | undefined): string =>
      config?.selector1CNAME && config.selector2CNAME
        ? ""
        : `Exchange has not created the DKIM keys of ${inputs.domain} yet`;
    const seen = await configs.until(
      inputs.domain,
      (object, waited) => isOver(missingOf(object && toDkimConfig(object)), waited),
      limit,
    );
    const config = seen && toDkimConfig(seen);
    const missing = missingOf(config);
    const { selector1CNAME = "", selector2CNAME = "", keySize = 0 } = config ?? {};
    const outs = {
      ...pickDefined(inputs, INPUTS),
      selector1CNAME,
      selector2CNAME,
      keySize,
      publicKeys: config?.publicKeys ?? [],
      preexisting,
      marked: !preexisting,
    };
    if (missing === "") return { ...outs, ready: true };
    const reason = `${missing}; run pulumi up again in an hour`;
    throw new HalfMade(inputs.domain, { ...outs, ready: false }, reason);
  };

  return {
    needs: { roles: DKIM_ROLES },

    async check(olds: Partial<DkimSigningConfigInputs>, news: DkimSigningConfigInputs) {
      if (isUnknown(news)) return { inputs: news, failures: [] };
      const problems = [domainProblem("domain", news.domain), otherTenant(olds, news)];
      return { inputs: news, failures: inputFailures(problems) };
    },

    async diff(_id: string, olds: DkimSigningConfigOutputs, news: DkimSigningConfigInputs) {
      if (isUnknown(news)) return { changes: true };
      const other = olds.domain !== news.domain;
      const moved = olds.environment !== news.environment || olds.owner !== news.owner;
      const isUnmarked = !olds.marked && !olds.preexisting;
      const changes = other || !olds.ready || moved || isUnmarked;
      return { changes, replaces: other ? ["domain"] : [] };
    },

    async create(inputs: DkimSigningConfigInputs) {
      const configs = tenants.lists(inputs).dkimConfigs;
      const there = await findDkimConfig(configs, inputs.domain);
      if (there !== undefined) refuseOthers(there, inputs);
      const ours = ownerOf(there?.adminDisplayName ?? "") === inputs.owner;
      const none = there === undefined || there.status === NO_KEYS;
      const invoke = explainRefusals(await tenants.invoke(inputs), DKIM_ROLES);
      const made = none && (await make(invoke, configs, inputs));
      const outs = await settled(configs, inputs, !made && !ours, inputs.waitMinutes);
      return { id: inputs.domain, outs };
    },

    async read(id: string, olds: DkimSigningConfigOutputs) {
      const config = await findDkimConfig(tenants.lists(olds).dkimConfigs, olds.domain);
      if (config === undefined || isAnother(config, olds)) return { id: "", props: {} };
      // Exchange may return no targets for a while. The known ones stay: other resources depend on them.
      const selector1CNAME = config.selector1CNAME || olds.selector1CNAME;
      const selector2CNAME = config.selector2CNAME || olds.selector2CNAME;
      const marked = !olds.preexisting && ownerOf(config.adminDisplayName) === olds.owner;
      const { keySize } = config;
      const publicKeys = config.publicKeys.length > 0 ? config.publicKeys : olds.publicKeys;
      const props = { ...olds, selector1CNAME, selector2CNAME, keySize, publicKeys, marked };
      return { id, props, inputs: pickDefined(olds, INPUTS) };
    },

    /** An earlier run has waited for the keys: this one looks, and does not wait as long again. */
    async update(_id: string, olds: DkimSigningConfigOutputs, news: DkimSigningConfigInputs) {
      const configs = tenants.lists(news).dkimConfigs;
      if (!olds.preexisting) {
        const there = await findDkimConfig(configs, news.domain);
        if (there === undefined || isAnother(there, olds)) throw new Error(gone(news));
        refuseOthers(there, news, olds.owner);
        if (ownerOf(there.adminDisplayName) !== news.owner) {
          // Somebody has edited it, or it names the stack as it was called before.
          const invoke = explainRefusals(await tenants.invoke(news), DKIM_ROLES);
          const AdminDisplayName = ownershipMark(news.owner, false);
          await setDkimConfig(invoke, configs, news.domain, { AdminDisplayName });
        }
      }
      return { outs: await settled(configs, news, olds.preexisting, 0) };
    },

    /**
     * A configuration that existed before us stays, and so does one that somebody made in its place. One of ours that
     * can't be removed stays disabled.
     */
    async delete(_id: string, olds: DkimSigningConfigOutputs) {
      if (olds.preexisting) return;
      const configs = tenants.lists(olds).dkimConfigs;
      const there = await findDkimConfig(configs, olds.domain);
      if (there === undefined || isAnother(there, olds)) return;
      const isAsRecorded = sharesKey(there, olds);
      const whose = ownershipOf(ownerOf(there.adminDisplayName), olds, isAsRecorded);
      if (whose === "others") return;
      if (whose === "unmarked") throw new Error(unmarked(olds));
      const invoke = explainRefusals(await tenants.invoke(olds), DKIM_ROLES);
      try {
        await configs.write(olds.domain, async () => {
          await invoke("Remove-DkimSigningConfig", { Identity: olds.domain, Confirm: false });
          return undefined;
        });
      } catch (error) {
        if (isNotFound(error)) return;
        if (isTransient(error) || isOutcomeUnknown(error)) throw error;
        const config = await findDkimConfig(configs, olds.domain);
        if (config?.enabled) throw error;
        if (config === undefined) return;
        const why = error instanceof Error ? error.message : String(error);
        console.log(
          `the DKIM configuration of ${olds.domain} could not be removed and stays disabled: ${why}`,
        );
      }
    },
  } satisfies Kind;
}

/**
 * Makes the configuration; false when somebody else was faster. By which exception Exchange refuses a second one is not
 * documented, and a list may keep showing that there is none: one with our mark is the one of an interrupted run.
 */
async function make(
  invoke: Invoke,
  configs: DkimConfigs,
  inputs: DkimSigningConfigInputs,
): Promise<boolean> {
  const { domain, owner } = inputs;
  try {
    await configs.write(domain, async () => {
      const mark = ownershipMark(owner, false);
      const { value } = await invoke("New-DkimSigningConfig", newDkimParameters(domain, mark));
      return value.find(({ Domain }) => text(Domain).toLowerCase() === domain);
    });
    return true;
  } catch (error) {
    const mayExist = isAlreadyThere(error) || isOutcomeUnknown(error);
    if (!mayExist && !isRefusal(error)) throw error;
    const isOurs = (config: DkimConfig) => ownerOf(config.adminDisplayName) === owner;
    const isShown = (object: ExchangeObject | undefined): boolean => {
      const config = object && toDkimConfig(object);
      return config !== undefined && (config.status !== NO_KEYS || isOurs(config));
    };
    const object = await configs.until(domain, isShown, mayExist ? FOUND_WITHIN : 0);
    const there = object && toDkimConfig(object);
    if (there === undefined || !(mayExist || isOurs(there))) throw error;
    refuseOthers(there, inputs);
    return isOurs(there);
  }
}

const sharesKey = (there: DkimConfig, { publicKeys }: DkimSigningConfigOutputs): boolean =>
  there.publicKeys.some((key) => publicKeys.includes(key));

/** Whether somebody made a configuration in the place of ours: it has no mark, and none of our keys. */
const isAnother = (there: DkimConfig, olds: DkimSigningConfigOutputs): boolean =>
  !olds.preexisting &&
  ownerOf(there.adminDisplayName) === undefined &&
  olds.publicKeys.length > 0 &&
  !sharesKey(there, olds);

const gone = ({ domain }: DkimSigningConfigInputs): string =>
  `the DKIM configuration of ${domain} that this stack created is not in Exchange any more; run pulumi up --refresh to create it again`;

const unmarked = ({ domain }: DkimSigningConfigInputs): string =>
  `the DKIM configuration of ${domain} is not marked as ours any more, so it was not removed; run pulumi up --refresh with its domain still in the stack file, which marks it again`;

/** @param before the owner that state recorded, from before the stack or project was renamed */
function refuseOthers(
  { domain, adminDisplayName }: DkimConfig,
  { owner }: DkimSigningConfigInputs,
  before = owner,
): void {
  const theirs = ownerOf(adminDisplayName);
  if (ownershipOf(theirs, { owner, formerOwners: [before] }) !== "others") return;
  throw new Error(
    `domain ${domain} belongs to the stack ${theirs}, which created its DKIM configuration; a domain can belong to one stack only: remove it from one of the two`,
  );
}
