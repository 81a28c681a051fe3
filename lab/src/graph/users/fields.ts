import { type Fields, initial } from "../shape.ts";

/** What a client may set of a user beside its name and its switch (Graph v1.0 resource type `user`). */
export const USER_FIELDS: Fields = {
  ageGroup: "string",
  businessPhones: ["string"],
  city: "string",
  companyName: "string",
  consentProvidedForMinor: "string",
  country: "string",
  department: "string",
  displayName: "string",
  employeeHireDate: "string",
  employeeId: "string",
  employeeOrgData: { costCenter: "string", division: "string" },
  employeeType: "string",
  faxNumber: "string",
  givenName: "string",
  jobTitle: "string",
  mail: "string",
  mailNickname: "string",
  mobilePhone: "string",
  officeLocation: "string",
  onPremisesImmutableId: "string",
  otherMails: ["string"],
  passwordPolicies: "string",
  postalCode: "string",
  preferredLanguage: "string",
  showInAddressList: "boolean",
  state: "string",
  streetAddress: "string",
  surname: "string",
  usageLocation: "string",
};

/** What Graph shows of a user when nothing is selected. */
export const SHOWN = [
  "businessPhones",
  "displayName",
  "givenName",
  "id",
  "jobTitle",
  "mail",
  "mobilePhone",
  "officeLocation",
  "preferredLanguage",
  "surname",
  "userPrincipalName",
] as const;

/** A user of which nothing was set. */
export function newProperties(): Record<string, unknown> {
  return { ...initial(USER_FIELDS), employeeOrgData: null, userType: "Member" };
}
