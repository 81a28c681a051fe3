import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { chooseSubmission } from "../../../../mail/senders/choose.ts";
import type { CredentialGeneration } from "../../../../mail/senders/generation.ts";
import {
  isOfCredential,
  makesNewest,
  otherChanges,
  rotatedCredential,
  rotationOf,
} from "../../../../mail/senders/rotation.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";
import { DEFAULTS } from "./defaults.ts";

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
    assert.deepEqual(rotationOf(2, "password"), { phase: "settled", newest: 2, next: "3" });
    assert.equal(rotationOf([2], "password").next, "3");
  });
});

describe("rotatedCredential", () => {
  const egress = ["198.51.100.7"];
  const crm: Sender = {
    ...{ name: "crm", from: ["crm@contoso.com"], authentication: ["oauth"], egress: [] },
    ...DEFAULTS,
  };
  const adoptApplication = "11111111-2222-3333-4444-555555555555";
  const identity = { issuer: "https://idp.example", subject: "x", audience: "api://x" };
  const payroll: Partial<Sender> = { authentication: ["password"], external: 0 };
  const door: Partial<Sender> = { authentication: ["none"], external: 0, egress };
  const cases: [name: string, change: Partial<Sender>, renewed: "secret" | "password" | Error][] = [
    ["crm", {}, "secret"],
    ["plant", { authentication: ["password"], license: "SPB" }, "password"],
    ["payroll", payroll, "password"],
    ["canteen", payroll, "password"],
    [
      "news",
      { purpose: "marketing" },
      new Error(
        'sender "news" is to send with Azure Communication Services, which this stack does not set up; renew its credential there',
      ),
    ],
    [
      "portal",
      { method: "graph" },
      new Error(
        'sender "portal" is to send with Graph sendMail, which this stack does not set up; renew its credential there',
      ),
    ],
    ["door", door, new Error('sender "door" uses direct send, which signs in with nothing')],
    ["gate", door, new Error('sender "gate" uses direct send, which signs in with nothing')],
    [
      "edi",
      { authentication: ["certificate"], certificateName: "edi.contoso.com" },
      new Error(
        'sender "edi" relays with a certificate, which the stack does not hold; let its server present the new one, issued for the same name (edi.contoso.com): nothing else has to change',
      ),
    ],
    [
      "erp",
      { authentication: ["staticIp"], egress },
      new Error(
        'sender "erp" has no secret and no password, as Exchange knows it by its address; there is nothing to rotate',
      ),
    ],
    [
      "legacy",
      { adoptMailbox: true, adoptApplication },
      new Error(
        'sender "legacy" signs in with an app that is not this stack\'s; renew its credential where it is managed',
      ),
    ],
    [
      "ci",
      { federatedIdentity: [identity] },
      new Error('sender "ci" signs in with a federated identity, and so has no secret to rotate'),
    ],
    [
      "shop",
      { signInCertificate: [{ certificate: "PEM" }] },
      new Error(
        'sender "shop" signs in with a certificate; list the new one beside the present one in its signInCertificate, run npm run pulumi -- up, and take the present one out once nothing signs in with it',
      ),
    ],
  ];
  const senders = cases.map(([name, change]): Sender => ({ ...crm, ...change, name }));
  const together = chooseSubmission(senders);
  for (const [index, [name, , renewed]] of cases.entries()) {
    const alone = chooseSubmission(senders.slice(index, index + 1));
    it(`${renewed instanceof Error ? "refuses" : `renews the ${renewed} of`} ${name}, alone and beside others`, () => {
      for (const submission of [alone, together]) {
        if (renewed instanceof Error) {
          assert.throws(() => rotatedCredential(submission, name), renewed);
        } else {
          assert.equal(rotatedCredential(submission, name), renewed);
        }
      }
    });
  }
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
    [
      "another sender's password",
      change("Password", "relay-erp-password", "update", ["generation"]),
      false,
    ],
    ["its user's password", change("User", "relay-crm-user", "update", ["password"]), true],
    ["its user's name", change("User", "relay-crm-user", "update", ["displayName"]), false],
    [
      "its user's password and name",
      change("User", "relay-crm-user", "update", ["password", "displayName"]),
      false,
    ],
    ["its user, which is new", change("User", "relay-crm-user"), false],
    ["another user's password", change("User", "relay-erp-user", "update", ["password"]), false],
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
    [
      "its account's password and another property",
      change("UserPassword", "relay-crm-account-password", "update", ["password", "user"]),
      false,
    ],
    [
      "another property of its account's password",
      change("UserPassword", "relay-crm-account-password", "update", ["user"]),
      false,
    ],
    ["its account, which is new", change("UserPassword", "relay-crm-account-password"), false],
    [
      "another account's password",
      change("UserPassword", "relay-erp-account-password", "update", ["password"]),
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
    const made = change("InboundConnector", "relay-erp-connector");
    const renewed = change("ApplicationPassword", "relay-crm-secret-2");
    assert.deepEqual(otherChanges([waiting, other, made, renewed], crm), [other, made]);
  });
});
