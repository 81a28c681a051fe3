import { newGuid } from "../../context.ts";
import type { AuthenticationPolicy } from "../../world/recipients.ts";
import type { Cmdlet, ExchangeObject } from "../cmdlet.ts";
import { CmdletError } from "../failure.ts";
import { nothingModified } from "../failures.ts";
import { chooseNamed, demandFreeName } from "../named.ts";
import { demandCustomised } from "../organization/cmdlets.ts";
import { ask, give, giveNothing } from "../outcome.ts";
import type { ParameterType } from "../parameterType.ts";
import { roundTrip } from "../roundTrip.ts";
import { CONTAINER, findAuthenticationPolicy } from "./directory.ts";
import { policyInUse } from "./failures.ts";

/** The other switches of a policy (New-AuthenticationPolicy); the lab can't turn them on. */
const OTHERS = [
  ...["ActiveSync", "Autodiscover", "Imap", "Mapi", "OfflineAddressBook", "OutlookService", "Pop"],
  ...["Powershell", "ReportingWebServices", "Rpc", "WebServices"],
] as const;

const identity: ParameterType = {
  is: "identity",
  type: "Microsoft.Exchange.Configuration.Tasks.AuthPolicyIdParameter",
};
const flag: ParameterType = { is: "flag" };

function present(policy: AuthenticationPolicy): ExchangeObject {
  return {
    Name: policy.name,
    Identity: policy.name,
    AllowBasicAuthSmtp: policy.allowBasicAuthSmtp,
    ...Object.fromEntries(OTHERS.map((protocol) => [`AllowBasicAuth${protocol}`, false])),
    WhenCreatedUTC: roundTrip(policy.whenCreated),
    WhenChangedUTC: roundTrip(policy.whenChanged),
    Guid: policy.guid,
    IsValid: true,
  };
}

/** New-AuthenticationPolicy: answers the new object, which blocks what it is not told to allow. */
export const newAuthenticationPolicy: Cmdlet = {
  reads: false,
  parameters: { Name: { is: "text" }, AllowBasicAuthSmtp: flag, Confirm: flag },
  mandatory: ["Name"],
  run(bound, context) {
    const { world, clock } = context;
    demandCustomised(context);
    const policies = world.authenticationPolicies;
    const name = demandFreeName(policies, bound.text("Name") ?? "", CONTAINER, world);
    if (bound.flag("Confirm") === true) return ask("New-AuthenticationPolicy", name);
    const now = clock.now().toISOString();
    const policy: AuthenticationPolicy = {
      guid: newGuid(world),
      name,
      allowBasicAuthSmtp: bound.flag("AllowBasicAuthSmtp") ?? false,
      whenCreated: now,
      whenChanged: now,
    };
    policies.push(policy);
    return give(present(policy));
  },
};

/** Get-AuthenticationPolicy: one by identity, all without one. */
export const getAuthenticationPolicy: Cmdlet = {
  reads: true,
  parameters: { Identity: identity },
  mandatory: [],
  run(bound, { world }) {
    const policies = world.authenticationPolicies;
    return give(...chooseNamed(policies, bound.text("Identity"), CONTAINER, world).map(present));
  },
};

/** Set-AuthenticationPolicy: answers nothing. */
export const setAuthenticationPolicy: Cmdlet = {
  reads: false,
  parameters: { Identity: identity, AllowBasicAuthSmtp: flag, Confirm: flag },
  mandatory: ["Identity"],
  run(bound, { world, clock }) {
    const policy = findAuthenticationPolicy(bound.text("Identity") ?? "", world);
    if (bound.flag("Confirm") !== false) return ask("Set-AuthenticationPolicy", policy.name);
    const next = bound.flag("AllowBasicAuthSmtp") ?? policy.allowBasicAuthSmtp;
    if (next === policy.allowBasicAuthSmtp) return giveNothing(nothingModified(policy.name));
    policy.allowBasicAuthSmtp = next;
    policy.whenChanged = clock.now().toISOString();
    return giveNothing();
  },
};

/** Remove-AuthenticationPolicy: answers nothing. */
export const removeAuthenticationPolicy: Cmdlet = {
  reads: false,
  parameters: { Identity: identity, Confirm: flag },
  mandatory: ["Identity"],
  run(bound, { world }) {
    const { name, guid } = findAuthenticationPolicy(bound.text("Identity") ?? "", world);
    if (world.organization.defaultAuthenticationPolicy === name) {
      throw new CmdletError(policyInUse(name, world.tenant.initialDomain));
    }
    const user = world.mailboxes.find((mailbox) => mailbox.authenticationPolicy === name);
    if (user) throw new CmdletError(policyInUse(name, user.name));
    if (bound.flag("Confirm") !== false) return ask("Remove-AuthenticationPolicy", name);
    world.authenticationPolicies = world.authenticationPolicies.filter((one) => one.guid !== guid);
    return giveNothing();
  },
};
