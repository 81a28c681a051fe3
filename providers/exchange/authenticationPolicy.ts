import {
  newAuthenticationPolicyParameters,
  policyOfUserParameters,
} from "../../mail/exchange/access.ts";
import { directoryIdProblem, objectNameProblem } from "../../mail/senders/names.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import { isNotFound } from "../../tenant/exchangeError.ts";
import type { Tenants } from "../host/tenants.ts";
import { type ExchangeObject, findOne, text, untilFound } from "./find.ts";
import { lifecycle } from "./lifecycle.ts";
import { differences, type Identity, judgeContent, type Named, type Observed } from "./named.ts";

/** Lets one user sign in with a password to SMTP and nothing else: for devices that support nothing better. */
export interface AuthenticationPolicyInputs extends Identity {
  readonly name: string;
  /** Its object id in Entra: an address can move to another user. */
  readonly user: string;
}

interface PolicyForm {
  readonly name: string;
  /** Protocols that it allows a password on, without `AllowBasicAuth`. */
  readonly allows: readonly string[];
  readonly user: string;
  /** Name of the policy that the user has; empty for the organisation's default. */
  readonly policyOfUser: string;
}

interface PolicyFacts {
  /** Exchange's own id. */
  readonly guid: string;
  /** Name of the policy that the user had before us; empty for the organisation's default. */
  readonly earlierPolicy?: string;
}

const GET = "Get-AuthenticationPolicy";
const SWITCH = "AllowBasicAuth";

const policy: Named<AuthenticationPolicyInputs, PolicyForm, PolicyFacts> = {
  title: ({ name }) => `authentication policy "${name}"`,
  rules: {
    name: (key: string, value: string) =>
      objectNameProblem(key, value, "an authentication policy's"),
    user: directoryIdProblem,
  },
  roles: {
    read: ["View-Only Configuration", "View-Only Recipients"],
    write: ["Recipient Policies", "Mail Recipients"],
  },
  needs: { customised: true },
  keys: ["name", "allows", "user", "policyOfUser"],
  replaces: ["user"],
  keeps: ["name"],
  form: ({ name, user }) => ({
    name: name.trim(),
    allows: ["Smtp"],
    user: user.trim().toLowerCase(),
    policyOfUser: name.trim(),
  }),

  /** With the user's earlier policy, which is read before ours is assigned and kept in state. */
  async findByName(invoke, wanted) {
    const { name, user } = wanted;
    // Get-User may not show the user of a new mailbox yet.
    const policyOfUser = await untilFound(() => policyOf(invoke, user));
    if (policyOfUser === undefined) {
      throw new Error(`user: "${user}" is not in Exchange; create the user's mailbox first`);
    }
    const object = await findOne(invoke, GET, name);
    if (object === undefined) return undefined;
    const observed = observe(object, policyOfUser, wanted);
    // Our own policy is not an earlier one: an interrupted run has assigned it.
    const earlierPolicy = policyOfUser === name ? "" : policyOfUser;
    return { ...observed, facts: { ...observed.facts, earlierPolicy } };
  },
  findById: findPolicy,
  judge: ({ id, form }, wanted) =>
    judgeContent(
      { what: "an authentication policy", name: form.name, guid: id },
      differences(["allows"], form, wanted),
    ),

  async make(invoke, { name }) {
    await invoke("New-AuthenticationPolicy", newAuthenticationPolicyParameters(name));
  },
  async set(invoke, { id, form }, wanted) {
    if (differences(["allows"], form, wanted).length > 0) {
      const off = form.allows.map((protocol) => [`${SWITCH}${protocol}`, false]);
      const switches = { ...Object.fromEntries(off), AllowBasicAuthSmtp: true };
      await invoke("Set-AuthenticationPolicy", { Identity: id, ...switches, Confirm: false });
    }
    await give(invoke, wanted.user, wanted.name);
  },
  /** A user who has another policy by now keeps that one. */
  async remove(invoke, { id, form }, { user, earlierPolicy = "" }) {
    if (form.policyOfUser === form.name) await giveBack(invoke, user, earlierPolicy);
    await invoke("Remove-AuthenticationPolicy", { Identity: id, Confirm: false });
  },
};

/**
 * The kind `AuthenticationPolicy`: makes a policy and assigns it to one user. Delete gives the user the earlier policy back.
 *
 * @see https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/disable-basic-authentication-in-exchange-online
 */
export const authenticationPolicy = (tenants: Tenants) => lifecycle(tenants, policy);

async function findPolicy(
  invoke: Invoke,
  id: string,
  { user }: PolicyForm,
): Promise<Observed<PolicyForm, PolicyFacts> | undefined> {
  const object = await findOne(invoke, GET, id);
  return object && observe(object, (await policyOf(invoke, user)) ?? "", { user });
}

function observe(
  object: ExchangeObject,
  policyOfUser: string,
  { user }: Pick<PolicyForm, "user">,
): Observed<PolicyForm, PolicyFacts> {
  const [name, guid] = [text(object.Name), text(object.Guid)];
  const allows = Object.keys(object)
    .filter((key) => key.startsWith(SWITCH) && object[key] === true)
    .map((key) => key.slice(SWITCH.length))
    .sort();
  return { id: guid, form: { name, allows, user, policyOfUser }, facts: { guid } };
}

/** Name of the policy that a user has; empty for none, undefined for a user that is not there. */
async function policyOf(invoke: Invoke, user: string): Promise<string | undefined> {
  const object = await findOne(invoke, "Get-User", user, ["ExternalDirectoryObjectId"]);
  return object && text(object.AuthenticationPolicy);
}

/** @param policy empty for the organisation's default */
async function give(invoke: Invoke, user: string, policy: string): Promise<void> {
  await invoke("Set-User", policyOfUserParameters(user, policy));
}

/** A policy that somebody has removed since can't come back. */
async function giveBack(invoke: Invoke, user: string, policy: string): Promise<void> {
  try {
    await give(invoke, user, policy);
  } catch (error) {
    if (policy === "" || !isNotFound(error)) throw error;
    console.log(
      `the earlier authentication policy "${policy}" of user ${user} does not exist any more; the organisation's default policy applies again`,
    );
    await give(invoke, user, "");
  }
}
