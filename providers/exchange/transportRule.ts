import {
  type DeclaredFence,
  type FenceForm,
  fenceForm,
  fenceParameters,
  newFenceParameters,
  wantedFence,
} from "../../mail/exchange/fence.ts";
import { FENCE_ROLES } from "../../mail/rights/needs.ts";
import type { TenantRule } from "../../mail/senders/fenceConflicts.ts";
import { ruleNameProblem, sameName } from "../../mail/senders/names.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import type { Tenants } from "../host/tenants.ts";
import { type ExchangeObject, findAll, text } from "./find.ts";
import { lifecycle } from "./lifecycle.ts";
import { differences, type Identity, judgeMark, type Named, type Observed } from "./named.ts";

/** What may come from a sender's addresses. */
export interface TransportRuleInputs extends Identity, DeclaredFence {}

interface RuleFacts {
  /** Exchange's own id, which stays when the rule is renamed. */
  readonly guid: string;
}

const KEYS = Object.keys(fenceForm({})) as (keyof FenceForm)[];
/** What `Set-TransportRule` writes. */
const WRITTEN = KEYS.filter((key) => key !== "state");

const rule: Named<TransportRuleInputs, FenceForm, RuleFacts> = {
  title: ({ name }) => `mail flow rule "${name}"`,
  rules: { name: ruleNameProblem },
  roles: FENCE_ROLES,
  needs: { customised: true },
  keys: KEYS,
  replaces: [],
  /** Microsoft's pages disagree on whether words and code can be given together. */
  mayDiffer: ["rejectMessageReasonText", "rejectMessageEnhancedStatusCode"],
  mark: ({ comments }) => comments,
  form: wantedFence,

  findByName: (invoke, { name }) => find(invoke, ({ Name }) => sameName(text(Name), name)),
  findById: (invoke, id) => find(invoke, ({ Guid }) => text(Guid) === id),
  judge: ({ id, form }, _wanted, owner) =>
    judgeMark({ what: "a mail flow rule", name: form.name, guid: id }, form.comments, owner),

  async make(invoke, wanted) {
    await invoke("New-TransportRule", newFenceParameters(wanted));
  },
  async set(invoke, { id, form }, wanted) {
    if (differences(WRITTEN, form, wanted).length > 0) {
      const parameters = fenceParameters(wanted, form.narrowedBy);
      await invoke("Set-TransportRule", { Identity: id, ...parameters, Confirm: false });
    }
    if (form.state !== wanted.state) {
      await invoke("Enable-TransportRule", { Identity: id, Confirm: false });
    }
  },
  async remove(invoke, { id }) {
    await invoke("Remove-TransportRule", { Identity: id, Confirm: false });
  },
};

/**
 * The kind `TransportRule`: a mail flow rule that refuses what comes from a sender's addresses and is not From one of its own.
 * Its place among the rules is never given, so that the others keep theirs.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/new-transportrule
 */
export const transportRule = (tenants: Tenants) => lifecycle(tenants, rule);

/**
 * Looks through all rules: for an Identity that it does not know, Get-TransportRule may answer every rule.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/get-transportrule (Identity)
 */
async function find(
  invoke: Invoke,
  isMeant: (rule: ExchangeObject) => boolean,
): Promise<Observed<FenceForm, RuleFacts> | undefined> {
  const rules = await findAll(invoke, "Get-TransportRule", { ResultSize: "Unlimited" });
  const found = rules.find(isMeant);
  if (found === undefined) return undefined;
  const guid = text(found.Guid);
  return { id: guid, form: fenceForm(found), facts: { guid } };
}

/** A rule as the rules of fences know it. */
export const toTenantRule = (rule: ExchangeObject): TenantRule => ({
  ...fenceForm(rule),
  guid: text(rule.Guid),
  patternCharacters: Object.entries(rule)
    .filter(([name]) => name.endsWith("Patterns"))
    .flatMap(([, patterns]) => (Array.isArray(patterns) ? patterns.map(String) : []))
    .reduce((sum, pattern) => sum + pattern.length, 0),
});
