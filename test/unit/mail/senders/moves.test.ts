import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sentence } from "../../../../mail/problem.ts";
import {
  accountMoveProblem,
  type HolderKind,
  lostAddressProblems,
  type Move,
  moveProblems,
  type SenderMailbox,
  unmarkedProblem,
} from "../../../../mail/senders/moves.ts";

/** `erp at a` wants a shared mailbox at a@contoso.com, `erp at a as user` a user's. */
function mailbox(text: string): SenderMailbox {
  const [, sender = "", local = "", user] = /^(\w+) at (\w+)( as user)?$/.exec(text) ?? [];
  return { sender, address: `${local}@contoso.com`, kind: user === undefined ? "shared" : "user" };
}

/** What the stack is to have; each mailbox with the sender that holds its place, if one does, and what it is of it. */
type Wanted = readonly (readonly [mailbox: string, holder?: string, kind?: HolderKind])[];

const movesOf = (wanted: Wanted): Move[] =>
  wanted.flatMap(([text, sender, kind = "shared"]) =>
    sender === undefined ? [] : [{ wanted: mailbox(text), holder: { sender, kind } }],
  );

const first = (sender: string, address: string, wanted: string, holder: string) =>
  `mailbox of ${sender}: address: "${address}@contoso.com" is to be the address of a ${wanted}, but the ${holder} has to go first`;
const anew = (sender: string) =>
  `give it another name and another address; or remove "${sender}" from the stack file and run pulumi up, then add it again with an empty mailbox and run pulumi up`;
const alias = (sender: string, address: string, user: string) =>
  `mailbox of ${sender}: address: "${address}@contoso.com" is the address of the user of sender "${user}", who keeps it as an alias; choose another address`;
const until = (sender: string, address: string, holder: string) =>
  `mailbox of ${sender}: address: "${address}@contoso.com" is the address of sender "${holder}" until an up has moved that one`;
const steps = (...all: string[]) =>
  `make one change at a time, with pulumi up after each: ${all.join(", then ")}`;
const FREE = "an address that no mailbox has";

const CHAIN = `${until("three", "two", "two")}; ${steps('"one" to free@contoso.com', '"two" to one@contoso.com', '"three" to two@contoso.com')}`;

const PROBLEMS: readonly [title: string, wanted: Wanted, ...says: string[]][] = [
  ["nothing that moves", [["one at one"], ["two at two"]]],
  ["a sender's own mailbox", [["one at one", "one"]]],
  ["a sender's own user", [["one at one as user", "one", "user"]]],
  ["a shared mailbox whose sender is gone", [["one at one", "gone"]]],
  [
    "a shared mailbox that is to be a user",
    [["one at one as user", "one"]],
    `${first("one", "one", "user", 'shared mailbox of sender "one"')}; ${anew("one")}`,
  ],
  [
    "a user that is to be a shared mailbox",
    [["one at one", "one", "user"]],
    `${first("one", "one", "shared mailbox", 'user of sender "one"')}; ${anew("one")}`,
  ],
  [
    "a user whose sender is gone",
    [["one at one as user", "gone", "user"]],
    `${first("one", "one", "user", 'user of sender "gone"')}; ${anew("one")}`,
  ],
  [
    "a shared mailbox whose sender is gone, for a user",
    [["one at one as user", "gone"]],
    `${first("one", "one", "user", 'shared mailbox of sender "gone"')}; ${anew("one")}`,
  ],
  [
    "an account of a sender that stays",
    [["one at one", "two", "account"], ["two at two"]],
    `${first("one", "one", "shared mailbox", 'account of High Volume Email of sender "two"')}; ${anew("one")}`,
  ],
  [
    "a user that moves",
    [["one at free as user"], ["two at one", "one", "user"]],
    alias("two", "one", "one"),
  ],
  [
    "a mailbox that moves away",
    [["one at free"], ["two at one", "one"]],
    `${until("two", "one", "one")}; ${steps('"one" to free@contoso.com', '"two" to one@contoso.com')}`,
  ],
  ["a chain of three", [["one at free"], ["two at one", "one"], ["three at two", "two"]], CHAIN],
  [
    "the same, listed from its end",
    [["three at two", "two"], ["two at one", "one"], ["one at free"]],
    CHAIN,
  ],
  [
    "two that exchange their addresses",
    [
      ["one at two", "two"],
      ["two at one", "one"],
    ],
    `${until("two", "one", "one")}; ${steps(`"one" to ${FREE}`, '"two" to one@contoso.com', '"one" to two@contoso.com')}`,
  ],
  [
    "three in a circle",
    [
      ["one at three", "three"],
      ["two at one", "one"],
      ["three at two", "two"],
    ],
    `${until("three", "two", "two")}; ${steps(`"one" to ${FREE}`, '"two" to one@contoso.com', '"three" to two@contoso.com', '"one" to three@contoso.com')}`,
  ],
  [
    "a circle and a chain",
    [["one at two", "two"], ["three at free"], ["four at three", "three"], ["two at one", "one"]],
    `${until("two", "one", "one")}; ${steps(`"one" to ${FREE}`, '"two" to one@contoso.com', '"one" to two@contoso.com')}`,
    `${until("four", "three", "three")}; ${steps('"three" to free@contoso.com', '"four" to three@contoso.com')}`,
  ],
  [
    "a chain whose first can't have its address",
    [["user at free as user"], ["two at user", "user", "user"], ["more at two", "two"]],
    alias("two", "user", "user"),
    `${until("more", "two", "two")}; ${steps(`"two" to ${FREE}`, '"more" to two@contoso.com')}`,
  ],
];

