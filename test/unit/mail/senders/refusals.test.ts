import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { refusalsOf } from "../../../../mail/senders/fit.ts";
import { chooseMethod, methodProblem } from "../../../../mail/senders/method.ts";
import type { Way } from "../../../../mail/senders/methods.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";
import { DEFAULTS } from "./defaults.ts";

const base: Sender = {
  name: "one",
  from: ["one@contoso.com"],
  authentication: ["oauth", "certificate", "staticIp", "password"],
  certificateName: "r.contoso.com",
  egress: ["198.51.100.7"],
  ...DEFAULTS,
};

const OAUTH: Way = { method: "smtpAuth", by: "oauth" };
const PASSWORD: Way = { method: "smtpAuth", by: "password" };
const CERTIFICATE: Way = { method: "connector", by: "certificate" };
const ADDRESS: Way = { method: "connector", by: "staticIp" };
const HVE: Way = { method: "highVolumeEmail" };
const DIRECT: Way = { method: "directSend" };
const ACS: Way = { method: "azureCommunicationServices" };
const GRAPH: Way = { method: "graph" };

const OUTSIDE_OF = (share: number) =>
  `it sends to other organisations (external: ${share}), and this method reaches recipients inside alone: set external to 0 if all its recipients are inside`;
const ASK = (method: string) => `set method to ${method}`;
const SERVICE = `it is an Azure service, with a price and a reputation of its own: ${ASK("azureCommunicationServices")}`;
const HTTPS = `Graph takes no SMTP: an application has to call it over HTTPS: ${ASK("graph")}`;
const OUT =
  'remove via from "news" and have it sign in, or remove it and send this mail with a service that specialises in it';
const CAN =
  "it can authenticate, which is safer: set authentication to [none] if it can't authenticate";

