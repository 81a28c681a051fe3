// What doctor says of senders that sign in: SMTP AUTH at every level, and their apps' rights; and of DKIM.
import { describe, it } from "node:test";
import { type DkimState, judgeDkim } from "../../../../mail/doctor/exchange/dkim.ts";
import { type Grants, judgeGrants, judgeSendAs } from "../../../../mail/doctor/exchange/grants.ts";
import {
  judgeSmtpAuth,
  type PasswordPolicy,
  type SmtpAuthLevels,
} from "../../../../mail/doctor/exchange/smtpAuth.ts";
import { withStop } from "../../../../mail/stop/mark.ts";
import { expectFindings } from "./expectFindings.ts";

describe("doctor of SMTP AUTH", () => {
  const levels: SmtpAuthLevels = {
    ...{ owner: "relay/prod/shop", address: "shop@contoso.com" },
    ...{ own: false, isOffForAll: undefined, note: "" },
  };
  const stop = { at: "2026-11-27T14:03:09Z", before: { smtpAuth: false } };
  const cases: readonly (readonly [
    title: string,
    change: Partial<SmtpAuthLevels>,
    ...expected: readonly string[],
  ])[] = [
    ["on by the mailbox's own switch", {}, "ok SMTP AUTH is on for shop@contoso.com"],
    [
      "on by the organisation's",
      { own: null, isOffForAll: false },
      "ok by the organisation's switch",
    ],
    [
      "off by its own switch",
      { own: true, isOffForAll: false },
      "error SmtpClientAuthenticationDisabled of the mailbox is true; disabled for the Mailbox; up",
    ],
    [
      "off by the organisation's",
      { own: null, isOffForAll: true },
      "error leaves it to the organisation, where; disabled for the Tenant; up",
    ],
    [
      "off, as the sender was stopped",
      { own: true, note: withStop("", stop) },
      "error stopped by hand on 2026-11-27 14:03 UTC; disabled for the Mailbox; npm run start -- --stack prod --sender shop",
    ],
    [
      "left to an organisation that does not say",
      { own: null },
      "unknown Get-TransportConfig does not show; 5\\.7\\.139; .*",
    ],
  ];
  for (const [title, change, ...expected] of cases) {
    it(title, () => expectFindings(judgeSmtpAuth({ ...levels, ...change }), expected));
  }

  const ON = "ok SMTP AUTH is on";
  const policies: readonly (readonly [title: string, PasswordPolicy, expected: string])[] = [
    [
      "with a policy that lets a password in",
      { name: "p", of: "the user", allowsSmtp: true },
      'ok authentication policy "p" of the user lets shop@contoso\\.com',
    ],
    [
      "with the organisation's policy that does not",
      { name: "Block", of: "the organisation", allowsSmtp: false },
      'error "Block" of the organisation has AllowBasicAuthSmtp false; 535 5\\.7\\.139; up',
    ],
    [
      "without a policy",
      { name: "", of: "the organisation", allowsSmtp: undefined },
      "warning has no authentication policy; every protocol; up",
    ],
    [
      "with a policy that is not shown",
      { name: "p", of: "the user", allowsSmtp: undefined },
      'unknown does not show authentication policy "p"; 5\\.7\\.139; .*',
    ],
  ];
  for (const [title, policy, expected] of policies) {
    it(`of a password, ${title}`, () =>
      expectFindings(judgeSmtpAuth({ ...levels, policy }), [ON, expected]));
  }
});

