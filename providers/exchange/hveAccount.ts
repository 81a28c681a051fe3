import {
  BILLED,
  BILLING_UNREAD,
  type BillingPolicy,
  choosePolicy,
} from "../../mail/exchange/billingPolicy.ts";
import {
  billingPending,
  type DeclaredHveAccount,
  type HveForm,
  newHveAccountParameters,
  wantedHveAccount,
} from "../../mail/exchange/highVolume.ts";
import { ownerOf } from "../../mail/ownership.ts";
import { sentence } from "../../mail/problem.ts";
import { NEW_MAILBOX_ROLES } from "../../mail/rights/needs.ts";
import {
  canonicalMailbox,
  displayNameProblem,
  mailboxAddressProblem,
} from "../../mail/senders/mailbox.ts";
import { objectNameProblem } from "../../mail/senders/names.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import { isRefusal } from "../../tenant/exchangeError.ts";
import { drawPassword } from "../entra/password.ts";
import type { Tenants } from "../host/tenants.ts";
import { type ExchangeObject, findMailUser, PartlyShown, text } from "./find.ts";
import { lifecycle } from "./lifecycle.ts";
import { markIn } from "./mailbox.ts";
import { accountTaken } from "./mailboxTaken.ts";
import { differences, type Identity, type Named, type Observed } from "./named.ts";

/** An account of High Volume Email. Its password is set by `UserPassword`: the one that it is made with is kept nowhere. */
export interface HveAccountInputs extends Identity, DeclaredHveAccount {
  /** Its Name in Exchange when it is made. */
  readonly name: string;
}

interface AccountFacts {
  /** Exchange's own id. */
  readonly guid: string;
  /** Object id of its account in Entra. */
  readonly externalDirectoryObjectId: string;
}

type ObservedAccount = Observed<HveForm, AccountFacts>;

const NAMES = {
  displayName: "DisplayName",
  customAttribute15: "CustomAttribute15",
  hiddenFromAddressListsEnabled: "HiddenFromAddressListsEnabled",
} as const;
const KEYS = [
  "address",
  ...(Object.keys(NAMES) as (keyof typeof NAMES)[]),
  "allowedApps",
  "billingPolicyId",
  "billingPolicyStatus",
] as const;

const account: Named<HveAccountInputs, HveForm, AccountFacts> = {
  title: ({ address }) => `HVE account ${address}`,
  rules: {
    address: mailboxAddressProblem,
    name: (key: string, value: string) => objectNameProblem(key, value, "an account's"),
    displayName: displayNameProblem,
  },
  roles: NEW_MAILBOX_ROLES,
  needs: { extras: ["purge"] },
  keys: KEYS,
  replaces: ["address"],
  keeps: ["name"],
  passThrough: ["name"],
  mayDiffer: ["billingPolicyId", "billingPolicyStatus"],
  mark: markIn,
  form: wantedHveAccount,
  pending: billingPending,

  findByName: findByAddress,
  findById: findAccount,
  judge: () => "ours",

  /** New-MailUser has no parameter for the mark, so the display name holds it until Set-MailUser has run. */
  async make(invoke, wanted, { name = "" }) {
    await invoke("New-MailUser", newHveAccountParameters(name, wanted, drawPassword()));
  },

  async set(invoke, { id, form }, wanted) {
    const differs = differences(KEYS, form, wanted);
    const named = Object.entries(NAMES).filter(([key]) => differs.some((one) => one === key));
    if (named.length > 0) {
      const changes = named.map(([key, name]) => [name, wanted[key as keyof typeof NAMES]]);
      const call = { Identity: id, HVEAccount: true, Confirm: false };
      await invoke("Set-MailUser", { ...call, ...Object.fromEntries(changes) });
    }
    const strangers = form.allowedApps.filter((app) => !wanted.allowedApps.includes(app));
    if (strangers.length > 0) {
      await invoke("Remove-HVEAppAccess", { Identity: form.address, AppIds: strangers });
    }
    if (differs.some((key) => key === "billingPolicyId" || key === "billingPolicyStatus")) {
      await assignBilling(invoke, form.address, wanted.billingPolicyId);
    }
  },

  async remove(invoke, { id }) {
    await invoke("Remove-MailUser", { Identity: id, Confirm: false });
  },
};

