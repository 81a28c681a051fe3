import { isAbsent, UNKNOWN, type Value, type Values } from "../values.ts";

/** What the POST and the PATCH both have; the stand-in's programs can't set most of it. */
export function profileOf(plan: Values): object {
  return {
    "@odata.type": "#microsoft.graph.user",
    accountEnabled: plan.accountEnabled,
    ageGroup: null,
    city: null,
    companyName: null,
    consentProvidedForMinor: null,
    country: null,
    department: plan.department || null,
    displayName: plan.displayName,
    employeeId: null,
    employeeOrgData: { costCenter: null, division: null },
    employeeType: null,
    faxNumber: null,
    givenName: null,
    jobTitle: plan.jobTitle || null,
    mailNickname: nicknameOf(plan),
    mobilePhone: null,
    officeLocation: null,
    otherMails: [],
    passwordPolicies: plan.disablePasswordExpiration === true ? NEVER_EXPIRES : null,
    postalCode: null,
    preferredLanguage: null,
    state: null,
    streetAddress: null,
    surname: null,
    usageLocation: plan.usageLocation || null,
    userPrincipalName: plan.userPrincipalName,
  };
}

/** A user's outputs, from what both versions tell. */
export function told(found: Values): Values {
  const policies = String(found.passwordPolicies ?? "").split(/\s*,\s*/);
  return {
    accountEnabled: found.accountEnabled ?? false,
    department: found.department ?? "",
    disablePasswordExpiration: policies.includes(NEVER_EXPIRES),
    displayName: found.displayName ?? "",
    jobTitle: found.jobTitle ?? "",
    mail: found.mail ?? "",
    mailNickname: found.mailNickname ?? "",
    objectId: found.id ?? "",
    proxyAddresses: found.proxyAddresses ?? [],
    showInAddressList: found.showInAddressList ?? false,
    usageLocation: found.usageLocation ?? "",
    userPrincipalName: found.userPrincipalName ?? "",
    userType: found.userType ?? "",
  };
}

/** The nickname of a new user is the first part of its name, when the program says nothing. */
function nicknameOf({ mailNickname, userPrincipalName }: Values): Value {
  if (mailNickname === UNKNOWN) return String(userPrincipalName).split("@")[0] ?? null;
  return isAbsent(mailNickname) || mailNickname === "" ? null : mailNickname;
}

const NEVER_EXPIRES = "DisablePasswordExpiration";
