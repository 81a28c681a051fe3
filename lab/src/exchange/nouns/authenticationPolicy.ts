import type { AuthenticationPolicy } from "../../world/recipients.ts";
import { refusal } from "../cmdletError.ts";
import { inConfiguration } from "../directory.ts";
import { defineNoun, presentNamed } from "../noun.ts";
import { demandCustomised } from "./organization.ts";
import { recipients } from "./recipient.ts";

/** The other protocols of a policy (New-AuthenticationPolicy); the lab can't allow them. */
const OTHER_PROTOCOLS = [
  ...["ActiveSync", "Autodiscover", "Imap", "Mapi", "OfflineAddressBook", "OutlookService", "Pop"],
  ...["Powershell", "ReportingWebServices", "Rpc", "WebServices"],
];

export const authenticationPolicies = inConfiguration<AuthenticationPolicy>(
  "Auth Policies",
  (world) => world.authenticationPolicies,
);

/** A new policy blocks basic authentication for every protocol that the call does not allow. */
export const authenticationPolicyCmdlets = defineNoun<AuthenticationPolicy>({
  name: "AuthenticationPolicy",
  identity: "AuthPolicyIdParameter",
  directory: authenticationPolicies,
  properties: {
    AllowBasicAuthSmtp: { is: "flag", field: "allowBasicAuthSmtp", default: false },
  },
  present: (policy) =>
    presentNamed(policy, {
      AllowBasicAuthSmtp: policy.allowBasicAuthSmtp,
      ...Object.fromEntries(OTHER_PROTOCOLS.map((name) => [`AllowBasicAuth${name}`, false])),
    }),
  new: { demand: demandCustomised },
  get: {},
  set: {},
  remove: {
    demandUnused({ name: policy }, world) {
      const { organization, tenant } = world;
      const user =
        organization.defaultAuthenticationPolicy === policy
          ? tenant.initialDomain
          : recipients.all(world).find((one) => one.authenticationPolicy === policy)?.name;
      if (user === undefined) return;
      throw refusal("exchange.authentication-policy-in-use", { policy, user });
    },
  },
});