/** A sender, a way, and each reason with its fix. */
const ROWS: readonly (readonly [change: Partial<Sender>, way: Way, ...reasons: string[]])[] = [
  [{}, OAUTH],
  [{}, PASSWORD],
  [{}, CERTIFICATE],
  [{}, ADDRESS],
  [{ external: 0 }, HVE],
  [{ external: 0, authentication: ["none"] }, DIRECT],
  [{ method: "azureCommunicationServices" }, ACS],
  [{ method: "graph" }, GRAPH],
  [
    { authentication: ["password"] },
    OAUTH,
    "authentication includes no oauth: add oauth to authentication if the sender can do it",
  ],
  [
    { authentication: ["oauth"] },
    PASSWORD,
    "authentication includes no password: add password to authentication if the sender can do it",
  ],
  [
    { authentication: ["oauth"] },
    CERTIFICATE,
    "authentication includes no certificate: add certificate to authentication if the sender can do it",
  ],
  [
    { authentication: ["oauth"] },
    ADDRESS,
    "authentication includes no staticIp: add staticIp to authentication if the sender can do it",
  ],
  [
    { authentication: ["staticIp"], external: 0.5 },
    HVE,
    "authentication includes no password: add password to authentication if the sender can do it",
    OUTSIDE_OF(0.5),
  ],
  [{}, ACS, SERVICE],
  [{ purpose: "bulk" }, ACS],
  [{ purpose: "bulk", authentication: ["password"] }, ACS],
  [{ purpose: "bulk", authentication: ["oauth"] }, ACS],
  [
    { purpose: "bulk", authentication: ["staticIp"] },
    ACS,
    "authentication includes neither oauth nor password: add oauth or password to authentication if the sender can do it",
  ],
  [{}, GRAPH, HTTPS],
  [{}, DIRECT, CAN, OUTSIDE_OF(1)],
  [
    { external: 0, authentication: ["none"], egress: [] },
    DIRECT,
    "it has no fixed public address (egress), without which its mail fails SPF: add egress",
  ],
  [
    { from: ["a@contoso.com", "*@contoso.com"] },
    OAUTH,
    "its from stands for every address of a domain, and a mailbox sends as addresses that are listed: list its addresses in from one by one",
  ],
  [
    { authentication: ["oauth"], external: 0 },
    HVE,
    "authentication includes no password, and with OAuth its app would need Mail.Send, the right to send as any user: add password to authentication if the sender can do it",
  ],
  [
    { from: ["a@contoso.com", "b@contoso.com"], external: 0 },
    HVE,
    "it sends as 2 addresses, and an account sends as its own alone: split it into several senders with an address each",
  ],
  [
    { from: ["*@contoso.com"], external: 0 },
    HVE,
    "its from stands for every address of a domain, and an account has one address: list its addresses in from one by one",
  ],
  [
    { peakPerMinute: 1500, recipientsPerDay: 12_000 },
    OAUTH,
    "it peaks at 1,500, and the limit is 30 messages a minute: have it send more slowly and set peakPerMinute to 30 or less, or set urgency to deferrable if its mail may wait",
    "it sends to 12,000, and the limit is 10,000 recipients in 24 hours: split it into several senders with an address each",
  ],
  [
    { purpose: "marketing" },
    OAUTH,
    "it sends marketing mail to other organisations, for which Microsoft refers to services that specialise in it: send this mail with Azure Communication Services or another such service",
  ],
  [
    { purpose: "marketing", external: 0 },
    PASSWORD,
    "it sends marketing mail, for which Microsoft refers to services that specialise in it: send this mail with Azure Communication Services or another such service",
  ],
  [
    { purpose: "bulk" },
    CERTIFICATE,
    "it sends bulk mail, which Microsoft calls misuse of a connector: send this mail with another method",
  ],
  ...(["oauth", "password"] as const).map(
    (can) =>
      [
        { purpose: "bulk", authentication: [can, "certificate"] },
        CERTIFICATE,
        "it sends bulk mail, which Microsoft calls misuse of a connector: send this mail with another method",
      ] as const,
  ),
  [
    { purpose: "bulk", authentication: ["certificate"] },
    CERTIFICATE,
    "it sends bulk mail, which Microsoft calls misuse of a connector: add oauth or password to authentication if the sender can do it, or remove the sender and send this mail with a service that specialises in it",
  ],
  [
    { purpose: "bulk", external: 0 },
    CERTIFICATE,
    "it sends bulk mail, for which Microsoft has High Volume Email inside: send this mail with another method",
  ],
  [
    { purpose: "bulk", external: 0, authentication: ["none"] },
    DIRECT,
    "it sends bulk mail, for which Microsoft has High Volume Email inside: add oauth or password to authentication if the sender can do it, or remove the sender and send this mail with a service that specialises in it",
  ],
  [
    { purpose: "marketing", purposeOf: ["news"] },
    CERTIFICATE,
    `"news" sends marketing mail through it, which Microsoft calls misuse of a connector: ${OUT}`,
  ],
  [
    { purpose: "marketing", purposeOf: ["news"] },
    OAUTH,
    `"news" sends marketing mail through it to other organisations, for which Microsoft refers to services that specialise in it: ${OUT}`,
  ],
  [
    { purpose: "bulk", purposeOf: ["a", "b"] },
    CERTIFICATE,
    '"a", "b" send bulk mail through it, which Microsoft calls misuse of a connector: remove via from "a", "b" and have them sign in, or remove them and send this mail with a service that specialises in it',
  ],
  // A shop whose mailbox a newsletter sends through does not move to another service with it.
  [{ purpose: "marketing", purposeOf: ["news"] }, ACS, SERVICE],
  [{ purpose: "marketing", purposeOf: ["news"], method: ACS.method }, ACS],
  [
    { runsOn: "saas" },
    ADDRESS,
    "other customers of the service send from the same addresses: have it present a certificate of your own domain, or sign in",
  ],
  [{ runsOn: "saas" }, CERTIFICATE],
  [
    { runsOn: "saas", authentication: ["none"], external: 1, egress: [] },
    DIRECT,
    "it is a service that delivers its mail itself: remove the sender, and list the service in otherServices of its domain",
  ],
  [{ authentication: ["none"], external: 0, largestMessageMB: 26.3 }, DIRECT],
  [
    { authentication: ["none"], largestMessageMB: 27 },
    DIRECT,
    "it sends to other organisations (external: 1), and this method reaches recipients inside alone: set external to 0 if all its recipients are inside",
    "it sends messages of up to 36.95, and the limit is 36 MB a message, attachments encoded, to a mailbox inside: have it send links in place of large attachments, and set largestMessageMB to 26.3 or less",
  ],
  [
    { environment: "china", external: 0 },
    HVE,
    'its tenant is in the cloud "china", and High Volume Email is generally available in the worldwide cloud alone, since 2026-03-31: have it use another method',
  ],
  [{ environment: "usgovernmentl4" }, OAUTH],
  [
    { port25: false },
    ADDRESS,
    "it can't connect to port 25 (port25: false): have port 25 opened for it, and set port25 to true",
  ],
  [
    { recipientsPerMessage: 60, external: 0 },
    HVE,
    "it addresses one message to 60, and the limit is 50 recipients a message: have it split its messages, and set recipientsPerMessage to 50 or less",
  ],
  [
    { largestMessageMB: 8, external: 0 },
    HVE,
    "it sends messages of up to 10.95, and the limit is 10 MB a message, attachments encoded: have it send links in place of large attachments, and set largestMessageMB to 7.3 or less",
  ],
  [
    {},
    { method: "onPremisesExchange" },
    "it names no Exchange server of the stack to send through: set via to the name of a sender with exchangeServer: true, and authentication to [none]",
  ],
];

