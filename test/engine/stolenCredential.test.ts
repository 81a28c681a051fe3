// What somebody can do who has shop's credential: send as shop's mailbox, and nothing else. It does not prove what a
// real tenant refuses: the lab stands in for it, with the words that are known of the real one.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { EXCHANGE_APP_ID, GRAPH_APP_ID } from "../../lab/src/world/makeDirectory.ts";
import { SEED } from "./fixture.ts";
import { openThief, type Thief } from "./thief.ts";

const DENIED = [
  403,
  "Authorization_RequestDenied",
  "Insufficient privileges to complete the operation.",
];
const NO_MAIL = [
  401,
  "NoPermissionsInAccessToken",
  "The token contains no permissions, or permissions can not be understood.",
];
const GRAPH = "https://graph.microsoft.com/.default";
const DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code";

describe(`a stolen credential, seed ${SEED}`, () => {
  let thief: Thief;

  before(async () => {
    thief = await openThief();
  });
  after(() => thief?.close());

  describe("is of no use to", () => {
    let untouched: unknown;
    beforeEach(async () => {
      untouched = structuredClone(await thief.traces());
    });
    afterEach(async () => assert.deepEqual(await thief.traces(), untouched));

    const graphSays = async (
      expected: readonly unknown[],
      attempts: [string, string, object?][],
    ) => {
      for (const attempt of attempts) {
        assert.deepEqual(await thief.graph(thief.graphToken, ...attempt), expected, attempt[1]);
      }
    };
    const refused = async (
      pattern: RegExp,
      ...changes: NonNullable<Parameters<Thief["send"]>[0]>[]
    ) => {
      for (const change of changes) {
        const { accepted, refusal } = await thief.send(change);
        assert.equal(accepted, false);
        assert.match(refusal, pattern);
      }
    };
    const idsOf = (appId: string) => {
      const { applications, servicePrincipals } = thief.lab.world.directory;
      const principal = servicePrincipals.find((held) => held.appId === appId);
      return {
        app: applications.find((held) => held.appId === appId)?.id ?? "",
        principal: principal?.id ?? "",
        role: (name: string) => principal?.appRoles.find(({ value }) => value === name)?.id ?? "",
      };
    };

    it("read mail, a colleague's or its own", () => {
      const paths = [thief.colleague, thief.signIns.shop.mailbox].flatMap((user) =>
        ["messages", "mailFolders", "mailFolders/inbox/messages"].map(
          (what) => `/v1.0/users/${user}/${what}`,
        ),
      );
      return graphSays(
        NO_MAIL,
        paths.map((path) => ["GET", path]),
      );
    });

    it("send mail by Graph", () =>
      graphSays(NO_MAIL, [
        ["POST", `/v1.0/users/${thief.colleague}/sendMail`, {}],
        ["POST", `/v1.0/users/${thief.signIns.shop.mailbox}/sendMail`, {}],
      ]));

    it("be somebody", () =>
      graphSays(
        [400, "BadRequest", "/me request is only valid with delegated authentication flow."],
        [
          ["GET", "/v1.0/me"],
          ["GET", "/v1.0/me/messages"],
        ],
      ));

    it("read the directory", () => {
      const { app, principal } = idsOf(thief.signIns.shop.clientId);
      return graphSays(
        DENIED,
        [
          ...["domains", "organization", "subscribedSkus", "users", "groups", "directoryRoles"],
          ...[`users/${thief.colleague}`, `users/${thief.colleague}/licenseDetails`],
          ...["applications", `applications/${app}`, `applications/${app}/owners`],
          ...[`applications/${app}/federatedIdentityCredentials`],
          ...["servicePrincipals", `servicePrincipals/${principal}`],
          ...[`servicePrincipals/${principal}/appRoleAssignments`],
        ].map((path) => ["GET", `/v1.0/${path}`]),
      );
    });

    it("give itself another secret, an identity or a right, or make a user", () => {
      const shop = idsOf(thief.signIns.shop.clientId);
      const [graph, exchange] = [idsOf(GRAPH_APP_ID), idsOf(EXCHANGE_APP_ID)];
      const grant = (resource: typeof graph, role: string): [string, string, object] => [
        "POST",
        `/v1.0/servicePrincipals/${resource.principal}/appRoleAssignedTo`,
        {
          principalId: shop.principal,
          resourceId: resource.principal,
          appRoleId: resource.role(role),
        },
      ];
      assert.notEqual(shop.app, "");
      return graphSays(DENIED, [
        ["POST", `/v1.0/applications/${shop.app}/addPassword`, { passwordCredential: {} }],
        ["PATCH", `/v1.0/applications/${shop.app}`, { isFallbackPublicClient: true }],
        [
          "POST",
          `/v1.0/applications/${shop.app}/federatedIdentityCredentials`,
          { name: "mine", issuer: "https://thief.example", subject: "me", audiences: ["api://x"] },
        ],
        ["POST", "/v1.0/applications", { displayName: "another" }],
        grant(graph, "Mail.Read"),
        grant(exchange, "full_access_as_app"),
        ["POST", "/v1.0/users", { displayName: "Thief" }],
        [
          "PATCH",
          `/v1.0/users/${thief.colleague}`,
          { passwordProfile: { password: "An0ther-Secret!" } },
        ],
      ]);
    });

    it("run a cmdlet of Exchange's, with either of its tokens", async () => {
      const { colleague, signIns } = thief;
      const cmdlets: [string, object][] = [
        ["Get-Mailbox", {}],
        ["Get-InboundConnector", {}],
        [
          "Add-MailboxPermission",
          { Identity: colleague, User: signIns.shop.clientId, AccessRights: ["FullAccess"] },
        ],
        ["Set-ManagementScope", { Identity: "relay-lab-shop", RecipientRestrictionFilter: "x" }],
        ["Set-CASMailbox", { Identity: colleague, SmtpClientAuthenticationDisabled: false }],
      ];
      for (const token of [thief.exchangeToken, thief.graphToken]) {
        for (const [name, parameters] of cmdlets) {
          const { status } = await thief.cmdlet(token, name, parameters);
          assert.equal(status, 401, name);
        }
      }
    });

    it("sign in to another mailbox", () =>
      refused(
        /^535 5\.7\.3 Authentication unsuccessful \[/,
        { user: thief.signIns.crm.mailbox },
        { user: thief.colleague },
        { user: thief.signIns.crm.mailbox, author: thief.signIns.crm.mailbox },
      ));

    it("write from somebody else out of its own mailbox", () =>
      refused(
        /^554 5\.2\.252 SendAsDenied; /,
        { author: thief.colleague },
        { from: thief.colleague },
        { from: thief.signIns.crm.mailbox, author: thief.signIns.crm.mailbox },
        { author: `${thief.signIns.shop.mailbox}, ${thief.colleague}` },
        { author: "somebody@elsewhere.example" },
      ));

    it("sign in with a token for another service", async () =>
      refused(
        /^535 5\.7\.3 Authentication unsuccessful \[/,
        { token: thief.graphToken },
        { token: await thief.tokenFor({ scope: "https://outlook.office.com/.default" }) },
      ));

    it("sign in with a password", () =>
      refused(
        /^535 5\.7\.139 Authentication unsuccessful, the request did not meet the criteria /,
        { password: "Sup3r-Secret!" },
        { password: thief.exchangeToken },
      ));

    it("get mail through port 25", async () => {
      const { mailbox } = thief.signIns.shop;
      const xoauth2 = `user=${mailbox}\x01auth=Bearer ${thief.exchangeToken}\x01\x01`;
      const said = await thief.talk(
        "EHLO thief.example",
        `AUTH XOAUTH2 ${Buffer.from(xoauth2).toString("base64")}`,
        `MAIL FROM:<${mailbox}>`,
        `RCPT TO:<${thief.outside}>`,
        "QUIT",
      );
      assert.ok(!said.some((line) => /^250.AUTH/.test(line)));
      const [, auth, mail, recipient] = said.filter((line) => /^\d{3} /.test(line));
      assert.match(auth ?? "", /^504 5\.7\.4 Unrecognized authentication type /);
      assert.match(mail ?? "", /^250 2\.1\.0 /);
      assert.match(recipient ?? "", /^550 5\.7\.64 TenantAttribution; Relay Access Denied /);
    });

    it("become a user", async () => {
      const user = { grant_type: "password", scope: GRAPH, password: "Sup3r-Secret!" };
      const { colleague, exchangeToken, signIns } = thief;
      const wrong =
        /^AADSTS50126: Error validating credentials due to invalid username or password/;
      assert.match(await thief.entra({ ...user, username: colleague }), wrong);
      assert.match(await thief.entra({ ...user, username: signIns.shop.mailbox }), wrong);
      assert.match(
        await thief.entra({ ...user, username: colleague }, { proves: false }),
        /^AADSTS7000218: The request body must contain .* 'client_assertion' or 'client_secret'/,
      );
      const malformed = /^AADSTS9002313: Invalid request\. Request is malformed or invalid\./;
      const code = { grant_type: "authorization_code", code: exchangeToken };
      assert.match(await thief.entra(code), malformed);
      const refresh = { grant_type: "refresh_token", refresh_token: exchangeToken };
      assert.match(await thief.entra(refresh), malformed);
      const device = { grant_type: DEVICE_CODE, device_code: "GABCDEFG" };
      assert.match(await thief.entra(device), /^AADSTS7000014: .* 'device_code' is not valid\./);
    });

    it("become another app, of this tenant or another, or reach another service", async () => {
      const own = { grant_type: "client_credentials", scope: thief.signIns.shop.scope };
      const [crm, deployer] = [thief.signIns.crm.clientId, thief.lab.world.deployer.clientId];
      const cases: [RegExp, Record<string, string>, { tenant?: string }?][] = [
        [/^AADSTS70021: No matching federated identity record found/, { client_id: crm }],
        [/^AADSTS70021: No matching federated identity record found/, { client_id: deployer }],
        [
          /^AADSTS50194: .* is not configured as a multi-tenant application/,
          {},
          { tenant: "common" },
        ],
        [
          /^AADSTS90002: Tenant '.*' not found/,
          {},
          { tenant: "11111111-1111-4111-8111-111111111111" },
        ],
        [
          /^AADSTS500011: The resource principal named https:\/\/vault\.azure\.net was not found/,
          { scope: "https://vault.azure.net/.default" },
        ],
        [
          /^AADSTS1002012: The provided value for scope .* is not valid/,
          { scope: "https://graph.microsoft.com/Mail.Read" },
        ],
      ];
      for (const [words, change, where] of cases) {
        assert.match(await thief.entra({ ...own, ...change }, where), words);
      }
      assert.equal(await thief.entra(own), "a token", "what is refused is not the request itself");
    });

    it("look into its mailbox by any other protocol", () => {
      const { mailbox } = thief.signIns.shop;
      const held = thief.lab.world.mailboxes.find(({ address }) => address === mailbox);
      const { smtpClientAuthentication: _, ...switches } = held?.clientAccess ?? {};
      assert.equal(held?.accountDisabled, true);
      assert.deepEqual(switches, {
        activeSyncEnabled: false,
        ewsEnabled: false,
        imapEnabled: false,
        macOutlookEnabled: false,
        mapiEnabled: false,
        oneWinNativeOutlookEnabled: false,
        outlookMobileEnabled: false,
        owaEnabled: false,
        owaForDevicesEnabled: false,
        popEnabled: false,
        universalOutlookEnabled: false,
        smtpClientAuthenticationDisabled: false,
      });
    });
  });

  it("was tried at nothing that the lab does not know", () =>
    assert.deepEqual(
      thief.lab.log.events({ refused: true }).filter(({ what }) => what !== "AUTH"),
      [],
    ));

  it("sends as shop's mailbox, with the same token", async () => {
    const { accepted, refusal } = await thief.send();
    assert.ok(accepted, refusal);
    const [{ envelope } = { envelope: {} }, ...others] = await thief.lab.waitForMail(1, 10_000);
    assert.deepEqual(envelope, { from: thief.signIns.shop.mailbox, to: [thief.outside] });
    assert.deepEqual(others, []);
  });
});
