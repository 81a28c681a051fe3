import { newGuid } from "../../context.ts";
import type { ManagementScope } from "../../world/recipients.ts";
import type { Cmdlet, ExchangeObject } from "../cmdlet.ts";
import { grantedAt, hasCome } from "../effective.ts";
import { CmdletError } from "../failure.ts";
import { nothingModified } from "../failures.ts";
import { chooseNamed, demandFreeName } from "../named.ts";
import { demandCustomised } from "../organization/cmdlets.ts";
import { ask, give, giveNothing } from "../outcome.ts";
import type { ParameterType } from "../parameterType.ts";
import { roundTrip } from "../roundTrip.ts";
import { CONTAINER, findScope } from "./directory.ts";
import { badFilter, noFilter, scopeInUse } from "./failures.ts";
import { parseFilter, writeFilter } from "./filter.ts";

const text: ParameterType = { is: "text" };
const flag: ParameterType = { is: "flag" };
const identity: ParameterType = {
  is: "identity",
  type: "Microsoft.Exchange.Configuration.Tasks.ManagementScopeIdParameter",
};

function present(scope: ManagementScope): ExchangeObject {
  return {
    Name: scope.name,
    Identity: scope.name,
    RecipientRoot: "",
    RecipientFilter: scope.recipientFilter,
    ServerFilter: "",
    ScopeRestrictionType: "RecipientScope",
    Exclusive: scope.exclusive,
    WhenCreatedUTC: roundTrip(scope.whenCreated),
    WhenChangedUTC: roundTrip(scope.whenChanged),
    Guid: scope.guid,
    IsValid: true,
  };
}

/**
 * The filter as Exchange keeps it.
 *
 * @throws CmdletError when the lab can't read it
 */
function keepFilter(given: string | null | undefined): string {
  if (!given) throw new CmdletError(noFilter());
  const parsed = parseFilter(given);
  if (!Array.isArray(parsed)) throw new CmdletError(badFilter(given, parsed));
  return writeFilter(parsed);
}

/** New-ManagementScope: answers the new object. */
export const newManagementScope: Cmdlet = {
  reads: false,
  parameters: { Name: text, RecipientRestrictionFilter: text, Confirm: flag },
  mandatory: ["Name"],
  run(bound, context) {
    const { world, clock } = context;
    demandCustomised(context);
    const scopes = world.managementScopes;
    const recipientFilter = keepFilter(bound.text("RecipientRestrictionFilter"));
    const name = demandFreeName(scopes, bound.text("Name") ?? "", CONTAINER, world);
    if (bound.flag("Confirm") === true) return ask("New-ManagementScope", name);
    const now = clock.now().toISOString();
    const scope: ManagementScope = {
      guid: newGuid(world),
      name,
      recipientFilter,
      exclusive: false,
      whenCreated: now,
      whenChanged: now,
    };
    scopes.push(scope);
    return give(present(scope));
  },
};

/** Get-ManagementScope: one by identity, all without one. */
export const getManagementScope: Cmdlet = {
  reads: true,
  parameters: { Identity: identity },
  mandatory: [],
  run(bound, { world }) {
    const scopes = world.managementScopes;
    return give(...chooseNamed(scopes, bound.text("Identity"), CONTAINER, world).map(present));
  },
};

/** Set-ManagementScope: answers nothing. Sign-ins go by the old filter for `grantDelayMs`. */
export const setManagementScope: Cmdlet = {
  reads: false,
  parameters: { Identity: identity, RecipientRestrictionFilter: text, Confirm: flag },
  mandatory: ["Identity"],
  run(bound, context) {
    const scope = findScope(bound.text("Identity") ?? "", context.world);
    if (bound.flag("Confirm") !== false) return ask("Set-ManagementScope", scope.name);
    const next = bound.has("RecipientRestrictionFilter")
      ? keepFilter(bound.text("RecipientRestrictionFilter"))
      : scope.recipientFilter;
    if (next === scope.recipientFilter) return giveNothing(nothingModified(scope.name));
    const now = context.clock.now();
    const { earlier } = scope;
    const isPending = earlier !== undefined && !hasCome(earlier.until, now);
    scope.earlier = {
      recipientFilter: isPending ? earlier.recipientFilter : scope.recipientFilter,
      until: grantedAt(context),
    };
    scope.recipientFilter = next;
    scope.whenChanged = now.toISOString();
    return giveNothing();
  },
};

/** Remove-ManagementScope: answers nothing. */
export const removeManagementScope: Cmdlet = {
  reads: false,
  parameters: { Identity: identity, Confirm: flag },
  mandatory: ["Identity"],
  run(bound, { world }) {
    const { name, guid } = findScope(bound.text("Identity") ?? "", world);
    const users = world.roleAssignments.filter((one) => one.customResourceScope === name);
    if (users.length > 0) {
      throw new CmdletError(
        scopeInUse(
          name,
          users.map((one) => one.name),
        ),
      );
    }
    if (bound.flag("Confirm") !== false) return ask("Remove-ManagementScope", name);
    world.managementScopes = world.managementScopes.filter((one) => one.guid !== guid);
    return giveNothing();
  },
};
