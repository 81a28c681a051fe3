// Senders that neither relay by a connector nor sign in, and those that send through another one.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { toMarkdown } from "../../../../mail/review/markdown.ts";
import type { RelayOutputs } from "../../../../mail/review/preview.ts";
import { reviewStack } from "../../../../mail/review/review.ts";
import { LONGEST_TEXT } from "../../../../scripts/github/text.ts";
import { preview, relaying, resource, senders, submitting, TENANT } from "./previews.ts";

const NOW = new Date("2026-11-28T12:00:00Z");
const from = ["scan@contoso.com"];
const egress = ["198.51.100.8"];
const direct = { method: "directSend", from, egress, because: "" };
const acs = { method: "azureCommunicationServices", from, because: "" };
const connector = relaying({ from, egress });
const mailbox = submitting({ from, mailbox: from[0] });
const behind = (front: object, own = from) => ({ ...front, from: own, via: "front" });

const reviewOf = (before: RelayOutputs["senders"], after: RelayOutputs["senders"]) =>
  reviewStack(preview(senders(before, after)), NOW);
const effects = (before: RelayOutputs["senders"], after: RelayOutputs["senders"]) => {
  const { senders: changes, stops, tell } = reviewOf(before, after);
  return {
    widened: changes.flatMap(({ widened }) => widened),
    stops: stops.map(({ who, what, howLong }) => `${who}: ${what} ${howLong}`),
    tell: tell.map(({ who, text }) => `${who}: ${text}`),
  };
};
const output = (name: string) => `npm run pulumi -- stack output senders.${name} --stack prod`;
const INSIDE = "any address of contoso.com, to recipients inside alone";

