import { describe } from "node:test";
import {
  type CredentialOfApp,
  judgeAppPolicies,
} from "../../../../mail/doctor/tenant/appPolicies.ts";
import { judgeClock } from "../../../../mail/doctor/tenant/clock.ts";
import { judgeExpiry, type SenderApp } from "../../../../mail/doctor/tenant/expiry.ts";
import { judgeSignInPolicies } from "../../../../mail/doctor/tenant/signInPolicies.ts";
import { judged } from "./expectFindings.ts";

const NOW = new Date("2026-06-01T12:00:00Z");
const inDays = (days: number) => new Date(NOW.getTime() + days * 86_400_000).toISOString();
const APP_ID = "11111111-2222-4333-8444-555555555555";

describe("policies that forbid secrets", () => {
  const secret: CredentialOfApp = { sender: "crm", by: "secret", days: 730 };
  const certificate: CredentialOfApp = { sender: "shop", by: "certificate", days: 365 };
  const made = { app: { appId: APP_ID.toUpperCase(), createdDateTime: inDays(-100) } };
  const addition = { restrictionType: "passwordAddition", maxLifetime: null };
  const lifetime = { restrictionType: "passwordLifetime", maxLifetime: "P180D" };
  const keys = { restrictionType: "asymmetricKeyLifetime", maxLifetime: "P6M" };
  const all = { passwordCredentials: [addition], keyCredentials: [keys] };
  const custom = { displayName: "ours", appliesTo: [APP_ID], restrictions: {} };
  judged([
    [
      "no rule",
      () => judgeAppPolicies([secret, certificate], {}, [], NOW),
      ["ok", "ok"],
      /the default app management policy allows the secret of crm/,
    ],
    [
      "secrets are forbidden, before an up",
      () => judgeAppPolicies([secret], all, [], NOW),
      ["error"],
      /forbids client secrets.*CredentialTypeNotAllowedAsPerAppPolicy.*give crm a federatedIdentity or a signInCertificate/,
    ],
    [
      "secrets are forbidden, and one is there",
      () => judgeAppPolicies([{ ...secret, ...made }], all, [], NOW),
      ["warning"],
      /stays valid until it expires, and can't be renewed/,
    ],
    [
      "a policy of the app's own, with no rule",
      () => judgeAppPolicies([{ ...secret, ...made }], all, [custom], NOW),
      ["ok"],
      /app management policy \\"ours\\" allows the secret of crm/,
    ],
    [
      "long secrets are forbidden",
      () => judgeAppPolicies([secret], { passwordCredentials: [lifetime] }, [], NOW),
      ["error"],
      /allows a secret to be valid for at most 180 days, and that of crm is valid for 730.*CredentialInvalidLifetime/,
    ],
    [
      "long certificates are forbidden",
      () => judgeAppPolicies([certificate], all, [], NOW),
      ["error"],
      /allows a certificate to be valid for at most 180 days, and that of shop is valid for 365/,
    ],
    [
      "a rule for apps that come later",
      () => {
        const later = { ...addition, restrictForAppsCreatedAfterDateTime: inDays(-10) };
        const restrictions = { passwordCredentials: [later] };
        return judgeAppPolicies([{ ...secret, ...made }, secret], restrictions, [], NOW);
      },
      ["ok", "error"],
      /forbids/,
    ],
    [
      "a rule that is disabled",
      () => {
        const off = { ...addition, state: "disabled" };
        return judgeAppPolicies([secret], { passwordCredentials: [off] }, [], NOW);
      },
      ["ok"],
      /allows the secret of crm/,
    ],
  ]);
});

