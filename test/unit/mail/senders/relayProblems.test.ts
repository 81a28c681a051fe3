// What is wrong between the parts of a stack file; relay.test.ts has the senders that Exchange can't tell apart.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sentence } from "../../../../mail/problem.ts";
import { relayProblems, type WrittenRelay } from "../../../../mail/senders/relayProblems.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";
import { DEFAULTS } from "./defaults.ts";

/** Senders by addresses of their own, so that no two are alike. */
const relayed = (name: string, change: Partial<Sender> = {}): Sender => ({
  name,
  from: [`${name}@contoso.com`],
  authentication: ["staticIp"],
  egress: [`198.51.100.${name.charCodeAt(0)}`],
  ...DEFAULTS,
  ...change,
});
const certified = (name: string, certificateName: string): Sender =>
  relayed(name, { authentication: ["certificate"], egress: [], certificateName });
const signing = (name: string, address: string, change: Partial<Sender> = {}): Sender =>
  relayed(name, { from: [address], authentication: ["oauth"], egress: [], ...change });
const behind = (name: string, via: string, change: Partial<Sender> = {}): Sender =>
  relayed(name, { via, authentication: ["none"], egress: [], ...change });

const erp = relayed("erp");
const asShop = (name: string) => signing(name, "shop@contoso.com");
const NOT_AGAIN =
  "is already what another sender signs in as; give each sender that signs in its own first address";
const NO_EFFECT = 'has no effect, because the sender sends through "erp"';
const outside = (value: string, domains: string, fix: string) =>
  `senders[0].from[1]: "${value}" is in none of the stack's domains (${domains}); ${fix}use an address in one of these`;
const asOne = (names: string, from: string, matched: string, through: string, own: string) =>
  `Exchange can't tell ${names} apart: make them one sender, "abc", with from: ${from} and ${matched}${through}, or give each ${own} of its own`;
const via = (others: string, key: string) =>
  `, or set via to "abc" and authentication to [none] in ${others} and remove ${key} there`;
const oneCertificate = (matched: string) =>
  asOne(
    '"abc" and "web"',
    '["abc@contoso.com","web@contoso.com"]',
    `certificateName: "${matched}"`,
    via('"web"', "certificateName"),
    "a certificate name",
  );

/** What is written; domains and names, if others than usual. */
type Row = readonly [
  title: string,
  senders: readonly (Sender | undefined)[],
  relay: Partial<WrittenRelay>,
  ...says: string[],
];

