import type { ExchangeServicePrincipal } from "../../world/recipients.ts";
import { refusal } from "../cmdletError.ts";
import { alreadyExists, type Directory, demandLength, recipientName } from "../directory.ts";
import { defineNoun } from "../noun.ts";
import type { Bound } from "../parameters.ts";
import { initialValues, type Properties } from "../properties.ts";
import { grantedAt } from "../times.ts";

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Assumed: the name is the ObjectId. */
export const servicePrincipals: Directory<ExchangeServicePrincipal> = {
  all: (world) => world.exchangeServicePrincipals,
  nameOf: ({ objectId }) => objectId,
  identities: ({ guid, appId, objectId }, world) => [
    guid,
    appId,
    objectId,
    recipientName(objectId, world),
  ],
  distinguishedName: recipientName,
};

const properties: Properties<ExchangeServicePrincipal> = {
  DisplayName: {
    is: "text",
    field: "displayName",
    default: "",
    canonical: (given) => demandLength("DisplayName", given ?? "", 0, 256),
  },
};

/**
 * Apps as Exchange knows them. Assumed: New asks nobody whether Entra has such an app or such an enterprise
 * application; a wrong id shows at the first sign-in. Assumed: an app's roles, permissions and memberships of role groups go with it.
 */
export const servicePrincipalCmdlets = defineNoun<ExchangeServicePrincipal>({
  name: "ServicePrincipal",
  identity: "ServicePrincipalIdParameter",
  directory: servicePrincipals,
  properties,
  present: ({ guid, displayName, appId, objectId }, { world }) => ({
    DisplayName: displayName,
    AppId: appId,
    ObjectId: objectId,
    Name: objectId,
    Identity: objectId,
    Id: objectId,
    DistinguishedName: recipientName(objectId, world),
    Guid: guid,
    IsValid: true,
  }),
  new: {
    parameters: { AppId: { is: "text" }, ObjectId: { is: "text" } },
    mandatory: ["AppId", "ObjectId"],
    draft(bound, context) {
      const appId = guidOf(bound, "AppId");
      const objectId = guidOf(bound, "ObjectId");
      const { displayName = "" } = initialValues(properties, bound, context.world);
      const whenCreated = context.clock.now().toISOString();
      return {
        guid: "",
        displayName,
        appId,
        objectId,
        whenCreated,
        effectiveAt: grantedAt(context),
      };
    },
    demandUnique({ appId, objectId }, world) {
      const same = world.exchangeServicePrincipals.find(
        (one) => one.appId === appId || one.objectId === objectId,
      );
      if (same) throw alreadyExists(servicePrincipals, same, world);
    },
  },
  get: {},
  set: {},
  remove: {
    beforeRemove({ guid, objectId }, { world }) {
      for (const group of world.roleGroups) {
        group.members = group.members.filter((member) => member.objectId !== objectId);
      }
      world.roleAssignments = world.roleAssignments.filter((one) => one.servicePrincipal !== guid);
      world.mailboxPermissions = world.mailboxPermissions.filter(({ user }) => user !== guid);
      world.recipientPermissions = world.recipientPermissions.filter(
        ({ trustee }) => trustee !== guid,
      );
    },
  },
});

/** @throws CmdletError for what is no GUID */
function guidOf(bound: Bound, parameter: string): string {
  const given = (bound.text(parameter) ?? "").toLowerCase();
  if (!GUID.test(given)) throw refusal("exchange.bad-guid", { parameter, value: given });
  return given;
}