describe("doctor of an app's rights", () => {
  const grants: Grants = {
    ...{ address: "shop@contoso.com", appId: "a1", isAdopted: false },
    ...{ inExchange: "e1", inEntra: "e1", isEnabled: true, right: "role", sender: "shop" },
  };
  const cases: readonly (readonly [title: string, change: Partial<Grants>, expected: string])[] = [
    ["by a role", {}, "ok app a1 may submit mail as shop@contoso.com, by role"],
    ["by full access", { right: "full access" }, "ok by full access"],
    [
      "with a disabled enterprise application",
      { isEnabled: false },
      "error is disabled; AADSTS7000112; npm run start -- --stack NAME --sender shop",
    ],
    [
      "of others, with a disabled enterprise application",
      { isEnabled: false, isAdopted: true },
      "error is disabled; AADSTS7000112; ask the app's owner",
    ],
    ["without an enterprise application", { inEntra: "" }, "error Entra has no; token; up"],
    [
      "unknown to Exchange",
      { inExchange: "" },
      "error no service principal of app a1; 5\\.7\\.3; up",
    ],
    [
      "with the object id of the registration",
      { inExchange: "r1" },
      "error has the object id r1, but the enterprise application in Entra has e1; 5\\.7\\.3; Remove-ServicePrincipal -Identity 'a1', then npm run pulumi",
    ],
    [
      "with a wrong object id, of an app of somebody else",
      { inExchange: "r1", isAdopted: true },
      "error e1; 5\\.7\\.3; owner; New-ServicePrincipal -AppId 'a1' -ObjectId 'e1'",
    ],
    ["over other mailboxes", { right: "out of scope" }, "error not in the scope; 5\\.7\\.3; up"],
    ["without any", { right: "none" }, "error has no right; 5\\.7\\.3; up"],
    [
      "without any, of somebody else's",
      { right: "none", isAdopted: true },
      "error no right; owner",
    ],
  ];
  for (const [title, change, expected] of cases) {
    it(title, () => expectFindings(judgeGrants({ ...grants, ...change }), [expected]));
  }

  it("to send as another address", () =>
    expectFindings(
      [true, false].map((held) => judgeSendAs("info@contoso.com", "shop@contoso.com", held)),
      [
        "ok shop@contoso.com may send as info@contoso.com",
        "error does not have the permission SendAs on info@contoso.com; 5\\.2\\.252; up",
      ],
    ));
});

describe("doctor of DKIM in Exchange", () => {
  const state: DkimState = {
    ...{ domain: "contoso.com", enabled: true, status: "Valid", keySize: 2048 },
    ...{ rotateOn: "2026-11-01T00:00:00Z", selectorAfter: "selector1" },
  };
  const cases: readonly (readonly [
    title: string,
    change: Partial<DkimState>,
    ...expected: readonly string[],
  ])[] = [
    ["that signs", {}, "ok Exchange signs for contoso.com$"],
    [
      "that is about to change its key",
      { rotateOn: "2026-12-01T00:00:00Z" },
      "ok signs for contoso.com; from 2026-12-01 00:00 UTC with selector1",
    ],
    [
      "that is off",
      { enabled: false },
      "error Enabled is false, and Status is Valid; not aligned; up",
    ],
    [
      "that waits for CNAME records",
      { enabled: false, status: "CnameMissing" },
      "error Status is CnameMissing; not aligned; npm run dns",
    ],
    [
      "whose CNAME records are gone",
      { status: "CnameMissing" },
      "error does not see; count the signature as failed; npm run dns",
    ],
    ["whose state is not known", { status: "" }, "unknown Status .* is empty; npm run verify"],
    [
      "with a short key",
      { keySize: 1024 },
      "warning 1024 bits; RFC 8301; Rotate-DkimSigningConfig -Identity 'contoso.com' -KeySize 2048",
    ],
  ];
  const now = new Date("2026-11-29T00:00:00Z");
  for (const [title, change, ...expected] of cases) {
    it(title, () =>
      expectFindings(judgeDkim("contoso.com", { ...state, ...change }, true, now), expected),
    );
  }

  it("that is not there", () =>
    expectFindings(
      [true, false].flatMap((isOurs) => judgeDkim("contoso.com", undefined, isOurs, now)),
      ["error has no DKIM configuration; not aligned; up", "error no DKIM; unmanaged"],
    ));
});
