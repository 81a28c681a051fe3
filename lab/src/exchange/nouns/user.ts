import type { Recipient } from "../../world/recipients.ts";
import { findOne } from "../directory.ts";
import { defineNoun } from "../noun.ts";
import { identityType } from "../parameters.ts";
import { authenticationPolicies } from "./authenticationPolicy.ts";
import { isDisabled, presentNames, recipients, userNameOf } from "./recipient.ts";

/** Users; the lab's users in Exchange are its recipients. */
export const userCmdlets = defineNoun<Recipient>({
  name: "User",
  identity: "UserIdParameter",
  directory: recipients,
  properties: {
    AuthenticationPolicy: {
      ...identityType("AuthPolicyIdParameter"),
      field: "authenticationPolicy",
      // null leaves the user to the organisation's default.
      canonical: (given, world) =>
        given === null ? null : findOne(authenticationPolicies, given, world).name,
    },
  },
  present: (recipient, { world }) => ({
    ...presentNames(recipient, world),
    UserPrincipalName: userNameOf(recipient, world),
    WindowsEmailAddress: recipient.address,
    AuthenticationPolicy: recipient.authenticationPolicy,
    AccountDisabled: isDisabled(recipient, world),
  }),
  get: {},
  set: {},
});
