// What a sender says that it can do, against what it says of itself: the whole sentences.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sentence } from "../../../../mail/problem.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";
import { senderProblems } from "../../../../mail/senders/senderProblems.ts";
import { DEFAULTS } from "./defaults.ts";

const egress = ["198.51.100.7"];
const erp: Sender = {
  ...{ name: "erp", from: ["*@contoso.com"], authentication: ["staticIp"], egress },
  ...DEFAULTS,
};
const edi: Sender = {
  ...{ ...erp, authentication: ["certificate"], egress: [] },
  certificateName: "edi.contoso.com",
};
const { certificateName: _, ...unnamed } = edi;
const door: Sender = { ...erp, authentication: ["none"], external: 0 };
const shop: Sender = {
  ...{ ...erp, from: ["orders@contoso.com"], authentication: ["oauth"], egress: [] },
};

describe("senderProblems", () => {
  const cases: [title: string, sender: Sender, says: string[]][] = [
    ["an address", erp, []],
    ["a certificate", edi, []],
    ["a certificate, and addresses for its fence", { ...edi, egress, fence: true }, []],
    ["either", { ...edi, authentication: ["certificate", "staticIp"], egress }, []],
    ["nothing to authenticate with", door, []],
    ["OAuth", shop, []],
    [
      "a certificate without its name",
      unnamed,
      [
        's.authentication: ["certificate"] includes certificate, but certificateName is missing; add certificateName, e.g. "relay.contoso.com"',
      ],
    ],
    [
      "the name of no certificate",
      { ...erp, certificateName: "erp.contoso.com" },
      [
        's.certificateName: "erp.contoso.com" has no effect, because authentication does not include certificate; add certificate to authentication, or remove certificateName',
      ],
    ],
    [
      "no address",
      { ...erp, egress: [], fence: true },
      [
        's.authentication: ["staticIp"] includes staticIp, but egress is empty; add egress, e.g. ["198.51.100.7"]',
      ],
    ],
    [
      "a fence of one that signs in, and could relay",
      { ...shop, authentication: ["oauth", "staticIp"], egress: ["198.51.100.7"], fence: true },
      [
        "s.fence: true has no effect, because a sender that signs in may send as its own addresses alone; set method to connector, or remove it",
      ],
    ],
    [
      "a fence of one that signs in",
      { ...shop, fence: true },
      [
        "s.fence: true has no effect, because a sender that signs in may send as its own addresses alone; remove it",
      ],
    ],
    [
      "none beside another way",
      { ...erp, authentication: ["staticIp", "none"] },
      [
        's.authentication: ["staticIp","none"] includes none beside ways to authenticate; remove none',
      ],
    ],
    ["two ways, none of which is none", { ...erp, authentication: ["staticIp", "password"] }, []],
    [
      "addresses that are listed again",
      { ...erp, egress: ["198.51.100.7", "198.51.100.8", "198.51.100.7", "198.51.100.8"] },
      [
        's.egress[2]: "198.51.100.7" is listed already; list each address once',
        's.egress[3]: "198.51.100.8" is listed already; list each address once',
      ],
    ],
    [
      "what it says of signing in",
      { ...shop, requireTls: false },
      [
        "s.requireTls: false has no effect, because a sender that signs in always uses TLS; remove it",
      ],
    ],
  ];
  for (const [title, sender, says] of cases) {
    it(`${says.length === 0 ? "takes" : "refuses"} ${title}`, () =>
      assert.deepEqual(senderProblems("s", sender).map(sentence), says));
  }

  const inside: Sender = { ...door, external: 1 };
  it("says that no method fits", () => {
    const [problem, ...others] = senderProblems("s", inside);
    assert.equal(problem?.key, "s.authentication");
    assert.match(problem?.rule ?? "", /^leaves the sender no submission method \(/);
    assert.deepEqual(others, []);
  });
  it("says so only where nothing else is wrong", () =>
    assert.deepEqual(
      senderProblems("s", { ...inside, egress: [...egress, ...egress] }).map(({ key }) => key),
      ["s.egress[1]"],
    ));
});
