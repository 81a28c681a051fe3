// What doctor says of the account of a sender that uses High Volume Email.
import { describe, it } from "node:test";
import { judgeAccount, type SeenAccount } from "../../../../mail/doctor/exchange/highVolume.ts";
import { BILLED, BILLING_UNREAD } from "../../../../mail/exchange/billingPolicy.ts";
import { withStop } from "../../../../mail/stop/mark.ts";
import { expectFindings } from "./expectFindings.ts";

describe("doctor of an account of High Volume Email", () => {
  const account = { owner: "relay/prod/alerts", address: "alerts@contoso.com" };
  const good: SeenAccount = {
    ...{ note: "", accountDisabled: false, billingStatus: BILLED, allowedApps: [] },
    policy: { name: "relay-prod-alerts", of: "the user", allowsSmtp: true },
  };
  const PAID = "ok HVE account alerts@contoso.com is there, and its billing policy is valid";
  const ALLOWED = 'ok authentication policy "relay-prod-alerts"';
  const stop = { at: "2026-11-27T14:03:09Z", before: { signIn: true } };
  const unpaid = (billingStatus: string, fix: string) =>
    [
      `without a valid policy: ${billingStatus}`,
      { billingStatus },
      `error nobody pays for; \\(${billingStatus}\\); 535 5\\.7\\.3; ${fix}; npm run pulumi -- up --refresh`,
      ALLOWED,
    ] as const;
  const cases: readonly (readonly [string, Partial<SeenAccount>, ...string[]])[] = [
    ["that is as it should be", {}, PAID, ALLOWED],
    unpaid("NoProperBillingPolicyStored", "set billingPolicyId of the sender"),
    unpaid("BillingPolicyNotFound", "set billingPolicyId of the sender"),
    unpaid("BillingPolicyMismatched", "set billingPolicyId of the sender"),
    unpaid("NoConnectedBillingPolicyFound", "connect it in the Microsoft 365 admin centre"),
    unpaid("SubscriptionIsNotActive", "activate the subscription"),
    unpaid("NoSPOLicenseFound", "get a subscription with SharePoint Online"),
    unpaid("SomethingNew", "set billingPolicyId of the sender"),
    [
      "whose billing policy can't be read",
      { billingStatus: BILLING_UNREAD },
      "unknown who pays for HVE account alerts@contoso.com could not be read; 535 5\\.7\\.3; Exchange admin centre",
      ALLOWED,
    ],
    [
      "that is blocked",
      { accountDisabled: true },
      PAID,
      "error the sign-in of HVE account alerts@contoso.com is blocked; 535 5\\.7\\.3; unblock it",
      ALLOWED,
    ],
    [
      "that is stopped",
      { accountDisabled: true, note: withStop("", stop) },
      PAID,
      "error blocked: the sender was stopped by hand on 2026-11-27 14:03 UTC; npm run start -- --stack prod --sender alerts",
      ALLOWED,
    ],
    [
      "that an app may send as",
      { allowedApps: ["33333333-3333-4333-8333-333333333333"] },
      PAID,
      "warning 33333333-3333-4333-8333-333333333333 may send as alerts@contoso.com; up --refresh",
      ALLOWED,
    ],
    [
      "whose password a policy refuses",
      { policy: { name: "Block", of: "the organisation", allowsSmtp: false } },
      PAID,
      'error "Block" of the organisation has AllowBasicAuthSmtp false; 535 5\\.7\\.139; up',
    ],
  ];
  for (const [title, change, ...expected] of cases) {
    it(title, () =>
      expectFindings(judgeAccount({ ...account, seen: { ...good, ...change } }), expected),
    );
  }

  it("that is not there", () =>
    expectFindings(judgeAccount({ ...account, seen: undefined }), [
      "error the tenant has no HVE account alerts@contoso.com; 535 5\\.7\\.3; up --refresh",
    ]));
});
