import {
  type DeclaredLimit,
  type LimitForm,
  newPolicyParameters,
  newRuleParameters,
  policyParameters,
  wantedLimit,
} from "../../mail/exchange/outboundLimit.ts";
import {
  canonicalMailbox,
  mailboxAddressProblem,
  recipientLimitProblem,
} from "../../mail/senders/mailbox.ts";
import { outboundPolicyNameProblem } from "../../mail/senders/names.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import { isAlreadyThere, isNotFound } from "../../tenant/exchangeError.ts";
import type { Tenants } from "../host/tenants.ts";
import { findOne, text, untilFound } from "./find.ts";
import { lifecycle } from "./lifecycle.ts";
import { differences, type Identity, judgeMark, type Named, type Observed } from "./named.ts";

/** How many recipients a mailbox may send to: this limits the harm of a stolen credential. */
export interface OutboundLimitInputs extends Identity, DeclaredLimit {}

interface LimitFacts {
  /** Exchange's own id of the policy. */
  readonly guid: string;
}

const POLICY_KEYS = [
  "recipientLimitPerDay",
  "recipientLimitExternalPerHour",
  "recipientLimitInternalPerHour",
  "actionWhenThresholdReached",
  "adminDisplayName",
] as const;

const POLICY = "HostedOutboundSpamFilterPolicy";
const RULE = "HostedOutboundSpamFilterRule";

const limit: Named<OutboundLimitInputs, LimitForm, LimitFacts> = {
  title: ({ name }) => `outbound policy "${name}"`,
  rules: {
    name: outboundPolicyNameProblem,
    mailbox: mailboxAddressProblem,
    recipientsPerDay: recipientLimitProblem,
    recipientsPerHour: recipientLimitProblem,
  },
  roles: { read: ["View-Only Configuration"], write: ["Transport Hygiene"] },
  needs: { customised: true },
  keys: ["name", "from", ...POLICY_KEYS],
  replaces: [],
  keeps: ["name"],
  mark: ({ adminDisplayName }) => adminDisplayName,
  form: wantedLimit,

  findByName: (invoke, { name }) => findLimit(invoke, name),
  findById: findLimit,
  judge: ({ id, form }, _wanted, owner) =>
    judgeMark(
      { what: "an outbound policy", name: form.name, guid: id },
      form.adminDisplayName,
      owner,
    ),

  async make(invoke, wanted) {
    await invoke(`New-${POLICY}`, newPolicyParameters(wanted));
  },

  async set(invoke, { id, form }, wanted) {
    if (differences(POLICY_KEYS, form, wanted).length > 0) {
      const parameters = { Identity: id, ...policyParameters(wanted), Confirm: false };
      await invoke(`Set-${POLICY}`, parameters);
    }
    if (differences(["from"], form, wanted).length > 0) await setRule(invoke, wanted);
  },

  /** The rule first: Exchange would keep one that has lost its policy. */
  async remove(invoke, { id, form }) {
    const rule = await findOne(invoke, `Get-${RULE}`, form.name);
    if (rule && isOurs(rule, form.name)) await removeRule(invoke, form.name);
    await invoke(`Remove-${POLICY}`, { Identity: id, Force: true });
  },
};

/**
 * The kind `OutboundLimit`: an outbound spam policy and its rule, for one mailbox.
 *
 * @see https://learn.microsoft.com/defender-office-365/outbound-spam-policies-configure
 */
export const outboundLimit = (tenants: Tenants) => lifecycle(tenants, limit);

async function findLimit(
  invoke: Invoke,
  identity: string,
): Promise<Observed<LimitForm, LimitFacts> | undefined> {
  const policy = await findOne(invoke, `Get-${POLICY}`, identity);
  if (policy === undefined) return undefined;
  const [name, guid] = [text(policy.Name), text(policy.Guid)];
  const rule = await findOne(invoke, `Get-${RULE}`, name);
  const holds = rule !== undefined && isOurs(rule, name) && rule.State === "Enabled";
  const from = holds && Array.isArray(rule.From) ? rule.From.map(String) : [];
  const form = {
    name,
    from: from.map(canonicalMailbox).sort(),
    recipientLimitPerDay: Number(policy.RecipientLimitPerDay),
    recipientLimitExternalPerHour: Number(policy.RecipientLimitExternalPerHour),
    recipientLimitInternalPerHour: Number(policy.RecipientLimitInternalPerHour),
    actionWhenThresholdReached: text(policy.ActionWhenThresholdReached),
    adminDisplayName: text(policy.AdminDisplayName),
  };
  return { id: guid, form, facts: { guid } };
}

/** A rule is ours by the policy that it applies. */
const isOurs = (rule: Readonly<Record<string, unknown>>, policy: string): boolean =>
  text(rule.HostedOutboundSpamFilterPolicy).toLowerCase() === policy.toLowerCase();

/** Makes the rule or changes it. A disabled rule is made anew, so that no further cmdlet is needed. */
async function setRule(invoke: Invoke, form: LimitForm): Promise<void> {
  const { name, from } = form;
  const rule = await findOne(invoke, `Get-${RULE}`, name);
  if (rule && !isOurs(rule, name)) {
    throw new Error(
      `the outbound rule "${name}" applies another policy, "${text(rule.HostedOutboundSpamFilterPolicy)}"; rename that rule, or give the stack or the sender another name`,
    );
  }
  if (rule?.State === "Enabled") {
    await invoke(`Set-${RULE}`, { Identity: name, From: from, Confirm: false });
    return;
  }
  if (rule) await removeRule(invoke, name);
  try {
    await invoke(`New-${RULE}`, newRuleParameters(form));
  } catch (error) {
    if (!isAlreadyThere(error)) throw error;
    // An interrupted run made it, and Get- does not show it yet.
    const late = await untilFound(() => findOne(invoke, `Get-${RULE}`, name));
    if (late === undefined) throw error;
    await setRule(invoke, form);
  }
}

async function removeRule(invoke: Invoke, name: string): Promise<void> {
  await invoke(`Remove-${RULE}`, { Identity: name, Confirm: false }).catch((error) => {
    if (!isNotFound(error)) throw error;
  });
}
