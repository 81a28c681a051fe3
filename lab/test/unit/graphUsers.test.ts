import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { type GraphBench, makeGraphBench } from "./graphClient.ts";

describe("users in Graph", () => {
  let bench: GraphBench;
  let relay: Record<string, unknown>;
  let skuId: string;
  beforeEach(async () => {
    bench = await makeGraphBench("users");
    const sku = bench.world.tenant.skus[0];
    assert.ok(sku);
    skuId = sku.skuId;
    sku.consumed = 2;
    relay = {
      accountEnabled: true,
      displayName: "Relay",
      mailNickname: "relay",
      passwordProfile: { password: "Sup3r-Secret!", forceChangePasswordNextSignIn: false },
      usageLocation: "NL",
      userPrincipalName: `relay@${bench.world.tenant.domain}`,
    };
  });

  const consumed = () => bench.world.tenant.skus[0]?.consumed;
  const license = (user: string, body: object) =>
    bench.ask("POST", `/v1.0/users/${user}/assignLicense`, body);
  const add = (user: string, sku = skuId) =>
    license(user, { addLicenses: [{ skuId: sku, disabledPlans: [] }], removeLicenses: [] });

  it("refuses invalid properties, and changes nothing", async () => {
    const { domain, domains } = bench.world.tenant;
    const unverified = domains.find(({ isVerified }) => !isVerified)?.id;
    bench.world.mailboxes[0]?.emailAddresses.push(`smtp:Billing@${domain}`);
    const state = bench.state();
    const secrets = structuredClone(bench.secrets.userPasswords);
    const cases: [object, RegExp][] = [
      [
        { userPrincipalName: `relay@${unverified}` },
        /^The domain portion of the userPrincipalName/,
      ],
      [{ userPrincipalName: "relay@elsewhere.example" }, /^The domain portion of the/],
      [{ userPrincipalName: `re lay@${domain}` }, /^Property userPrincipalName is invalid\.$/],
      [
        { userPrincipalName: `ANNA@${domain}` },
        /^Another object with the same value for property userPrincipalName already exists\.$/,
      ],
      [{ userPrincipalName: `billing@${domain}` }, /for property proxyAddresses already exists/],
      [{ passwordProfile: { password: "short" } }, /^The specified password does not comply/],
      [{ passwordProfile: { password: "onlylowercaseletters" } }, /does not comply/],
      [{ passwordProfile: {} }, /does not comply/],
      [{ passwordProfile: null }, /^A value is required for property 'passwordProfile'/],
      [{ displayName: "" }, /^A value is required for property 'displayName' of resource 'User'/],
      [{ colour: "red" }, /^Invalid property 'colour'\.$/],
      [{ accountEnabled: "yes" }, /^Invalid value specified for property 'accountEnabled'/],
    ];
    for (const [change, message] of cases) {
      const answer = await bench.ask("POST", "/v1.0/users", { ...relay, ...change });
      assert.equal(answer.status, 400);
      assert.equal(answer.code, "Request_BadRequest");
      assert.match(answer.message, message);
    }
    assert.deepEqual(bench.state(), state);
    assert.deepEqual(bench.secrets.userPasswords, secrets);
  });

  it("reads a user by id or userPrincipalName, and never answers its password", async () => {
    const { body } = await bench.ask("POST", "/v1.0/users", relay);
    assert.equal(body.displayName, "Relay");
    const selected = "?$select=id,accountEnabled,usageLocation,assignedLicenses";
    const byName = await bench.ask("GET", `/v1.0/users/${relay.userPrincipalName}${selected}`);
    const { "@odata.context": _, ...read } = byName.body;
    assert.deepEqual(read, {
      id: body.id,
      accountEnabled: true,
      usageLocation: "NL",
      assignedLicenses: [],
    });
    assert.equal(bench.secrets.userPasswords[body.id], "Sup3r-Secret!");
    assert.ok(!JSON.stringify(bench.world).includes("Sup3r-Secret!"));
  });

  it("updates a user; its password only with the app role for that", async () => {
    const { id } = (await bench.ask("POST", "/v1.0/users", relay)).body;
    const path = `/v1.0/users/${id}`;
    assert.equal((await bench.ask("PATCH", path, { displayName: "Other" })).status, 204);
    assert.equal((await bench.ask("GET", path)).body.displayName, "Other");
    await bench.use(["User.ReadWrite.All"]);
    const state = bench.state();
    const reset = { passwordProfile: { password: "An0ther-Secret!" } };
    assert.equal((await bench.ask("PATCH", path, reset)).status, 403);
    assert.equal(bench.secrets.userPasswords[id], "Sup3r-Secret!");
    const taken = { userPrincipalName: `anna@${bench.world.tenant.domain}` };
    assert.equal((await bench.ask("PATCH", path, taken)).status, 400);
    assert.deepEqual(bench.state(), state);
    await bench.use(["User.ReadWrite.All", "User-PasswordProfile.ReadWrite.All"]);
    assert.equal((await bench.ask("PATCH", path, reset)).status, 204);
    assert.equal(bench.secrets.userPasswords[id], "An0ther-Secret!");
  });

  it("counts a licence, which creates a mailbox and removes it", async () => {
    const { id } = (await bench.ask("POST", "/v1.0/users", relay)).body;
    const mailbox = () =>
      bench.world.mailboxes.find((held) => held.externalDirectoryObjectId === id);
    assert.equal(mailbox(), undefined);
    assert.equal((await add(id)).status, 200);
    assert.equal((await add(id)).status, 200, "a second time changes nothing");
    assert.equal(consumed(), 3);
    assert.equal(mailbox()?.address, relay.userPrincipalName);
    assert.deepEqual(mailbox()?.emailAddresses, [
      `SMTP:${relay.userPrincipalName}`,
      `smtp:relay@${bench.world.tenant.initialDomain}`,
    ]);
    assert.equal(mailbox()?.recipientTypeDetails, "UserMailbox");
    const details = (await bench.ask("GET", `/v1.0/users/${id}/licenseDetails`)).body.value;
    assert.deepEqual(
      details.map((one: { skuId: string }) => one.skuId),
      [skuId],
    );
    await bench.ask("PATCH", `/beta/users/${id}`, { showInAddressList: false });
    await bench.ask("PATCH", `/v1.0/users/${id}`, { accountEnabled: false });
    assert.equal(mailbox()?.hiddenFromAddressListsEnabled, true);
    assert.equal(mailbox()?.accountDisabled, true);
    const back = await license(id, { addLicenses: [], removeLicenses: [skuId] });
    assert.equal(back.status, 200);
    assert.equal(consumed(), 2);
    assert.equal(mailbox(), undefined);
    const [exchange, teams] = bench.world.tenant.skus[0]?.servicePlans ?? [];
    const without = (plan = exchange) =>
      license(id, {
        addLicenses: [{ skuId, disabledPlans: [plan?.servicePlanId] }],
        removeLicenses: [],
      });
    await without();
    assert.equal(mailbox(), undefined, "the plan that brings the mailbox is disabled");
    await without(teams);
    const shown = await bench.ask("GET", `/v1.0/users/${id}?$select=assignedLicenses`);
    assert.deepEqual(shown.body.assignedLicenses, [
      { skuId, disabledPlans: [teams?.servicePlanId] },
    ]);
    assert.notEqual(mailbox(), undefined);
  });

  it("refuses a licence that can't be assigned or removed, and changes nothing", async () => {
    const { id } = (await bench.ask("POST", "/v1.0/users", relay)).body;
    const nowhere = {
      ...relay,
      usageLocation: null,
      userPrincipalName: `n${relay.userPrincipalName}`,
    };
    const { id: elsewhere } = (await bench.ask("POST", "/v1.0/users", nowhere)).body;
    const sku = bench.world.tenant.skus[0];
    assert.ok(sku);
    const state = bench.state();
    const unknown = "00000000-0000-4000-8000-000000000000";
    const answers = [
      await add(elsewhere),
      await add(id, unknown),
      await license(id, { addLicenses: [], removeLicenses: [skuId] }),
      await license(id, { addLicenses: [{ skuId, disabledPlans: [unknown] }] }),
      await license(id, { addLicenses: [{ skuId }], more: true }),
    ];
    assert.deepEqual(
      answers.map(({ status, message }) => [status, message.split(" ").slice(0, 4).join(" ")]),
      [
        [400, "License assignment cannot be"],
        [400, `License ${unknown} does not`],
        [400, "User does not have"],
        [400, "License assignment cannot be"],
        [400, "Invalid property 'more'."],
      ],
    );
    assert.deepEqual(bench.state(), state);
    sku.consumed = sku.enabled;
    const full = await add(id);
    assert.equal(
      full.message,
      `Subscription with SKU ${skuId} does not have any available licenses.`,
    );
    assert.equal(sku.consumed, sku.enabled);
  });

  it("assigns licences in their grace period where the world has it so, and no suspended ones", async () => {
    const { id } = (await bench.ask("POST", "/v1.0/users", relay)).body;
    const sku = bench.world.tenant.skus[0];
    assert.ok(sku);
    const { settings } = bench.world;
    const before = { ...sku };
    Object.assign(sku, { enabled: 2, consumed: 2, warning: 1, suspended: 9 });
    settings.expiredLicenses = "refused";
    assert.equal((await add(id)).status, 400);
    settings.expiredLicenses = "assignable";
    assert.equal((await add(id)).status, 200);
    const { id: second } = (
      await bench.ask("POST", "/v1.0/users", {
        ...relay,
        userPrincipalName: `n${relay.userPrincipalName}`,
      })
    ).body;
    assert.match((await add(second)).message, /does not have any available licenses/);
    Object.assign(sku, { ...before, warning: 0, suspended: 0 });
  });

  it("makes no mailbox for an archive or the foundation, and one for a kiosk plan", async () => {
    const { id } = (await bench.ask("POST", "/v1.0/users", relay)).body;
    const sku = bench.world.tenant.skus[0];
    assert.ok(sku);
    const hasMailbox = () =>
      bench.world.mailboxes.some((one) => one.externalDirectoryObjectId === id);
    for (const [plan, expected] of [
      ["EXCHANGE_S_ARCHIVE_ADDON", false],
      ["EXCHANGE_S_FOUNDATION", false],
      ["EXCHANGE_S_DESKLESS", true],
      ["EXCHANGE_L_STANDARD", true],
    ] as const) {
      sku.servicePlans = [{ servicePlanId: skuId, servicePlanName: plan }];
      await add(id);
      assert.equal(hasMailbox(), expected, plan);
      await license(id, { addLicenses: [], removeLicenses: [skuId] });
    }
  });

  it("frees the licence and removes the mailbox of a deleted user", async () => {
    const { id } = (await bench.ask("POST", "/v1.0/users", relay)).body;
    await add(id);
    const { address } = bench.world.mailboxes.at(-1) ?? {};
    assert.ok(address);
    const effectiveAt = bench.clock.now().toISOString();
    bench.world.mailboxPermissions.push({
      mailbox: address,
      user: "somebody",
      accessRights: ["FullAccess"],
      effectiveAt,
    });
    bench.world.recipientPermissions.push({ mailbox: "other", trustee: address, effectiveAt });
    const [policy] = bench.world.outboundPolicies;
    assert.ok(policy);
    policy.rule = { guid: "", name: "rule", priority: 0, enabled: true, from: [address, "other"] };
    for (const other of bench.world.directory.users) other.manager = id;
    assert.equal((await bench.ask("DELETE", `/v1.0/users/${id}`)).status, 204);
    assert.equal((await bench.ask("GET", `/v1.0/users/${id}`)).status, 404);
    assert.equal(consumed(), 2);
    assert.ok(!bench.world.mailboxes.some((held) => held.address === address));
    assert.deepEqual(bench.world.mailboxPermissions, []);
    assert.deepEqual(bench.world.recipientPermissions, []);
    assert.deepEqual(policy.rule.from, ["other"]);
    assert.deepEqual(
      new Set(bench.world.directory.users.map(({ manager }) => manager)),
      new Set([null]),
    );
  });

  it("refuses to remove a licence that a group gives, which counts as one with the user's own", async () => {
    const { id } = (await bench.ask("POST", "/v1.0/users", relay)).body;
    await add(id);
    const user = bench.world.directory.users.find((one) => one.id === id);
    assert.ok(user);
    user.groupLicenses = [skuId];
    const states = async () => {
      const path = `/v1.0/users/${id}?$select=assignedLicenses,licenseAssignmentStates`;
      const { assignedLicenses, licenseAssignmentStates } = (await bench.ask("GET", path)).body;
      const groups = licenseAssignmentStates.map(
        (one: { assignedByGroup: string | null }) => one.assignedByGroup !== null,
      );
      return [assignedLicenses.length, groups, consumed()];
    };
    assert.deepEqual(await states(), [1, [false, true], 3]);
    await license(id, { removeLicenses: [skuId] });
    assert.deepEqual(await states(), [1, [true], 3]);
    const state = bench.state();
    const { status, message } = await license(id, { removeLicenses: [skuId] });
    assert.deepEqual(
      [status, message],
      [
        400,
        "User license is inherited from group membership and cannot be removed directly from the user.",
      ],
    );
    assert.deepEqual(bench.state(), state);
  });

  it("keeps a shared mailbox when its account's licence is removed", async () => {
    const anna = `anna@${bench.world.tenant.domain}`;
    const mailbox = bench.world.mailboxes.find(({ address }) => address === anna);
    assert.ok(mailbox);
    mailbox.recipientTypeDetails = "SharedMailbox";
    assert.equal((await license(anna, { removeLicenses: [skuId] })).status, 200);
    assert.ok(bench.world.mailboxes.includes(mailbox));
  });

  it("answers a user's manager, or 404", async () => {
    const { users } = bench.world.directory;
    const [postmaster, anna] = users;
    assert.ok(postmaster && anna);
    const path = `/v1.0/users/${anna.id}/manager`;
    assert.equal((await bench.ask("GET", path)).status, 404);
    anna.manager = postmaster.id;
    assert.equal((await bench.ask("GET", path)).body.id, postmaster.id);
  });

  it("revokes a user's sessions, and of nobody else", async () => {
    const [, anna, other] = bench.world.directory.users;
    assert.ok(anna && other);
    const answer = await bench.ask("POST", `/v1.0/users/${anna.id}/revokeSignInSessions`, {});
    assert.deepEqual([answer.status, answer.body.value], [200, true]);
    assert.match(anna.sessionsValidFrom ?? "", /^\d{4}-/);
    assert.equal(other.sessionsValidFrom, undefined);
    assert.equal(
      (await bench.ask("POST", "/v1.0/users/none/revokeSignInSessions", {})).status,
      404,
    );
  });
});