const ROWS: readonly Row[] = [
  ["nothing", [], {}],
  ["senders of every kind", [erp, asShop("shop"), certified("web", "relay.contoso.com")], {}],
  [
    "domains twice",
    [],
    { domains: ["contoso.com", undefined, undefined, "contoso.com"] },
    'domains[3].name: "contoso.com" is listed already; list each domain once',
  ],
  [
    "names twice, of which one could not be read otherwise",
    [erp, undefined],
    { names: ["erp", "erp"] },
    'senders[1].name: "erp" is already the name of another sender; give each sender its own name',
  ],
  [
    "a connector that two adopt",
    [
      relayed("abc", { adoptConnector: "Old Relay" }),
      undefined,
      relayed("fax", { adoptConnector: "old relay" }),
    ],
    {},
    'senders[2].adoptConnector: "old relay" is already adopted by another sender; have each sender adopt its own connector',
  ],
  [
    "connectors that two adopt of two",
    [relayed("abc", { adoptConnector: "A" }), relayed("fax", { adoptConnector: "B" })],
    {},
  ],
  [
    "an address that two sign in as",
    [asShop("abc"), undefined, asShop("shop")],
    {},
    `senders[2].from[0]: "shop@contoso.com" ${NOT_AGAIN}`,
  ],
  [
    "an account of High Volume Email that another one signs in as",
    [
      asShop("abc"),
      signing("hve", "shop@contoso.com", {
        method: "highVolumeEmail",
        authentication: ["password"],
        external: 0,
      }),
    ],
    {},
    `senders[1].from[0]: "shop@contoso.com" ${NOT_AGAIN}`,
  ],
  [
    "an address that one signs in as and another relays as",
    [asShop("abc"), relayed("fax", { from: ["shop@contoso.com"] })],
    {},
  ],
  ["an address of two that relay", [erp, relayed("fax", { from: erp.from })], {}],
  [
    "one that sends through another one as what a third signs in as",
    [asShop("abc"), erp, { ...asShop("crm"), via: "erp" }],
    {},
    `senders[2].authentication: ["oauth"] ${NO_EFFECT}; use [none], as it does not authenticate to Microsoft 365`,
  ],
  [
    "an address outside",
    [relayed("abc", { from: ["abc@contoso.com", "abc@fabrikam.com"] })],
    { domains: ["contoso.com", "contoso.net"] },
    outside("abc@fabrikam.com", "contoso.com, contoso.net", "add its domain to domains, or "),
  ],
  [
    "an address of Microsoft's domain",
    [relayed("abc", { from: ["abc@contoso.com", "abc@contoso.onmicrosoft.com"] })],
    {},
    outside("abc@contoso.onmicrosoft.com", "contoso.com", ""),
  ],
  ["addresses where no domain is listed", [erp], { domains: [] }],
  [
    "addresses outside where a domain could not be read",
    [erp],
    { domains: ["contoso.net", undefined] },
  ],
  [
    "numbers that can't all be true",
    [relayed("abc", { messagesPerDay: 5, recipientsPerDay: 3 })],
    {},
    "senders[0].messagesPerDay: 5 is more than recipientsPerDay (3); use 3 or less, or set recipientsPerDay to 5 or more",
  ],
  [
    "a sender without the setting of its authentication",
    [undefined, relayed("abc", { egress: [] })],
    {},
    'senders[1].authentication: ["staticIp"] includes staticIp, but egress is empty; add egress, e.g. ["198.51.100.7"]',
  ],
  [
    "the same of one whose name another one has that sends through a third",
    [relayed("abc", { egress: [] }), behind("abc", "erp"), erp],
    {},
    'senders[1].name: "abc" is already the name of another sender; give each sender its own name',
    'senders[0].authentication: ["staticIp"] includes staticIp, but egress is empty; add egress, e.g. ["198.51.100.7"]',
  ],
  [
    "one that sends through another one, from its address",
    [erp, behind("crm", "erp", { authentication: ["staticIp"], egress: erp.egress })],
    {},
    `senders[1].egress: ${NO_EFFECT}; remove egress`,
    `senders[1].authentication: ["staticIp"] ${NO_EFFECT}; use [none], as it does not authenticate to Microsoft 365`,
  ],
  [
    "one that uses direct send from a connector's address",
    [erp, relayed("fax", { authentication: ["none"], external: 0, egress: erp.egress })],
    {},
    `senders[1].egress: "${erp.egress[0]}" is matched by the connector of "erp", which Exchange takes this sender for; set via to "erp" and remove egress, or give it an address of its own`,
  ],
  [
    "two at one address",
    [relayed("abc"), relayed("axe")],
    {},
    `senders[1].egress: "198.51.100.97" is matched by "abc" already; ${asOne('"abc" and "axe"', '["abc@contoso.com","axe@contoso.com"]', 'egress: ["198.51.100.97"]', via('"axe"', "egress"), "an address")}`,
  ],
  [
    "a range that an address of another one is in, which has all of its domain",
    [
      relayed("abc", { egress: ["198.51.100.8/29"], from: ["*@contoso.com"] }),
      relayed("axe", { egress: ["198.51.100.9"] }),
    ],
    {},
    `senders[1].egress: "198.51.100.9" shares addresses with 198.51.100.8/29 of "abc"; ${asOne('"abc" and "axe"', '["*@contoso.com"]', 'egress: ["198.51.100.8/29"]', via('"axe"', "egress"), "an address")}`,
  ],
  [
    "addresses that two share in part, so that neither has those of both",
    [
      relayed("abc", { egress: ["198.51.100.8", "198.51.100.9"] }),
      relayed("axe", { egress: ["198.51.100.9", "198.51.100.10"] }),
    ],
    {},
    `senders[1].egress: "198.51.100.9" is matched by "abc" already; ${asOne('"abc" and "axe"', '["abc@contoso.com","axe@contoso.com"]', 'egress: ["198.51.100.8","198.51.100.9","198.51.100.10"]', "", "an address")}`,
  ],
  [
    "two with one certificate",
    [certified("abc", "relay.contoso.com"), certified("web", "relay.contoso.com")],
    {},
    `senders[1].certificateName: "relay.contoso.com" is matched by "abc" already; ${oneCertificate("relay.contoso.com")}`,
  ],
  [
    "two of which one's certificate is for the domain itself",
    [certified("abc", "*.Contoso.com"), certified("web", "contoso.com")],
    {},
    `senders[1].certificateName: "contoso.com" shares certificates with "*.Contoso.com" of "abc"; ${oneCertificate("*.Contoso.com")}`,
  ],
];

const problemsOf = (
  senders: readonly (Sender | undefined)[],
  relay: Partial<WrittenRelay> = {},
  stack = "lab",
) =>
  relayProblems(
    { domains: ["contoso.com"], names: senders.map((sender) => sender?.name), senders, ...relay },
    stack,
    { domains: "domains", senders: "senders" },
  ).map(sentence);

describe("relayProblems", () => {
  for (const [title, senders, relay, ...says] of ROWS) {
    it(`${says.length === 0 ? "takes" : "refuses"} ${title}`, () =>
      assert.deepEqual(problemsOf(senders, relay), says));
  }

  it("refuses names that are too long for Exchange with the stack's", () => {
    const stack = "s".repeat(54);
    assert.deepEqual(problemsOf([relayed("abc")], {}, stack), []);
    assert.deepEqual(problemsOf([erp, relayed("abcd")], {}, stack), [
      `senders[1].name: "relay-${stack}-abcd" has 65 characters, but a connector's name can have at most 64; shorten the name of the sender or of the stack`,
    ]);
  });

  it("refuses fences that have more patterns together than Exchange takes", () => {
    const fenced = (name: string) =>
      relayed(name, {
        fence: true,
        from: Array.from(
          { length: 80 },
          (_, index) => `${name}-${"x".repeat(40)}-${index}@contoso.com`,
        ),
      });
    const four = ["a", "b", "c", "d"].map(fenced);
    assert.deepEqual(problemsOf(four), []);
    const [said = "", ...more] = problemsOf([...four, undefined, fenced("e")]);
    assert.match(
      said,
      /^senders: has fences whose patterns have 2\d,\d{3} characters, and Exchange takes 20,480 in all/,
    );
    assert.deepEqual(more, []);
  });
});