describe("policies that block passwords", () => {
  const printer = {
    ...{ sender: "printer", address: "printer@contoso.com", isHighVolume: false },
    userId: "user-1",
  };
  const alerts = { sender: "alerts", address: "alerts@contoso.com", isHighVolume: true };
  const policy = (
    users: object,
    {
      conditions = {},
      ...more
    }: { conditions?: object; state?: string; grantControls?: null } = {},
  ) => ({
    displayName: "no legacy",
    state: "enabled",
    conditions: {
      clientAppTypes: ["exchangeActiveSync", "other"],
      applications: { includeApplications: ["All"], excludeApplications: [] },
      users: { includeUsers: ["All"], excludeUsers: [], includeGroups: [], ...users },
      locations: null,
      signInRiskLevels: [],
      ...conditions,
    },
    grantControls: { builtInControls: ["block"] },
    ...more,
  });
  const judge = (...policies: ReturnType<typeof policy>[]) =>
    judgeSignInPolicies([printer], false, policies);
  judged([
    ["none", () => judge(), ["ok"], /blocks the password of printer/],
    [
      "security defaults",
      () => judgeSignInPolicies([printer], true, []),
      ["error"],
      /security defaults are on.*printer can't sign in with a password \(535 5\.7\.139/,
    ],
    [
      "security defaults, and an account of High Volume Email",
      () => judgeSignInPolicies([printer, alerts], true, []),
      ["error"],
      /move printer, alerts to OAuth or a connector \(docs\/how-to\/send-with-a-password\.md and docs\/how-to\/high-volume-email\.md say how\)/,
    ],
    [
      "legacy authentication is blocked for all, and an account of High Volume Email",
      () => judgeSignInPolicies([alerts], false, [policy({})]),
      ["error"],
      /applies to alerts@contoso\.com of alerts.*or a connector: docs\/how-to\/high-volume-email\.md/,
    ],
    [
      "legacy authentication is blocked for all",
      () => judge(policy({})),
      ["error"],
      /\\"no legacy\\" \(block\) applies to printer@contoso\.com of printer/,
    ],
    ["the user is excluded", () => judge(policy({ excludeUsers: ["user-1"] })), ["ok"], /neither/],
    [
      "for some users, and this one",
      () => judge(policy({ includeUsers: ["user-1"] })),
      ["error"],
      /applies/,
    ],
    ["for others", () => judge(policy({ includeUsers: ["user-2"] })), ["ok"], /neither/],
    [
      "for a group",
      () => judge(policy({ includeUsers: [], includeGroups: ["group-1"] })),
      ["warning"],
      /may apply, by a group/,
    ],
    [
      "with a group that is excluded",
      () => judge(policy({ excludeGroups: ["group-1"] })),
      ["warning"],
      /may apply/,
    ],
    [
      "from some places alone",
      () => judge(policy({}, { conditions: { locations: { includeLocations: ["All"] } } })),
      ["warning"],
      /may apply/,
    ],
    [
      "a policy that is tried",
      () => judge(policy({}, { state: "enabledForReportingButNotEnforced" })),
      ["ok"],
      /neither/,
    ],
    [
      "for browsers alone",
      () => judge(policy({}, { conditions: { clientAppTypes: ["browser"] } })),
      ["ok"],
      /neither/,
    ],
    [
      "for another service",
      () => judge(policy({}, { conditions: { applications: { includeApplications: ["x"] } } })),
      ["ok"],
      /neither/,
    ],
    [
      "Exchange is excluded",
      () => {
        const applications = {
          includeApplications: ["All"],
          excludeApplications: ["00000002-0000-0FF1-CE00-000000000000"],
        };
        return judge(policy({}, { conditions: { applications } }));
      },
      ["ok"],
      /neither/,
    ],
    ["without a control", () => judge(policy({}, { grantControls: null })), ["ok"], /neither/],
  ]);
});

