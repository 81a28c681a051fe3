// A fence as a mail flow rule: what it lets pass, when it can't be made, and what is in its way.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  declareFence,
  fenceForm,
  fenceParameters,
  fencePattern,
  newFenceParameters,
  wantedFence,
} from "../../../../mail/exchange/fence.ts";
import { sentence } from "../../../../mail/problem.ts";
import { chooseSubmission } from "../../../../mail/senders/choose.ts";
import {
  chooseFences,
  fenceProblems,
  noFenceProblem,
  patternTotalProblem,
} from "../../../../mail/senders/fence.ts";
import { fenceConflicts, type TenantRule } from "../../../../mail/senders/fenceConflicts.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";

const ERP: Sender = {
  name: "erp",
  from: ["*@contoso.com"],
  authentication: ["staticIp"],
  egress: ["198.51.100.7"],
  adoptMailbox: false,
  requireTls: true,
  restrictToDomains: false,
  fence: true,
  credentialGeneration: 1,
  retire: false,
};
const STACK = { owner: "relays/prod", name: "prod" };

describe("the pattern of a from entry", () => {
  for (const [from, pattern] of [
    ["invoices@contoso.com", "^invoices@contoso\\.com$"],
    ["*@contoso.com", "@contoso\\.com$"],
    ["No-Reply_1@Mail.Contoso.COM", "^no-reply_1@mail\\.contoso\\.com$"],
    ["a.b+c@contoso.com", "^a\\.b\\+c@contoso\\.com$"],
    ["x^y$z|w?v{u}@contoso.com", "^x\\^y\\$z\\|w\\?v\\{u\\}@contoso\\.com$"],
    ["o'brien@contoso.com", "^o'brien@contoso\\.com$"],
  ] as const) {
    it(`of ${from} is ${pattern}, which matches it alone`, () => {
      assert.equal(fencePattern(from), pattern);
      const expression = new RegExp(pattern, "i");
      assert.ok(expression.test(from));
      assert.ok(!expression.test(`${from}.example`));
      assert.ok(!expression.test(from.replace("@", "@x.")));
      assert.equal(expression.test(`x${from}`), from.startsWith("*"));
    });
  }
});

describe("the rule of a fence", () => {
  const [choice] = chooseSubmission([ERP]).relaying;
  const declared = choice && declareFence(choice, STACK);
  assert.ok(declared);
  const wanted = wantedFence(declared);

  it("is made without a priority, so that it comes last", () => {
    assert.deepEqual(newFenceParameters(wanted), {
      Name: "relay-prod-erp",
      Mode: "Enforce",
      Comments: "Managed by Pulumi: relays/prod/erp. Changes made by hand are undone.",
      SenderIpRanges: ["198.51.100.7"],
      SenderAddressLocation: "Header",
      ExceptIfFromAddressMatchesPatterns: ["@contoso\\.com$"],
      RejectMessageReasonText:
        "Refused by the fence of the sender erp: mail from its addresses needs one of its own addresses in From.",
      RejectMessageEnhancedStatusCode: "5.7.950",
    });
  });

  it("is read back as it was sent, whatever the order and form of its lists", () => {
    const shown = { ...newFenceParameters(wanted), State: "Enabled", ExceptIfFrom: null };
    assert.deepEqual(fenceForm({ ...shown, "SentTo@odata.type": "#Collection(String)" }), wanted);
    assert.deepEqual(fenceForm({ ...shown, SenderIpRanges: "198.51.100.7/32" }), wanted);
  });

  it("is rid of what lets further mail pass, and of nothing else", () => {
    const more = {
      ...{ ExceptIfSentTo: ["a@contoso.com"], SubjectContainsWords: ["x"], ExpiryDate: "2027" },
      ...{ ExceptIfSubjectContainsWords: null, HasNoClassification: true, Priority: 3 },
      ...{ ExceptIfHasNoClassification: false, BlindCopyTo: ["b@contoso.com"] },
    };
    const { narrowedBy } = fenceForm({ ...newFenceParameters(wanted), ...more });
    assert.deepEqual(narrowedBy, [
      ...["ExceptIfSentTo", "ExpiryDate", "HasNoClassification", "SubjectContainsWords"],
    ]);
    assert.deepEqual(fenceParameters(wanted, narrowedBy), {
      ...newFenceParameters(wanted),
      ...{ ExceptIfSentTo: null, ExpiryDate: null, SubjectContainsWords: null },
      HasNoClassification: false,
    });
  });
});

