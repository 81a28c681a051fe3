import type { Mailbox } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import { findAuthenticationPolicy } from "../authenticationPolicy/directory.ts";
import type { Cmdlet, ExchangeObject } from "../cmdlet.ts";
import { nothingModified } from "../failures.ts";
import { ask, give, giveNothing, limit } from "../outcome.ts";
import type { ParameterType } from "../parameterType.ts";
import { accountOf, chooseMailboxes, findMailbox } from "./directory.ts";
import { presentNames } from "./present.ts";

const identity: ParameterType = {
  is: "identity",
  type: "Microsoft.Exchange.Configuration.Tasks.UserIdParameter",
};

function presentUser(mailbox: Mailbox, world: World): ExchangeObject {
  const account = accountOf(mailbox, world);
  return {
    ...presentNames(mailbox, world),
    UserPrincipalName: account?.userPrincipalName ?? mailbox.address,
    WindowsEmailAddress: mailbox.address,
    AuthenticationPolicy: mailbox.authenticationPolicy,
    AccountDisabled: account ? !account.accountEnabled : mailbox.accountDisabled,
  };
}

/** Get-User: one by identity, all without one. The lab's users in Exchange are those with a mailbox. */
export const getUser: Cmdlet = {
  reads: true,
  parameters: { Identity: identity, ResultSize: { is: "size" } },
  mandatory: [],
  run(bound, { world }) {
    const found = chooseMailboxes(bound.text("Identity"), world);
    return give(...limit(found, bound).map((mailbox) => presentUser(mailbox, world)));
  },
};

/** Set-User: answers nothing. null for AuthenticationPolicy leaves the user to the organisation's default. */
export const setUser: Cmdlet = {
  reads: false,
  parameters: {
    Identity: identity,
    AuthenticationPolicy: {
      is: "identity",
      type: "Microsoft.Exchange.Configuration.Tasks.AuthPolicyIdParameter",
    },
    Confirm: { is: "flag" },
  },
  mandatory: ["Identity"],
  run(bound, { world, clock }) {
    const mailbox = findMailbox(bound.text("Identity") ?? "", world);
    if (bound.flag("Confirm") !== false) return ask("Set-User", mailbox.name);
    const wanted = bound.text("AuthenticationPolicy");
    const next = typeof wanted === "string" ? findAuthenticationPolicy(wanted, world).name : wanted;
    if (next === undefined || next === mailbox.authenticationPolicy) {
      return giveNothing(nothingModified(mailbox.name));
    }
    mailbox.authenticationPolicy = next;
    mailbox.whenChanged = clock.now().toISOString();
    return giveNothing();
  },
};