describe("refusalsOf", () => {
  for (const [change, way, ...reasons] of ROWS) {
    it(`${way.by ?? way.method}, ${JSON.stringify(change)}: ${reasons.length} reasons`, () => {
      const found = refusalsOf({ ...base, ...change }, way);
      assert.deepEqual(
        found.map(({ because, fix }) => `${because}: ${fix}`),
        reasons,
      );
    });
  }
  it("is followed: what the fix of a size says is not refused", () => {
    for (const way of [OAUTH, CERTIFICATE, HVE, ACS]) {
      const [refusal] = refusalsOf(
        { ...base, external: 0, method: way.method, largestMessageMB: 500 },
        way,
      );
      const [, size] = /set largestMessageMB to ([\d.]+) or less/.exec(refusal?.fix ?? "") ?? [];
      const smaller = { ...base, external: 0, method: way.method, largestMessageMB: Number(size) };
      assert.deepEqual(refusalsOf(smaller, way), []);
    }
  });
});

describe("chooseMethod where nothing fits", () => {
  for (const [authentication, way] of [
    [["password", "staticIp", "certificate", "oauth"], OAUTH],
    [["password", "staticIp", "certificate"], CERTIFICATE],
    [["password", "staticIp"], ADDRESS],
    [["password"], PASSWORD],
    [["none"], DIRECT],
  ] as const) {
    it(`takes what ${authentication.join(", ")} stands for`, () => {
      const sender = { ...base, authentication, recipientsPerMessage: 5000 };
      const { method, by, fits } = chooseMethod(sender);
      assert.deepEqual({ method, by, fits }, { by: undefined, ...way, fits: false });
    });
  }
  for (const [method, way] of [
    ["smtpAuth", OAUTH],
    ["connector", OAUTH],
    ["graph", GRAPH],
    ["highVolumeEmail", HVE],
    ["onPremisesExchange", { method: "onPremisesExchange" }],
  ] as const) {
    it(`takes ${method} where the stack file asks for it, in the form of its authentication`, () => {
      const { fits, ...rest } = chooseMethod({
        ...{ ...base, authentication: ["oauth"], method, recipientsPerMessage: 5000 },
      });
      assert.deepEqual(
        { method: rest.method, by: rest.by, fits },
        { by: undefined, ...way, fits: false },
      );
    });
  }
  it("judges a sender once", () => assert.equal(chooseMethod(base), chooseMethod(base)));
});