describe("what a fence lets pass", () => {
  const other = (change: Partial<Sender>): Sender => ({
    ...{ ...ERP, name: "other", from: ["other@contoso.com"], fence: false },
    ...change,
  });

  it("is nothing where a sender has none", () =>
    assert.equal(chooseFences([{ ...ERP, fence: false }]).size, 0));

  it("is also what other senders send from the same addresses", () => {
    const certified = other({ authentication: ["certificate"], egress: ["198.51.100.0/28"] });
    const elsewhere = other({ name: "far", from: ["far@contoso.com"], egress: ["203.0.113.9"] });
    const signing = other({
      name: "app",
      from: ["app@contoso.com"],
      authentication: ["oauth", "staticIp"],
    });
    const narrow = { ...ERP, from: ["erp@contoso.com"] };
    assert.deepEqual(chooseFences([narrow, certified, elsewhere, signing]).get(narrow), {
      egress: ["198.51.100.7"],
      from: ["erp@contoso.com", "other@contoso.com", "app@contoso.com"],
    });
  });
});

it("a fence lets pass what comes from one address of several that two senders share", () => {
  const from = (name: string, ...egress: string[]): Sender => ({
    ...{ ...ERP, name, from: [`${name}@contoso.com`], egress },
  });
  const own = from("own", "198.51.100.7", "203.0.113.9");
  const other = from("other", "203.0.113.9", "192.0.2.1");
  assert.deepEqual(chooseFences([own, other]).get(own), {
    egress: own.egress,
    from: ["own@contoso.com", "other@contoso.com"],
  });
});

describe("a fence that can't be", () => {
  const problemsOf = (change: Partial<Sender>, isSigningIn = false) =>
    fenceProblems("s", { ...ERP, ...change }, isSigningIn).map(sentence);
  const local = (length: number) => "a".repeat(length);
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => `mailbox-number-${1000 + index}@contoso.com`);

  it("is none of a sender without the key, or with all that it needs", () => {
    assert.deepEqual(problemsOf({ fence: false, egress: [] }, true), []);
    assert.deepEqual(problemsOf({}), []);
    assert.deepEqual(problemsOf({ authentication: ["certificate"] }), []);
  });

  it("is one of a sender that signs in, or whose addresses nobody knows", () => {
    assert.deepEqual(problemsOf({}, true), [
      "s.fence: true has no effect, because a sender that signs in may send as its own addresses alone; remove it",
    ]);
    assert.deepEqual(problemsOf({ authentication: ["certificate"], egress: [] }), [
      's.fence: true needs egress: a mail flow rule knows a sender\'s mail by the address that it comes from, and not by its certificate; add egress, e.g. ["198.51.100.7"], or remove fence',
    ]);
  });

  it("is told once of a sender that is recognised by addresses and has none", () =>
    assert.deepEqual(problemsOf({ authentication: ["certificate", "staticIp"], egress: [] }), []));

  it("is one whose pattern has more than 128 characters", () => {
    const domain = `${local(53)}.example`;
    assert.deepEqual(problemsOf({ from: [`${local(63)}@${domain}`] }), []);
    const from = [`${local(64)}@${domain}`];
    const [said, ...more] = fenceProblems("s", { ...ERP, from }, false);
    assert.deepEqual([said?.key, said?.value], ["s.from[0]", from[0]]);
    assert.match(said?.rule ?? "", /^makes a pattern of 129 characters, and .* takes 128$/);
    assert.equal(said?.fix, `write "*@${domain}", or remove fence`);
    assert.deepEqual(more, []);
    const long = `*@${[local(60), local(60), "example"].join(".")}`;
    const [last] = fenceProblems("s", { ...ERP, from: [long] }, false);
    assert.equal(last?.fix, "remove fence");
  });

  it("is told to take a whole domain where that has a shorter pattern alone", () => {
    // "@", the domain with a backslash before each point, and "$".
    const domain = (length: number) => `${local(60)}.${local(length - 61)}`;
    const fixOf = (from: string) => fenceProblems("s", { ...ERP, from: [from] }, false)[0]?.fix;
    assert.equal(fencePattern(`*@${domain(125)}`).length, 128);
    assert.equal(fixOf(`x@${domain(125)}`), `write "*@${domain(125)}", or remove fence`);
    assert.equal(fixOf(`x@${domain(126)}`), "remove fence");
  });

  it("is one whose rule has more than 8 KB", () => {
    assert.deepEqual(problemsOf({ from: many(121) }), []);
    const says = (size: string, count: number) =>
      `s.fence: true makes a mail flow rule of about ${size} characters of ${count} addresses in from and 1 in egress, and Exchange takes 8,192; write from: ["*@contoso.com"] and ranges in egress, or remove fence`;
    assert.deepEqual(problemsOf({ from: many(122) }), [says("8,243", 122)]);
    assert.deepEqual(problemsOf({ from: many(121), egress: ["198.51.100.7/32"] }), []);
    assert.deepEqual(problemsOf({ from: many(121), egress: ["198.51.100.70/32"] }), [
      says("8,193", 121),
    ]);
  });

  it("are those that have more than 20 KB of patterns together, with others of the tenant", () => {
    const fence = { from: ["a@contoso.com"] };
    const { length } = fencePattern("a@contoso.com");
    const free = 20 * 1024 - length;
    assert.equal(patternTotalProblem("s", [fence], free), undefined);
    const problem = patternTotalProblem("s", [fence], free + 1);
    const fix =
      'write "*@" and the domain in place of the addresses of from, or remove fence from some senders';
    assert.deepEqual(problem, {
      key: "s",
      value: undefined,
      rule: `has fences whose patterns have 20,481 characters, with the ${(free + 1).toLocaleString("en-US")} of the tenant's other rules, and Exchange takes 20,480 in all mail flow rules of a tenant`,
      fix,
    });
    // 17 characters each.
    const own = (length: number) => Array.from({ length }, () => ({ from: ["aa@contoso.com"] }));
    assert.equal(patternTotalProblem("s", own(1204)), undefined);
    assert.deepEqual(patternTotalProblem("s", own(1205)), {
      key: "s",
      value: undefined,
      rule: "has fences whose patterns have 20,485 characters, and Exchange takes 20,480 in all mail flow rules of a tenant",
      fix,
    });
  });
});

