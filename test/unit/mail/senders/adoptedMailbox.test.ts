import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sentence } from "../../../../mail/problem.ts";
import {
  type AddressHolder,
  addressTakenProblem,
  adoptionProblem,
  describeMailboxAdoption,
  describeSwitch,
} from "../../../../mail/senders/adoptedMailbox.ts";

const ADDRESS = "support@contoso.com";
const SUPPORT: AddressHolder = {
  type: "SharedMailbox",
  name: "Support",
  primary: ADDRESS,
  aliases: [],
  userName: ADDRESS,
  place: "the address",
  owner: undefined,
};
const alias = { place: "an alias", primary: "help@contoso.com" } as const;

describe("addressTakenProblem", () => {
  const ADOPT =
    "set adoptMailbox: true for the sender to send from this mailbox, or choose another address";
  const OTHER = "choose another address";
  const rows: [title: string, holder: Partial<AddressHolder>, mayAdopt: boolean, fix: string][] = [
    ["a shared mailbox", {}, true, ADOPT],
    ["a user's mailbox", { type: "UserMailbox" }, true, ADOPT],
    ["a room", { type: "RoomMailbox" }, true, ADOPT],
    ["a piece of equipment", { type: "EquipmentMailbox" }, true, ADOPT],
    ["a sender that can't adopt", {}, false, OTHER],
    ["a group", { type: "MailUniversalDistributionGroup" }, true, OTHER],
    ["an alias", { place: "an alias" }, true, OTHER],
    ["a user name", { place: "the user name" }, true, OTHER],
    ["another stack's mailbox", { owner: "relay/test/crm" }, true, OTHER],
  ];
  for (const [title, change, mayAdopt, fix] of rows) {
    const holder = { ...SUPPORT, ...change };
    it(`says of ${title}: ${fix}`, () =>
      assert.equal(
        sentence(addressTakenProblem(ADDRESS, holder, mayAdopt)),
        `address: "${ADDRESS}" is ${holder.place} of ${holder.type} "Support" (${ADDRESS}) already; ${fix}`,
      ));
  }
});

describe("adoptionProblem", () => {
  const OWNERS = { owner: "relay/prod/erp", formerOwners: ["relay/test/erp"] };
  const OWN =
    "is to be adopted, but it is the sender's own mailbox, which the stack created; remove adoptMailbox";
  const SIGNS_IN = "and a sender signs in with the primary address; put";
  const OTHER = "choose the address of another mailbox";
  const asBefore = { aliases: ["old@contoso.com", "desk@contoso.com"] };
  const BEFORE = `is to be adopted, but is the mailbox that sender "crm" has adopted as desk@contoso.com; make desk@contoso.com its primary address again, or remove "crm" from the stack file and run pulumi up, then make this change and run pulumi up`;
  const rows: [title: string, holder: Partial<AddressHolder> | undefined, says?: string][] = [
    [
      "nobody's address",
      undefined,
      "is to be adopted, but no mailbox has this address; create the mailbox first, or remove adoptMailbox to let the stack create it",
    ],
    ["a mailbox of nobody's", {}],
    ["a mailbox with aliases", { aliases: ["old@contoso.com"] }],
    ["the sender's own mailbox", { owner: "relay/prod/erp" }, OWN],
    ["the same from before the stack was renamed", { owner: "relay/test/erp" }, OWN],
    [
      "another sender's mailbox",
      { owner: "relay/prod/crm" },
      `is to be adopted, but relay/prod/crm manages this mailbox; ${OTHER}`,
    ],
    [
      "a group",
      { type: "GroupMailbox" },
      `is to be adopted, but is the address of GroupMailbox "Support" (${ADDRESS}), which can't sign in to send; ${OTHER}`,
    ],
    ["a mailbox that a sender has by what is an alias now", asBefore, BEFORE],
    ["the same by another alias", { ...asBefore, ...alias }, BEFORE],
    ["a mailbox that a sender has by this address", { aliases: [ADDRESS] }],
    [
      "an alias",
      alias,
      `is to be adopted, but is an alias of SharedMailbox "Support" (help@contoso.com), ${SIGNS_IN} help@contoso.com first in from, or ${OTHER}`,
    ],
    [
      "a user name",
      { place: "the user name" },
      `is to be adopted, but is the user name of SharedMailbox "Support" (${ADDRESS}), ${SIGNS_IN} ${ADDRESS} first in from, or ${OTHER}`,
    ],
  ];
  const adopted = [
    { sender: "web", address: "web@contoso.com" },
    { sender: "erp", address: ADDRESS },
    { sender: "crm", address: "desk@contoso.com" },
  ];
  for (const [title, change, says] of rows) {
    it(`${says === undefined ? "lets a sender adopt" : "refuses"} ${title}`, () => {
      const holder = change && { ...SUPPORT, ...change };
      const problem = adoptionProblem(ADDRESS, holder, OWNERS, adopted);
      assert.equal(
        problem && sentence(problem),
        says === undefined ? undefined : `address: "${ADDRESS}" ${says}`,
      );
    });
  }
  it("knows of no earlier run where it is given none", () =>
    assert.equal(adoptionProblem(ADDRESS, { ...SUPPORT, ...asBefore }, OWNERS), undefined));
});

describe("the switch of SMTP AUTH", () => {
  it("is on, off or the organisation's", () =>
    assert.deepEqual([false, true, null].map(describeSwitch), [
      "on",
      "off",
      "the organisation's setting",
    ]));
});

describe("describeMailboxAdoption", () => {
  const rows: [before: boolean | null, isOn: boolean, change: string][] = [
    [false, true, "on already"],
    [null, true, "on by the organisation's setting already"],
    [true, false, "off -> on, until the sender is removed"],
    [null, false, "the organisation's setting -> on, until the sender is removed"],
  ];
  const says = (change: string) =>
    `mailbox ${ADDRESS} (SharedMailbox "Support") is adopted: SMTP AUTH ${change}; nothing else of it is changed`;
  for (const [before, isOn, change] of rows) {
    it(`says: ${change}`, () =>
      assert.equal(describeMailboxAdoption(SUPPORT, before, isOn), says(change)));
  }
  it("names a user name that is not the address", () => {
    const sentenceOf = (userName: string) =>
      describeMailboxAdoption({ ...SUPPORT, userName }, false, true);
    assert.equal(sentenceOf(""), says("on already"));
    assert.equal(
      sentenceOf("s@contoso.com"),
      `${says("on already")}; its user name is s@contoso.com: if a sign-in as ${ADDRESS} ends with 535 5.7.3, sign in as s@contoso.com`,
    );
  });
});
