import type { Mailbox } from "../../world/recipients.ts";
import { findOne } from "../directory.ts";
import { defineNoun } from "../noun.ts";
import { identityType } from "../parameters.ts";
import { authenticationPolicies } from "./authenticationPolicy.ts";
import { accountOf, isDisabled, mailboxes, presentNames } from "./mailbox.ts";

/** Users; the lab's users in Exchange are those with a mailbox. */
export const userCmdlets = defineNoun<Mailbox>({
  name: "User",
  identity: "UserIdParameter",
  directory: mailboxes,
  properties: {
    AuthenticationPolicy: {
      ...identityType("AuthPolicyIdParameter"),
      field: "authenticationPolicy",
      // null leaves the user to the organisation's default.
      canonical: (given, world) =>
        given === null ? null : findOne(authenticationPolicies, given, world).name,
    },
  },
  present: (mailbox, { world }) => ({
    ...presentNames(mailbox, world),
    UserPrincipalName: accountOf(mailbox, world)?.userPrincipalName ?? mailbox.address,
    WindowsEmailAddress: mailbox.address,
    AuthenticationPolicy: mailbox.authenticationPolicy,
    AccountDisabled: isDisabled(mailbox, world),
  }),
  get: {},
  set: {},
});
