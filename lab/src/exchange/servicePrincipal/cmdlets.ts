import { newGuid } from "../../context.ts";
import type { ExchangeServicePrincipal } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import type { Cmdlet, ExchangeObject } from "../cmdlet.ts";
import { grantedAt } from "../effective.ts";
import { CmdletError } from "../failure.ts";
import { alreadyExists, nothingModified } from "../failures.ts";
import { recipientName } from "../mailbox/directory.ts";
import { demandLength } from "../mailbox/make.ts";
import { ask, give, giveNothing } from "../outcome.ts";
import type { Bound, ParameterType } from "../parameterType.ts";
import { findServicePrincipal } from "./directory.ts";
import { badGuid } from "./failures.ts";

const text: ParameterType = { is: "text" };
const flag: ParameterType = { is: "flag" };
const identity: ParameterType = {
  is: "identity",
  type: "Microsoft.Exchange.Configuration.Tasks.ServicePrincipalIdParameter",
};
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Assumed: name and identity are the ObjectId. */
function present(principal: ExchangeServicePrincipal, world: World): ExchangeObject {
  const { guid, displayName, appId, objectId } = principal;
  return {
    DisplayName: displayName,
    AppId: appId,
    ObjectId: objectId,
    Name: objectId,
    Identity: objectId,
    Id: objectId,
    DistinguishedName: recipientName(world, objectId),
    Guid: guid,
    IsValid: true,
  };
}

/** @throws CmdletError for what is no GUID */
function guidOf(bound: Bound, parameter: string): string {
  const given = (bound.text(parameter) ?? "").toLowerCase();
  if (!GUID.test(given)) throw new CmdletError(badGuid(parameter, given));
  return given;
}

/**
 * New-ServicePrincipal: answers the new object. Assumed: Exchange asks nobody whether Entra has such an app or such
 * an enterprise application; a wrong id shows at the first sign-in.
 */
export const newServicePrincipal: Cmdlet = {
  reads: false,
  parameters: { AppId: text, ObjectId: text, DisplayName: text, Confirm: flag },
  mandatory: ["AppId", "ObjectId"],
  run(bound, context) {
    const { world } = context;
    const appId = guidOf(bound, "AppId");
    const objectId = guidOf(bound, "ObjectId");
    const displayName = bound.text("DisplayName") ?? "";
    demandLength("DisplayName", displayName, 0, 256);
    const principals = world.exchangeServicePrincipals;
    const same = principals.find((one) => one.appId === appId || one.objectId === objectId);
    if (same) throw new CmdletError(alreadyExists(recipientName(world, same.objectId)));
    if (bound.flag("Confirm") === true) return ask("New-ServicePrincipal", objectId);
    const effectiveAt = grantedAt(context);
    const principal = { guid: newGuid(world), displayName, appId, objectId, effectiveAt };
    principals.push(principal);
    return give(present(principal, world));
  },
};

/** Get-ServicePrincipal: one by identity, all without one. */
export const getServicePrincipal: Cmdlet = {
  reads: true,
  parameters: { Identity: identity },
  mandatory: [],
  run(bound, { world }) {
    const wanted = bound.text("Identity");
    const found =
      typeof wanted === "string"
        ? [findServicePrincipal(wanted, world)]
        : world.exchangeServicePrincipals;
    return give(...found.map((principal) => present(principal, world)));
  },
};

/** Set-ServicePrincipal: answers nothing; changes the display name alone. */
export const setServicePrincipal: Cmdlet = {
  reads: false,
  parameters: { Identity: identity, DisplayName: text, Confirm: flag },
  mandatory: ["Identity"],
  run(bound, { world }) {
    const principal = findServicePrincipal(bound.text("Identity") ?? "", world);
    if (bound.flag("Confirm") !== false) return ask("Set-ServicePrincipal", principal.objectId);
    const next = bound.has("DisplayName")
      ? (bound.text("DisplayName") ?? "")
      : principal.displayName;
    demandLength("DisplayName", next, 0, 256);
    if (next === principal.displayName) return giveNothing(nothingModified(principal.objectId));
    principal.displayName = next;
    return giveNothing();
  },
};

/** Remove-ServicePrincipal: answers nothing. Assumed: its roles and permissions go with it. */
export const removeServicePrincipal: Cmdlet = {
  reads: false,
  parameters: { Identity: identity, Confirm: flag },
  mandatory: ["Identity"],
  run(bound, { world }) {
    const { guid, objectId } = findServicePrincipal(bound.text("Identity") ?? "", world);
    if (bound.flag("Confirm") !== false) return ask("Remove-ServicePrincipal", objectId);
    world.exchangeServicePrincipals = world.exchangeServicePrincipals.filter(
      (one) => one.guid !== guid,
    );
    world.roleAssignments = world.roleAssignments.filter((one) => one.servicePrincipal !== guid);
    world.mailboxPermissions = world.mailboxPermissions.filter(({ user }) => user !== guid);
    world.recipientPermissions = world.recipientPermissions.filter(
      ({ trustee }) => trustee !== guid,
    );
    return giveNothing();
  },
};