describe("moveProblems", () => {
  for (const [title, wanted, ...says] of PROBLEMS) {
    it(`${says.length === 0 ? "takes" : "refuses"} ${title}`, () => {
      const stack = wanted.map(([text]) => mailbox(text));
      assert.deepEqual(moveProblems(movesOf(wanted), stack).map(sentence), says);
    });
  }

  it("has senders that are protected retired first", () => {
    const fixesOf = (kept: string[], ...wanted: Wanted) =>
      moveProblems(
        movesOf(wanted),
        wanted.map(([text]) => mailbox(text)),
        kept,
      ).map(({ fix }) => fix);
    const otherWay = ["one at one", "one", "user"] as const;
    const retire = (names: string) => `set retire: true for ${names} and run pulumi up; then `;
    assert.deepEqual(fixesOf(["one"], otherWay), [`${retire('"one"')}${anew("one")}`]);
    assert.deepEqual(fixesOf(["one", "gone"], ["one at one", "gone", "user"]), [
      `${retire('"one" and "gone"')}${anew("one")}`,
    ]);
    assert.deepEqual(fixesOf(["two", "three"], otherWay), [anew("one")]);
    const inOrder = steps('"one" to free@contoso.com', '"two" to one@contoso.com');
    assert.deepEqual(fixesOf(["one", "two"], ["one at free"], ["two at one", "one"]), [
      `${retire('"one" and "two"')}${inOrder}`,
    ]);
  });
});

describe("accountMoveProblem", () => {
  const account = { sender: "news", address: "news@contoso.com" };
  const IS = 'account of news: address: "news@contoso.com" is to be the address of an account';
  const ANEW =
    'give it another name and another address; or remove "news" from the stack file and run pulumi up, then add it again with another password and run pulumi up';
  it("says what has to go first", () =>
    assert.equal(
      sentence(accountMoveProblem(account, { sender: "news", kind: "shared" }, [])),
      `${IS} of High Volume Email, but the shared mailbox of sender "news" has to go first; ${ANEW}`,
    ));
  it("has both senders retired first where they are protected", () =>
    assert.equal(
      sentence(accountMoveProblem(account, { sender: "old", kind: "account" }, ["old", "news"])),
      `${IS} of High Volume Email, but the account of High Volume Email of sender "old" has to go first; set retire: true for "news" and "old" and run pulumi up; then ${ANEW}`,
    ));
});

describe("unmarkedProblem", () => {
  it("says how the mark comes back", () =>
    assert.equal(
      sentence(unmarkedProblem("one@contoso.com", "one")),
      'address: "one@contoso.com" is the mailbox of sender "one", and is not marked as this stack\'s; keep the name and address of "one" and run pulumi up --refresh, which marks it, then make this change',
    ));
});

describe("lostAddressProblems", () => {
  type Sends = [mailbox: string, ...sendAs: string[]];
  const LOST =
    'mailbox of two: from: "one@contoso.com" is the address of sender "one", which loses it in this run; remove the address, or let that sender keep it';
  const asOne: Sends = ["two at two", "other", "one"];
  const rows: [title: string, before: string | undefined, now: Sends[], ...says: string[]][] = [
    ["an address that nobody has had", undefined, [asOne]],
    ["an address that stays", "one at one", [["one at one"], asOne]],
    ["an address that another one gets", "one at one", [["new at one"], asOne]],
    ["a lost one that nobody sends as", "one at one", [["two at two", "other"]]],
    ["one that a user keeps", "one at one as user", [["one at free as user"], asOne]],
    ["one whose sender goes", "one at one", [asOne], LOST],
    ["one whose sender moves", "one at one", [["one at free"], asOne], LOST],
    ["one of a mailbox that becomes a user", "one at one", [["one at free as user"], asOne], LOST],
    ["one of a user that goes", "one at one as user", [asOne], LOST],
    [
      "one of a user that goes beside another user",
      "one at one as user",
      [["three at three as user"], asOne],
      LOST,
    ],
    [
      "one of a user that becomes a shared mailbox",
      "one at one as user",
      [["one at free"], asOne],
      LOST,
    ],
  ];
  for (const [title, before, now, ...says] of rows) {
    it(`${says.length === 0 ? "takes" : "refuses"} ${title}`, () => {
      const had = before === undefined ? [] : [mailbox(before)];
      const senders = now.map(([text, ...sendAs]) => ({
        ...mailbox(text),
        sendAs: sendAs.map((local) => `${local}@contoso.com`),
      }));
      assert.deepEqual(lostAddressProblems(had, senders).map(sentence), says);
    });
  }
});
