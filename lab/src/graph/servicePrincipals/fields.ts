import { type Fields, initial } from "../shape.ts";

/** What a client may set of a service principal beside its switch (Graph v1.0 resource type `servicePrincipal`). */
export const SERVICE_PRINCIPAL_FIELDS: Fields = {
  alternativeNames: ["string"],
  appRoleAssignmentRequired: "boolean",
  description: "string",
  loginUrl: "string",
  notes: "string",
  notificationEmailAddresses: ["string"],
  preferredSingleSignOnMode: "string",
  samlSingleSignOnSettings: { relayState: "string" },
  tags: ["string"],
};

/** A service principal of which nothing was set. */
export function newProperties(): Record<string, unknown> {
  return {
    ...initial(SERVICE_PRINCIPAL_FIELDS),
    appRoleAssignmentRequired: false,
    samlSingleSignOnSettings: null,
  };
}