describe("a sender's method in a review", () => {
  for (const { title, before, after, widened = [], stops = [], tell = [] } of [
    {
      title: "new with direct send: its address passes SPF, and reaches recipients inside alone",
      before: {},
      after: { scan: direct },
      widened: [`anybody at 198.51.100.8 may send as ${INSIDE}`],
      tell: [`scan: how to send (${output("scan")})`],
    },
    {
      title: "gone with direct send: its mail is not refused, and passes SPF no longer",
      before: { scan: direct },
      after: {},
      stops: ["scan: mail from 198.51.100.8 passes SPF no longer for good"],
    },
    {
      title: "from a connector to direct send: it may do less",
      before: { scan: connector },
      after: { scan: direct },
      widened: [`anybody at 198.51.100.8 may send as ${INSIDE}`],
      stops: [],
      tell: [`scan: how to send (${output("scan")})`],
    },
    {
      title: "from direct send to a connector: it may do more",
      before: { scan: direct },
      after: { scan: connector },
      widened: [`anybody at 198.51.100.8 may send as ${TENANT}`],
      tell: [`scan: how to send (${output("scan")})`],
    },
    {
      title: "new elsewhere: nothing is made for it",
      before: {},
      after: { scan: acs },
      tell: ["scan: set up Azure Communication Services, which this stack does not do"],
    },
    { title: "gone elsewhere: nothing stops", before: { scan: acs }, after: {} },
    {
      title: "from a mailbox to elsewhere: its sign-in ends",
      before: { scan: mailbox },
      after: { scan: acs },
      stops: [
        "scan: sign-in with a client secret is refused until it sends with Azure Communication Services, which this stack does not set up",
      ],
      tell: ["scan: set up Azure Communication Services, which this stack does not do"],
    },
    {
      title: "from elsewhere to a mailbox",
      before: { scan: acs },
      after: { scan: mailbox },
      widened: ["whoever signs in with a client secret may send as scan@contoso.com"],
      tell: [`scan: how to send (${output("scan")})`],
    },
    {
      title: "new through another one: nothing more is possible than that one may",
      before: { front: connector },
      after: { front: connector, scan: behind(connector) },
      tell: [`scan: send through "front" (${output("front")})`],
    },
    {
      title: "gone from behind another one: nothing stops",
      before: { front: connector, scan: behind(connector) },
      after: { front: connector },
    },
    {
      title: "from a connector of its own to another one's",
      before: { front: relaying({ egress: ["198.51.100.9"] }), scan: connector },
      after: {
        front: relaying({ egress: ["198.51.100.9"] }),
        scan: behind(relaying({ egress: ["198.51.100.9"] })),
      },
      stops: [
        "scan: mail from 198.51.100.8 is refused with 550 5.7.64 until it sends as the output senders.scan says",
      ],
      tell: [`scan: send through "front" (${output("front")})`],
    },
    {
      title: "an address more behind a mailbox: the right is that of the mailbox's sender",
      before: { front: mailbox },
      after: {
        front: { ...mailbox, from: [...from, "b@contoso.com"], sendAs: ["b@contoso.com"] },
        scan: behind({ ...mailbox, sendAs: ["b@contoso.com"] }, ["b@contoso.com"]),
      },
      widened: ["whoever signs in with a client secret may send as b@contoso.com too"],
      tell: [`scan: send through "front" (${output("front")})`],
    },
  ]) {
    it(title, () => assert.deepEqual(effects(before, after), { widened, stops, tell }));
  }

  it("has words of its own for an account of High Volume Email that is new, goes or moves", () => {
    const account = { ...mailbox, method: "highVolumeEmail", credential: { by: "password" } };
    assert.deepEqual(effects({ scan: account }, {}).stops, [
      "scan: no sign-in any more; the account scan@contoso.com is deleted with its password for good",
    ]);
    const moved = { ...account, from: ["new@contoso.com"], mailbox: "new@contoso.com" };
    assert.deepEqual(effects({ scan: account }, { scan: moved }).stops, [
      "scan: mail from scan@contoso.com is refused with 550 5.7.62 for good",
    ]);
    assert.deepEqual(effects({}, { scan: account }).widened, [
      "whoever signs in with a password may send as scan@contoso.com, to recipients inside alone",
    ]);
  });

  it("says that a sender may do more after a connector took the place of direct send, and not the other way round", () => {
    const mayDoMore = (before: object, after: object) =>
      reviewOf({ scan: { ...before } }, { scan: { ...after } }).senders[0]?.mayDoMore;
    assert.equal(mayDoMore(direct, connector), true);
    assert.equal(mayDoMore(connector, direct), false);
    assert.equal(mayDoMore(acs, mailbox), true);
    assert.equal(mayDoMore(mailbox, acs), false);
  });

  it("shows in its table how each sends, before and after", () => {
    const text = toMarkdown(
      [
        reviewOf(
          { scan: connector, news: mailbox, front: connector },
          { scan: direct, news: acs, front: connector, tills: behind(connector) },
        ),
      ],
      LONGEST_TEXT,
    );
    assert.match(text, /`scan` .*relay through a connector → \*\*direct send\*\*/);
    assert.match(
      text,
      /`news` .*sign in as a mailbox → \*\*Azure Communication Services, not set up by this stack\*\*/,
    );
    assert.match(
      text,
      /`tills` \*\*\(new\)\*\* .*\| through `front`: relay through a connector \|.*\| shared with `front` \|/,
    );
  });

  it("takes no resource for that of a sender behind another one whose name it begins with", () => {
    const review = reviewStack(
      preview({
        ...senders(
          { front: mailbox },
          { front: mailbox, "front-app": { ...mailbox, via: "front" } },
        ),
        resources: [resource("Application", "relay-front-app", { before: {}, after: { a: 1 } })],
      }),
      NOW,
    );
    assert.deepEqual(
      review.tell.map(({ who, text }) => [who, /new client id/.test(text)]),
      [
        ["front-app", false],
        ["front", true],
      ],
    );
  });

  it("is short for 200 senders behind one address", () => {
    const printers = Array.from({ length: 200 }, (_, index) => `printer${index}`);
    const address = (name: string) => `${name}@contoso.com`;
    const front = { ...connector, from: ["*@contoso.com", ...printers.map(address)] };
    const text = toMarkdown(
      [
        reviewOf(
          { front: connector },
          Object.fromEntries([
            ["front", front],
            ...printers.map((name) => [name, behind(front, [address(name)])] as const),
          ]),
        ),
      ],
      LONGEST_TEXT,
    );
    const [open = ""] = text.split("<details>");
    assert.match(open, /200 senders added/);
    assert.match(open, /and 194 more`?: send through/);
    assert.ok(open.split("\n").length < 50, open);
    assert.ok(open.length < 6_000, `${open.length}`);
  });
});