describe("methodProblem", () => {
  const problem = (change: Partial<Sender>) => methodProblem("s", { ...base, ...change });
  it("is silent where a way fits", () => assert.equal(problem({}), undefined));
  it("names the three closest ways, and how to get the closest", () =>
    assert.deepEqual(problem({ authentication: ["oauth"], peakPerMinute: 45 }), {
      key: "s.authentication",
      value: ["oauth"],
      rule: "leaves the sender no submission method (client submission with OAuth: it peaks at 45, and the limit is 30 messages a minute; connector by certificate: authentication includes no certificate; connector by address: authentication includes no staticIp)",
      fix: "have it send more slowly and set peakPerMinute to 30 or less, or set urgency to deferrable if its mail may wait; or add certificate to authentication if the sender can do it; or add staticIp to authentication if the sender can do it; or set method to azureCommunicationServices",
    }));
  it("names what is to be done for each way that is as close", () =>
    assert.equal(
      problem({ authentication: ["oauth", "staticIp"], peakPerMinute: 45, runsOn: "aws" })?.fix,
      "have it send more slowly and set peakPerMinute to 30 or less, or set urgency to deferrable if its mail may wait; or ask AWS to open port 25 for it, and set port25 to true; or set method to azureCommunicationServices",
    ));
  it("names a fix once that serves two ways, and an ability where a method is asked for alone", () => {
    const both = { authentication: ["certificate", "staticIp"], port25: false } as const;
    assert.equal(
      problem(both)?.fix,
      "have port 25 opened for it, and set port25 to true; or add oauth to authentication if the sender can do it",
    );
    assert.deepEqual(problem({ authentication: ["staticIp"], method: "smtpAuth" }), {
      key: "s.method",
      value: "smtpAuth",
      rule: "does not fit the sender (client submission with OAuth: authentication includes no oauth; client submission with a password: authentication includes no password)",
      fix: "add oauth to authentication if the sender can do it, or remove method to let it use connector by address",
    });
  });
  it("names the senders whose mail counts too", () => {
    const members = ["erp", "crm"].map((name) => ({ name, from: [`${name}@contoso.com`] }));
    const found = { authentication: ["oauth"], recipientsPerDay: 20_000, members } as const;
    assert.match(
      problem(found)?.rule ?? "",
      /^leaves the sender, with what is sent through it by "erp", "crm", no submission method \(/,
    );
    assert.match(
      problem({ ...found, method: "smtpAuth" })?.rule ?? "",
      /^does not fit the sender, with what is sent through it by "erp", "crm" \(/,
    );
    assert.equal(
      problem(found)?.fix,
      'split it into several senders with an address each; or add certificate to authentication if the sender can do it; or add staticIp to authentication if the sender can do it; or set method to azureCommunicationServices; what counts is what "one", "erp", "crm" send together: change the entries that it comes from',
    );
  });
  it("shows no number above a limit as the limit itself", () =>
    assert.match(
      problem({ authentication: ["oauth"], largestMessageMB: 25.58 })?.rule ?? "",
      /up to 35\.01, and the limit is 35 MB/,
    ));
  it("names the ways of a method that is asked for, and the way that fits without", () =>
    assert.deepEqual(problem({ method: "connector", port25: false, runsOn: "saas" }), {
      key: "s.method",
      value: "connector",
      rule: "does not fit the sender (connector by certificate: it can't connect to port 25 (port25: false))",
      fix: "have port 25 opened for it, and set port25 to true, or remove method to let it use client submission with OAuth",
    }));
  it("names what a sender lacks an ability for after what only its numbers are against", () => {
    const closest = (change: Partial<Sender>) => {
      const { rule = "", fix } = problem({ egress: [], ...change }) ?? {};
      return [rule.replace(/^.*?\((.*?): .*/, "$1"), fix];
    };
    assert.deepEqual(closest({ authentication: ["none"] }), [
      "direct send",
      "set external to 0 if all its recipients are inside, and add egress; or set authentication to [staticIp], and add egress",
    ]);
    assert.deepEqual(closest({ authentication: ["staticIp"], runsOn: "saas", port25: false }), [
      "connector by address",
      "have it present a certificate of your own domain, or sign in, and have port 25 opened for it, and set port25 to true, and add egress; or add oauth to authentication if the sender can do it",
    ]);
  });
  it("names the licence that the other way needs", () => {
    const fixOf = (license?: string) =>
      problem({
        authentication: ["password"],
        method: "highVolumeEmail",
        ...(license === undefined ? {} : { license }),
      })?.fix;
    const outside = "set external to 0 if all its recipients are inside";
    const use = "to let it use client submission with a password";
    assert.equal(fixOf(), `${outside}, or remove method and add license ${use}`);
    assert.equal(fixOf("X"), `${outside}, and remove license, or remove method ${use}`);
  });
  it("names what the way that fits then has no use for, and the licence that it needs", () => {
    const many = { authentication: ["password"], recipientsPerDay: 10_001 } as const;
    const outside = "set external to 0 if all its recipients are inside";
    const split = "split it into several senders with an address each";
    const others =
      "; or add certificate to authentication if the sender can do it; or add staticIp to authentication if the sender can do it";
    assert.equal(problem(many)?.fix, `${outside}; or ${split}, and add license${others}`);
    assert.equal(
      problem({ ...many, license: "X" })?.fix,
      `${outside}, and remove license; or ${split}; or add certificate to authentication if the sender can do it, and remove license; or add staticIp to authentication if the sender can do it, and remove license`,
    );
    assert.equal(
      problem({ method: "connector", port25: false, adoptMailbox: true, license: "X" })?.fix,
      "have port 25 opened for it, and set port25 to true, and remove adoptMailbox, and remove license, or remove method to let it use client submission with OAuth",
    );
  });
  it("names the way with the fewest reasons first", () => {
    const found = problem({
      authentication: ["oauth", "certificate"],
      from: ["*@contoso.com"],
      peakPerMinute: 45,
      port25: false,
    });
    assert.match(
      found?.rule ?? "",
      /^leaves the sender no submission method \(connector by certificate: /,
    );
    assert.equal(
      found?.fix,
      "have port 25 opened for it, and set port25 to true; or list its addresses in from one by one, and have it send more slowly and set peakPerMinute to 30 or less, or set urgency to deferrable if its mail may wait; or set method to azureCommunicationServices",
    );
  });
  it("asks nobody who says that it sends outside to send inside alone, where there is another way", () => {
    const outside = { authentication: ["none"], external: 0.5 } as const;
    assert.equal(problem(outside)?.fix, "set authentication to [staticIp]");
    assert.equal(
      problem({ ...outside, port25: false })?.fix,
      "set external to 0 if all its recipients are inside, and have port 25 opened for it, and set port25 to true",
    );
  });
  it("names no service that may not be in a cloud, and no ability of one that can do nothing", () => {
    const much = { authentication: ["oauth"], recipientsPerDay: 20_000 } as const;
    assert.match(problem(much)?.fix ?? "", /; or set method to azureCommunicationServices$/);
    assert.doesNotMatch(problem({ ...much, environment: "china" })?.fix ?? "", /azure/);
    const fix = problem({ authentication: ["none"] })?.fix ?? "";
    assert.doesNotMatch(fix, /oauth|certificate|password/);
  });
  it("leaves out a way that the sender would not get by its fix, as a better one fits then", () => {
    const all = { authentication: ["password", "staticIp"], external: 0, license: "X" } as const;
    const split = (most: number) =>
      `have it split its messages, and set recipientsPerMessage to ${most} or less`;
    assert.equal(
      problem({ ...all, recipientsPerMessage: 1500 })?.fix,
      `${split(1000)}, and remove license`,
    );
    const app = { ...all, authentication: ["oauth", "staticIp"] } as const;
    assert.equal(
      problem({ ...app, recipientsPerMessage: 1500 })?.fix,
      `${split(500)}; or ${split(1000)}, and remove license`,
    );
  });
  it("names what has no use any more where it authenticates otherwise", () => {
    const { fix } =
      problem({ authentication: ["certificate"], method: "directSend", external: 0 }) ?? {};
    assert.equal(
      fix,
      "set authentication to [none] if it can't authenticate, and remove certificateName, or remove method to let it use connector by certificate",
    );
    const asked = { authentication: ["none"], external: 0 } as const;
    const remove =
      "if the sender can do it, and remove egress, or remove method to let it use direct send";
    assert.equal(
      problem({ ...asked, method: "graph" })?.fix,
      `set authentication to [oauth] ${remove}`,
    );
    assert.equal(
      problem({ ...asked, method: "highVolumeEmail" })?.fix,
      `set authentication to [password] ${remove}`,
    );
  });
  it("leaves out what one way asks for and more", () =>
    assert.equal(
      problem({
        authentication: ["oauth", "password"],
        recipientsPerDay: 20_000,
        external: 0.1,
        port25: false,
      })?.fix,
      "split it into several senders with an address each; or set method to azureCommunicationServices",
    ));
  it("lists the reasons and the fixes of the closest way", () => {
    const found = problem({
      authentication: ["oauth"],
      method: "smtpAuth",
      from: ["*@contoso.com"],
      recipientsPerDay: 20_000,
    });
    assert.match(found?.rule ?? "", /listed, and it sends to 20,000/);
    assert.equal(
      found?.fix,
      "list its addresses in from one by one, and split it into several senders with an address each",
    );
  });
});