/**
 * The kind `HveAccount`.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/new-mailuser (HVEAccount)
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/set-hveaccountbillingpolicy
 */
export const hveAccount = (tenants: Tenants) => lifecycle(tenants, account);

/** The billing policies of the tenant that High Volume Email may use. */
export async function billingPolicies(invoke: Invoke): Promise<BillingPolicy[]> {
  const { value } = await invoke("Get-BillingPolicy", { ResourceType: "HVE" });
  return value
    .map((policy) => ({
      id: text(policy.BillingPolicyId).toLowerCase(),
      name: text(policy.BillingPolicyName),
    }))
    .filter(({ id }) => id !== "");
}

/** Gives an account its billing policy, where there is one to choose. */
async function assignBilling(invoke: Invoke, address: string, id: string): Promise<void> {
  const policy = choosePolicy(await billingPolicies(invoke), id);
  if (policy === undefined) return;
  await invoke("Set-HVEAccountBillingPolicy", { Identity: address, BillingPolicyId: policy.id });
}

/** The sender's own account: the survey has refused the address of anybody else's. */
async function findByAddress(
  invoke: Invoke,
  wanted: HveForm,
): Promise<ObservedAccount | undefined> {
  const { address, customAttribute15 } = wanted;
  const owner = ownerOf(customAttribute15) ?? "";
  const there = await accountTaken(invoke, { address, owner });
  if (there === undefined) return undefined;
  if ("rule" in there) throw new Error(`${sentence(there)}; nothing was changed`);
  return findAccount(invoke, there.guid, wanted);
}

async function findAccount(
  invoke: Invoke,
  guid: string,
  form: HveForm,
): Promise<ObservedAccount | undefined> {
  const object = await findMailUser(invoke, guid, ["Guid"]);
  return object && observe(invoke, guid, object, form);
}

async function observe(
  invoke: Invoke,
  guid: string,
  object: ExchangeObject,
  { billingPolicyId: id }: HveForm,
): Promise<ObservedAccount> {
  const address = canonicalMailbox(text(object.PrimarySmtpAddress));
  const { value } = await invoke("Get-HVEAccountSettings", { Identity: address });
  const [settings] = value;
  if (settings === undefined) {
    throw new PartlyShown(`HVE account ${address}`, "Get-MailUser", "Get-HVEAccountSettings");
  }
  const billing = await billingOf(invoke, address);
  const apps = Array.isArray(settings.AllowedApps) ? settings.AllowedApps.map(String) : [];
  return {
    id: guid,
    form: {
      address,
      displayName: text(object.DisplayName),
      customAttribute15: text(object.CustomAttribute15),
      hiddenFromAddressListsEnabled: object.HiddenFromAddressListsEnabled === true,
      allowedApps: apps.sort(),
      // Which one pays is looked at where the stack file says which.
      billingPolicyId: id === "" ? "" : (billing.id ?? id),
      billingPolicyStatus: billing.status,
    },
    facts: { guid, externalDirectoryObjectId: text(object.ExternalDirectoryObjectId) },
  };
}

/**
 * Who pays for an account. A record shows that the read may fail for what Exchange itself may not ask ("Failed to get SPO
 * billing policies").
 */
export async function billingOf(
  invoke: Invoke,
  address: string,
): Promise<{ readonly id?: string; readonly status: string }> {
  try {
    const { value } = await invoke("Get-HVEAccountBillingPolicy", { Identity: address });
    const { BillingPolicyId: id, BillingPolicyStatus: status } = value[0] ?? {};
    return { id: text(id).toLowerCase(), status: text(status) || BILLED };
  } catch (error) {
    if (!isRefusal(error) || !/billing polic/i.test((error as Error).message)) throw error;
    return { status: BILLING_UNREAD };
  }
}
