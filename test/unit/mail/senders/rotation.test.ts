import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CredentialGeneration } from "../../../../mail/senders/generation.ts";
import {
  isOfCredential,
  makesNewest,
  otherChanges,
  rotationOf,
} from "../../../../mail/senders/rotation.ts";

describe("rotationOf", () => {
  it("goes from one valid secret to two, and to the newer one alone", () => {
    const steps: string[] = [];
    let written: CredentialGeneration = 1;
    for (let step = 0; step < 5; step++) {
      const { next } = rotationOf(written, "secret");
      steps.push(next);
      written = JSON.parse(next);
    }
    assert.deepEqual(steps, ["2", "[2]", "3", "[3]", "4"]);
  });
  it("takes two in a list for two", () =>
    assert.deepEqual(rotationOf([2, 3], "secret"), { phase: "overlap", newest: 3, next: "[3]" }));
  it("raises a password, of which there is one", () => {
    assert.equal(rotationOf(2, "password").next, "3");
    assert.equal(rotationOf([2], "password").next, "3");
  });
});

describe("what a preview shows of a credential", () => {
  const change = (type: string, name: string, op = "create", properties: string[] = []) => ({
    ...{ type, name, op, properties },
  });
  const crm = { sender: "crm", newest: 2 };
  const cases: [string, ReturnType<typeof change>, boolean][] = [
    ["its new secret", change("ApplicationPassword", "relay-crm-secret-2"), true],
    ["its old secret", change("ApplicationPassword", "relay-crm-secret-1", "delete"), true],
    [
      "a secret that is newer than the stack file's",
      change("ApplicationPassword", "relay-crm-secret-3", "delete"),
      false,
    ],
    ["another sender's", change("ApplicationPassword", "relay-crm-eu-secret-2"), false],
    ["its password", change("Password", "relay-crm-password", "update", ["generation"]), true],
    ["its user's password", change("User", "relay-crm-user", "update", ["password"]), true],
    ["its user's name", change("User", "relay-crm-user", "update", ["displayName"]), false],
    [
      "its account's password",
      change("UserPassword", "relay-crm-account-password", "update", ["password"]),
      true,
    ],
    [
      "the password of another account",
      change("UserPassword", "relay-crm-account-password", "replace", ["user"]),
      false,
    ],
    ["its connector", change("InboundConnector", "relay-crm-connector"), false],
  ];
  for (const [title, planned, isOf] of cases) {
    it(`${isOf ? "is" : "is not"} ${title}`, () =>
      assert.equal(isOfCredential(planned, crm), isOf));
  }
  it("makes the newest secret only where it is created", () => {
    const secret = (generation: number, op: string) =>
      change("ApplicationPassword", `relay-crm-secret-${generation}`, op);
    assert.ok(makesNewest([secret(1, "delete"), secret(2, "create")], crm));
    assert.ok(!makesNewest([secret(1, "create"), secret(2, "delete")], crm));
  });
  it("leaves out what an earlier up waits for", () => {
    const waiting = change("DkimSigning", "relay-contoso.com-dkim", "update");
    const other = change("OutboundLimit", "relay-crm-limit", "update", ["recipientsPerDay"]);
    assert.deepEqual(otherChanges([waiting, other], crm), [other]);
  });
});