describe("what senders sign in with", () => {
  const secret = (start: number, end: number, displayName = "relay-lab-crm 1") => ({
    displayName,
    startDateTime: inDays(start),
    endDateTime: inDays(end),
  });
  const app =
    (
      by: SenderApp["by"],
      credentials: SenderApp["app"] | { passwordCredentials?: object[]; keyCredentials?: object[] },
      ...thumbprints: string[]
    ) =>
    () =>
      judgeExpiry(
        {
          ...{
            sender: "crm",
            clientId: APP_ID,
            by,
            ...(thumbprints.length > 0 && { thumbprints }),
          },
          app:
            credentials &&
            ({ passwordCredentials: [], keyCredentials: [], ...credentials } as SenderApp["app"]),
        },
        { stack: "prod", now: NOW },
      );
  const key = (end: number) => ({ ...secret(-1, end, "CN=crm"), customKeyIdentifier: "ab01" });
  judged([
    [
      "a secret",
      app("secret", { passwordCredentials: [secret(-1, 90)] }),
      ["ok"],
      /secret \\"relay-lab-crm 1\\" of crm is valid until 2026-08-30/,
    ],
    [
      "a secret that ends soon",
      app("secret", { passwordCredentials: [secret(-1, 89)] }),
      ["warning"],
      /expires on 2026-08-29, in 89 days.*npm run rotate -- --stack prod --sender crm/,
    ],
    [
      "one secret that ends soon, and its successor",
      app("secret", { passwordCredentials: [secret(-100, 5), secret(-1, 200, "relay-lab-crm 2")] }),
      ["ok"],
      /\\"relay-lab-crm 2\\" of crm \(the newest of 2 that are valid\)/,
    ],
    [
      "an expired secret",
      app("secret", { passwordCredentials: [secret(-100, -1)] }),
      ["error"],
      /the app of crm has no valid credential: the last one, the secret \\"relay-lab-crm 1\\", expired on 2026-05-31/,
    ],
    [
      "a secret of later",
      app("secret", { passwordCredentials: [secret(1, 10)] }),
      ["error"],
      /is valid from 2026-06-02 on/,
    ],
    ["no secret", app("secret", { keyCredentials: [key(400)] }), ["error"], /has no secret/],
    ["no app", app("secret", undefined), ["error"], /no app registration 11111111.*Deleted app/],
    [
      "a certificate",
      app("certificate", { keyCredentials: [key(90)] }, "AB01"),
      ["ok"],
      /certificate \\"CN=crm\\" of crm is valid until/,
    ],
    [
      "a certificate that ends soon",
      app("certificate", { keyCredentials: [key(89)] }, "AB01"),
      ["warning"],
      /signInCertificate of crm in the stack file/,
    ],
    [
      "another certificate than that of the stack file",
      app("certificate", { keyCredentials: [key(400)] }, "CD02"),
      ["error"],
      /does not have the certificate CD02 that the stack file has/,
    ],
    [
      "a certificate that ends soon, and the one that takes its place",
      app(
        "certificate",
        { keyCredentials: [key(20), { ...key(400), customKeyIdentifier: "cd02" }] },
        "AB01",
        "CD02",
      ),
      ["ok", "warning"],
      /certificate AB01 of crm expires on 2026-06-21, in 20 days.*have each host use the other certificate/,
    ],
    [
      "one certificate of two",
      app("certificate", { keyCredentials: [key(400)] }, "AB01", "CD02"),
      ["error"],
      /does not have the certificate CD02/,
    ],
    ["a federated identity", app("federatedIdentity", {}), ["ok"], /does not expire/],
    [
      "an adopted app, whose certificate is good and whose secret is not",
      app("adoptedApp", { passwordCredentials: [secret(-9, -1)], keyCredentials: [key(200)] }),
      ["ok"],
      /certificate/,
    ],
    [
      "an adopted app whose secret has expired",
      app("adoptedApp", { passwordCredentials: [secret(-9, -1)] }),
      ["error"],
      /ask the app's owner for a new one/,
    ],
    ["an adopted app with neither", app("adoptedApp", {}), ["ok"], /if at all/],
    ["no adopted app", app("adoptedApp", undefined), ["error"], /correct adoptApplication/],
  ]);
});

describe("this machine's clock", () => {
  const clock =
    (shownAfter: number, took = 2) =>
    () =>
      judgeClock([
        {
          host: "login.microsoftonline.com",
          shown: new Date(NOW.getTime() + shownAfter * 1000),
          asked: NOW,
          answered: new Date(NOW.getTime() + took * 1000),
        },
      ]);
  judged([
    ["is right", clock(1), ["ok"], /agrees with that of login\.microsoftonline\.com/],
    ["is right, and the answer slow", clock(1, 400), ["ok"], /agrees/],
    ["is a little behind", clock(90), ["warning"], /is 88 s behind that of/],
    ["is a little ahead", clock(-120), ["warning"], /is 119 s ahead of that of/],
    ["is behind", clock(600), ["error"], /is 10 min behind/],
    ["is of another day", clock(-86_400), ["error"], /is 24 h ahead of/],
    ["is of another month", clock(40 * 86_400), ["error"], /is 40 days behind/],
  ]);
});
