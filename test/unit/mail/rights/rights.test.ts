import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Right, rightsOf } from "../../../../mail/rights/rights.ts";
import { needsOf } from "../../../../providers/kinds.ts";
import { configOf, SENDERS, STACKS } from "./stacks.ts";

const rights = (senders: readonly object[], more?: object) =>
  rightsOf(configOf(senders, more), needsOf);
const names = (all: readonly Right[], kind: Right["kind"]) =>
  all.filter((right) => right.kind === kind).map(({ name }) => name);

const EVERY_STACK = ["Domain.Read.All", "LicenseAssignment.Read.All"];

describe("the rights of a stack", () => {
  it("with connectors only: two permissions and two management roles deploy, one role and the audit log read", () => {
    const { deploy, read } = rights([SENDERS.connector]);
    assert.deepEqual(names(deploy, "permission"), EVERY_STACK);
    assert.deepEqual(names(deploy, "exchange"), ["Exchange.ManageAsApp"]);
    assert.deepEqual(names(deploy, "role").sort(), [
      "Remote and Accepted Domains",
      "Transport Hygiene",
    ]);
    assert.deepEqual(names(read, "permission"), EVERY_STACK);
    assert.deepEqual(names(read, "role"), ["View-Only Configuration", "View-Only Audit Logs"]);
    assert.deepEqual(names(read, "cmdlet"), []);
  });

  it("with direct send: the role that reads whether the organisation takes it, and for an app elsewhere none", () => {
    const direct = {
      ...{ name: "scan", from: ["scan@contoso.com"], authentication: ["none"] },
      ...{ egress: ["198.51.100.9"], external: 0 },
    };
    const news = {
      ...{ name: "news", from: ["news@contoso.com"], authentication: ["oauth"] },
      purpose: "marketing",
    };
    const roles = (...senders: object[]) => names(rights(senders).deploy, "role");
    assert.deepEqual(roles(direct), ["Transport Hygiene", "View-Only Configuration"]);
    assert.deepEqual(roles(news), ["Transport Hygiene"]);
    assert.match(
      rights([direct]).deploy.find(({ name }) => name === "View-Only Configuration")?.because ?? "",
      /\(sender scan\)$/,
    );
  });

  it("no Cloudflare permission where every domain is elsewhere, else those of the zones", () => {
    const external = STACKS["external DNS"];
    assert.deepEqual(names(rights(external?.senders ?? [], external?.more).deploy, "zone"), []);
    const { deploy, read } = rights([SENDERS.connector]);
    assert.deepEqual(names(deploy, "zone"), ["Zone Read", "DNS Edit"]);
    assert.deepEqual(names(read, "zone"), ["Zone Read", "DNS Read"]);
  });

  it("with apps: their role may be given on where access is by role, and not where it is classic", () => {
    const byRole = rights([SENDERS.secret]);
    assert.deepEqual(names(byRole.deploy, "delegating"), ["Application SMTP.SendAsApp"]);
    assert.ok(!names(byRole.deploy, "permission").includes("AppRoleAssignment.ReadWrite.All"));
    assert.deepEqual(names(byRole.read, "cmdlet"), [
      "Get-ServicePrincipal",
      "Test-ServicePrincipalAuthorization",
    ]);
    const classic = rights([SENDERS.secret], STACKS["oauth, classic"]?.more);
    assert.deepEqual(names(classic.deploy, "delegating"), []);
    assert.ok(names(classic.deploy, "permission").includes("AppRoleAssignment.ReadWrite.All"));
    assert.deepEqual(names(classic.read, "cmdlet"), ["Get-ServicePrincipal"]);
  });

  it("each extra can be asked for where a command can do something with it, and nowhere else", () => {
    const extrasOf = (sender: object) =>
      rights([sender]).deploy.flatMap(({ extra }) => extra ?? []);
    const reading = (sender: object) => rights([sender]).read.flatMap(({ extra }) => extra ?? []);
    for (const [sender, extras] of [
      [SENDERS.connector, []],
      [SENDERS.federated, ["purge"]],
      [SENDERS.secret, ["sign-in-log", "purge", "policies"]],
      [SENDERS.password, ["purge", "policies"]],
      [SENDERS.highVolume, ["purge", "policies"]],
    ] as const) {
      assert.deepEqual(extrasOf(sender), extras, sender.name);
      assert.deepEqual(
        reading(sender),
        extras.filter((extra) => extra === "policies"),
      );
    }
  });

  it("the app that reads has no right to write, in any stack", () => {
    for (const { senders, more } of Object.values(STACKS)) {
      const { read } = rights(senders, more);
      assert.deepEqual(
        read.filter(({ name }) => /ReadWrite|Edit/.test(name)),
        [],
      );
      assert.ok(names(read, "role").every((name) => name.startsWith("View-Only ")));
      assert.deepEqual(names(read, "delegating"), []);
    }
  });

  it("each right has a purpose and says for whom it is", () => {
    for (const { senders, more } of Object.values(STACKS)) {
      const { deploy, read } = rights(senders, more);
      for (const { because } of [...deploy, ...read]) {
        assert.match(because, /^\w.* \((every stack|sender|domain)/);
      }
    }
  });

  it("a stack with everything needs what its parts need, each right once", () => {
    const { deploy } = rights(Object.values(SENDERS));
    const keys = deploy.map(({ kind, name }) => `${kind} ${name}`);
    assert.deepEqual([...new Set(keys)], keys);
    for (const sender of Object.values(SENDERS)) {
      for (const { kind, name } of rights([sender]).deploy) {
        const isHeld = name === "LicenseAssignment.Read.All";
        assert.ok(isHeld || keys.includes(`${kind} ${name}`), `${sender.name}: ${name}`);
      }
    }
  });
});