describe("what is in the way of a fence", () => {
  const fence = {
    owner: "relays/prod/erp",
    name: "relay-prod-erp",
    senderIpRanges: [],
    from: ["*@a.example"],
  };
  const rule = (Name: string, Comments = "", patternCharacters = 0): TenantRule => ({
    ...fenceForm({ Name, Comments }),
    ...{ guid: "g1", patternCharacters },
  });
  const conflicts = (...rules: TenantRule[]) =>
    fenceConflicts(rules, [fence], ({ owner }) => ({ owner })).map(sentence);
  const OURS = "Managed by Pulumi: relays/prod/erp. Changes made by hand are undone.";

  it("is nothing of its own", () => {
    assert.deepEqual(conflicts(rule("relay-prod-erp", OURS, 20_480)), []);
    assert.deepEqual(conflicts(...Array.from({ length: 299 }, (_, index) => rule(`${index}`))), []);
    const crm = { ...fence, owner: "relays/prod/crm", name: "relay-prod-crm" };
    assert.deepEqual(
      fenceConflicts([rule("relay-prod-erp", OURS)], [crm, fence], ({ owner }) => ({ owner })),
      [],
    );
  });

  it("is a rule of its name, in any letter case", () => {
    assert.match(
      conflicts(rule("Relay-Prod-ERP"))[0] ?? "",
      /^fence of erp: name: "Relay-Prod-ERP" is the name of a mail flow rule that exists already and is not ours \(g1\); rename it, or give/,
    );
    const theirs = OURS.replace("prod", "test");
    assert.match(
      conflicts(rule("relay-prod-erp", theirs))[0] ?? "",
      /that relays\/test\/erp manages/,
    );
  });

  it("are 300 other rules, or their patterns", () => {
    const rules = Array.from({ length: 300 }, (_, index) => rule(`${index}`));
    assert.deepEqual(conflicts(...rules), [
      "tenantId: has 300 mail flow rules beside the stack's 1, and Exchange takes 300; remove rules that nobody needs, or remove fence from some senders",
    ]);
    assert.deepEqual(conflicts(rule("a", "", 20_000), rule("b", "", 480)), [
      'tenantId: has fences whose patterns have 20,492 characters, with the 20,480 of the tenant\'s other rules, and Exchange takes 20,480 in all mail flow rules of a tenant; write "*@" and the domain in place of the addresses of from, or remove fence from some senders',
    ]);
  });
});

it("a connector without addresses needs no fence", () => {
  assert.equal(noFenceProblem("c", []), undefined);
  assert.deepEqual(noFenceProblem("c", ["198.51.100.7"]), {
    key: "c",
    value: ["198.51.100.7"],
    rule: "let every host behind them send as any address of the tenant's accepted domains",
    fix: "add fence: true to the sender, which refuses what is not From its own addresses",
  });
});
