import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { refusalsOf } from "../../../../mail/senders/fit.ts";
import { LIMITS, type LimitId, METHOD_FACTS } from "../../../../mail/senders/limits.ts";
import { chooseMethod } from "../../../../mail/senders/method.ts";
import { nameOfWay, WAYS, type Way } from "../../../../mail/senders/methods.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";
import { DEFAULTS } from "./defaults.ts";

const base: Sender = {
  name: "one",
  from: ["one@contoso.com"],
  authentication: ["oauth"],
  egress: [],
  ...DEFAULTS,
};
const address = { authentication: ["staticIp"], egress: ["198.51.100.7"] } as const;
const certificate = { authentication: ["certificate"], certificateName: "r.contoso.com" } as const;
const anything = {
  authentication: ["oauth", "certificate", "staticIp", "password"],
  certificateName: "r.contoso.com",
  egress: ["198.51.100.7"],
} as const;
const inside = { external: 0 } as const;
const either = { authentication: ["oauth", "password"] } as const;

/** A sender, the way that it gets, and the limit that keeps it from a better one, if one does. */
type Row = readonly [
  title: string,
  change: Partial<Sender>,
  way: string,
  above?: LimitId | undefined,
];

const OAUTH = "client submission with OAuth";
const PASSWORD = "client submission with a password";
const CERTIFICATE = "connector by certificate";
const ADDRESS = "connector by address";
const HVE = "High Volume Email";
const ACS = "Azure Communication Services";

/** One below a limit, at it and one above, with what is chosen below and at it, and what above. */
function around(
  id: LimitId,
  title: string,
  change: (value: number) => Partial<Sender>,
  [fits, above]: readonly [string, string],
): Row[] {
  const { value } = LIMITS[id];
  const of = `${title}, ${id}`;
  return [
    [`${of}, one below`, change(value - 1), fits],
    [`${of}, at it`, change(value), fits],
    [`${of}, one above`, change(value + 1), above, above === fits ? undefined : id],
  ];
}

/** MB of attachments whose message has so many MB on its way (RFC 2045 section 6.8: 57 octets a line of 76 and CRLF). */
const plain = (encoded: number): number => (encoded * 57) / 78;

const ROWS: readonly Row[] = [
  // What the sender can do.
  ["an application with OAuth", {}, OAUTH],
  ["a server with a certificate", certificate, CERTIFICATE],
  ["a device with an address", address, ADDRESS],
  ["a legacy system with a password", { authentication: ["password"] }, PASSWORD],
  ["one that can do all", anything, OAUTH],
  [
    "a certificate before an address",
    { ...anything, authentication: ["staticIp", "certificate"] },
    CERTIFICATE,
  ],
  [
    "an address before a password",
    { ...address, authentication: ["password", "staticIp"] },
    ADDRESS,
  ],
  ["OAuth before a password", { authentication: ["password", "oauth"] }, OAUTH],
  [
    "no authentication, inside",
    { ...inside, authentication: ["none"], egress: ["198.51.100.7"] },
    "direct send",
  ],
  ["one that is a mailbox of many", { ...anything, from: ["*@contoso.com"] }, CERTIFICATE],
  [
    "the same by address",
    { ...address, from: ["*@contoso.com"], authentication: ["oauth", "staticIp"] },
    ADDRESS,
  ],
  // The number of messages.
  ...around(
    "messagesPerMinute",
    "messages a minute of a mailbox",
    (peakPerMinute) => ({ ...anything, peakPerMinute }),
    [OAUTH, CERTIFICATE],
  ),
  ...around(
    "messagesPerMinute",
    "messages a minute that may wait",
    (peakPerMinute) => ({ ...anything, peakPerMinute, urgency: "deferrable" }),
    [OAUTH, OAUTH],
  ),
  ...around(
    "messagesPerMinute",
    "messages a minute by password",
    (peakPerMinute) => ({ ...address, authentication: ["password", "staticIp"], peakPerMinute }),
    [ADDRESS, ADDRESS],
  ),
  ...around(
    "recipientsPerDay",
    "recipients a day of a mailbox",
    (recipientsPerDay) => ({ ...anything, recipientsPerDay }),
    [OAUTH, CERTIFICATE],
  ),
  ...around(
    "recipientsPerDay",
    "messages a day to one recipient",
    (messagesPerDay) => ({ ...anything, messagesPerDay }),
    [OAUTH, CERTIFICATE],
  ),
  [
    "5,000 messages to two recipients",
    { ...anything, messagesPerDay: 5000, recipientsPerMessage: 2 },
    OAUTH,
  ],
  [
    "5,001 messages to two recipients",
    { ...anything, messagesPerDay: 5001, recipientsPerMessage: 2 },
    CERTIFICATE,
    "recipientsPerDay",
  ],
  [
    "recipients a day that count in place of messages with as many as the largest has",
    { ...anything, messagesPerDay: 5000, recipientsPerMessage: 10, recipientsPerDay: 9000 },
    OAUTH,
  ],
  ...around(
    "recipientsPerDay",
    "recipients a day, inside, by OAuth or a password",
    (recipientsPerDay) => ({ ...either, ...inside, recipientsPerDay }),
    [OAUTH, HVE],
  ),
  ...around(
    "messagesPerMinute",
    "messages a minute, inside, by OAuth or a password",
    (peakPerMinute) => ({ ...either, ...inside, peakPerMinute }),
    [OAUTH, HVE],
  ),
  // The message.
  ...around(
    "hveRecipientsPerMessage",
    "recipients a message of HVE",
    (recipientsPerMessage) => ({
      ...inside,
      recipientsPerMessage,
      peakPerMinute: 100,
      authentication: ["password"],
    }),
    [HVE, "none"],
  ),
  ...around(
    "hveMessageSize",
    "size of a message of HVE",
    (encoded) => ({ ...either, ...inside, largestMessageMB: plain(encoded), peakPerMinute: 100 }),
    [HVE, "none"],
  ),
  ...around(
    "recipientsPerMessage",
    "recipients a message, OAuth",
    (recipientsPerMessage) => ({ recipientsPerMessage }),
    [OAUTH, "none"],
  ),
  ...around(
    "relayedRecipientsPerMessage",
    "recipients a message, certificate",
    (recipientsPerMessage) => ({ ...certificate, recipientsPerMessage }),
    [CERTIFICATE, "none"],
  ),
  ...around(
    "relayedRecipientsPerMessage",
    "recipients a message, address",
    (recipientsPerMessage) => ({ ...address, recipientsPerMessage }),
    [ADDRESS, "none"],
  ),
  ...around(
    "messageSize",
    "size of a message, OAuth",
    (encoded) => ({ largestMessageMB: plain(encoded) }),
    [OAUTH, "none"],
  ),
  ...around(
    "relayedMessageSize",
    "size of a message, certificate",
    (encoded) => ({ ...certificate, largestMessageMB: plain(encoded) }),
    [CERTIFICATE, "none"],
  ),
  ...around(
    "relayedMessageSize",
    "size of a message, address",
    (encoded) => ({ ...address, largestMessageMB: plain(encoded) }),
    [ADDRESS, "none"],
  ),
  ...around(
    "receivedMessageSize",
    "size of a message, address, a tenth inside",
    (encoded) => ({ ...address, external: 0.9, largestMessageMB: plain(encoded) }),
    [ADDRESS, "none"],
  ),
  ...around(
    "receivedMessageSize",
    "size of a message, direct send",
    (encoded) => ({
      ...inside,
      authentication: ["none"],
      egress: ["198.51.100.7"],
      largestMessageMB: plain(encoded),
    }),
    ["direct send", "none"],
  ),
  ["25.5 MB of attachments, which grow", { largestMessageMB: 25.5 }, OAUTH],
  ["25.6 MB of attachments, which grow", { largestMessageMB: 25.6 }, "none", "messageSize"],
  ...around(
    "acsRecipientsPerMessage",
    "recipients a message of ACS",
    (recipientsPerMessage) => ({ purpose: "marketing", recipientsPerMessage }),
    [ACS, "none"],
  ),
  ...around(
    "acsMessageSize",
    "size of a message of ACS",
    (encoded) => ({ purpose: "marketing", largestMessageMB: plain(encoded) }),
    [ACS, "none"],
  ),
  ...around(
    "messageSize",
    "size of a message of Graph",
    (encoded) => ({ method: "graph", largestMessageMB: plain(encoded) }),
    ["Graph sendMail", "none"],
  ),
  ...around(
    "messagesPerMinute",
    "messages a minute of Graph",
    (peakPerMinute) => ({ method: "graph", peakPerMinute }),
    ["Graph sendMail", "none"],
  ),
  ...around(
    "recipientsPerDay",
    "recipients a day of Graph",
    (recipientsPerDay) => ({ method: "graph", recipientsPerDay }),
    ["Graph sendMail", "none"],
  ),
  // What the mail is for.
  ["marketing with OAuth", { ...anything, purpose: "marketing" }, ACS],
  ["bulk to customers", { ...anything, purpose: "bulk" }, ACS],
  ["bulk to customers by certificate alone", { ...certificate, purpose: "bulk" }, "none"],
  ["bulk inside", { ...anything, ...inside, purpose: "bulk" }, OAUTH],
  ["bulk inside by address alone", { ...address, ...inside, purpose: "bulk" }, "none"],
  [
    "much bulk inside",
    { ...anything, ...inside, purpose: "bulk", recipientsPerDay: 50_000 },
    HVE,
    "recipientsPerDay",
  ],
  [
    "much bulk inside with OAuth alone, which Exchange Online has a service for",
    { ...inside, purpose: "bulk", recipientsPerDay: 50_000 },
    "none",
    "recipientsPerDay",
  ],
  [
    "the same by ACS, asked for",
    { ...inside, purpose: "bulk", method: "azureCommunicationServices", recipientsPerDay: 50_000 },
    ACS,
  ],
  [
    "marketing inside",
    { ...inside, purpose: "marketing", authentication: ["none"], egress: ["198.51.100.7"] },
    "none",
  ],
  ["a hundredth outside", { external: 0.01, recipientsPerDay: 20_000 }, "none", "recipientsPerDay"],
  // Where it runs.
  ["Azure, by certificate", { ...certificate, runsOn: "azure" }, "none"],
  [
    "Azure, by certificate, port 25 open",
    { ...certificate, runsOn: "azure", port25: true },
    CERTIFICATE,
  ],
  ["AWS, by address", { ...address, runsOn: "aws" }, "none"],
  ["Google Cloud, by address", { ...address, runsOn: "googleCloud" }, "none"],
  ["Azure, with OAuth beside", { ...anything, runsOn: "azure" }, OAUTH],
  [
    "Azure, with a password beside",
    { ...address, authentication: ["staticIp", "password"], runsOn: "azure" },
    PASSWORD,
  ],
  ["premises with port 25 closed", { ...address, runsOn: "onPremises", port25: false }, "none"],
  ["premises", { ...address, runsOn: "onPremises" }, ADDRESS],
  ["a device", { ...address, runsOn: "device" }, ADDRESS],
  ["a service by its addresses", { ...address, runsOn: "saas" }, "none"],
  ["a service by certificate", { ...certificate, runsOn: "saas" }, CERTIFICATE],
  ["a service with OAuth", { runsOn: "saas" }, OAUTH],
  [
    "a service that delivers its mail itself",
    { ...inside, authentication: ["none"], egress: ["198.51.100.7"], runsOn: "saas" },
    "none",
  ],
  // Direct send.
  ["direct send outside", { authentication: ["none"], egress: ["198.51.100.7"] }, "none"],
  ["direct send without an address", { ...inside, authentication: ["none"] }, "none"],
  [
    "direct send from Azure",
    { ...inside, authentication: ["none"], egress: ["198.51.100.7"], runsOn: "azure" },
    "none",
  ],
  // What the stack file asks for.
  ["a connector, asked for", { ...anything, method: "connector" }, CERTIFICATE],
  ["client submission, asked for", { ...anything, method: "smtpAuth" }, OAUTH],
  ["HVE, asked for", { ...either, ...inside, method: "highVolumeEmail" }, HVE],
  ["HVE by OAuth alone", { ...inside, method: "highVolumeEmail" }, "none"],
  [
    "HVE with two addresses",
    { ...either, ...inside, method: "highVolumeEmail", from: ["a@contoso.com", "b@contoso.com"] },
    "none",
  ],
  [
    "HVE with a password",
    { ...inside, method: "highVolumeEmail", authentication: ["password"] },
    HVE,
  ],
  [
    "HVE in the cloud of China",
    { ...either, ...inside, method: "highVolumeEmail", environment: "china" },
    "none",
  ],
  [
    "a password, inside, in a cloud of the US government",
    { ...inside, authentication: ["password"], environment: "usgovernmentl5" },
    PASSWORD,
  ],
  ["HVE outside", { ...either, method: "highVolumeEmail" }, "none"],
  ["HVE by address", { ...address, ...inside, method: "highVolumeEmail" }, "none"],
  [
    "HVE for a domain",
    { ...either, ...inside, method: "highVolumeEmail", from: ["*@contoso.com"] },
    "none",
  ],
  ["ACS, asked for", { method: "azureCommunicationServices" }, ACS],
  ["ACS by address", { ...address, method: "azureCommunicationServices" }, "none"],
  ["Graph, asked for", { method: "graph" }, "Graph sendMail"],
  ["Graph with a password", { method: "graph", authentication: ["password"] }, "none"],
  ["Graph for marketing", { method: "graph", purpose: "marketing" }, "none"],
  ["direct send, asked for, with OAuth", { ...inside, method: "directSend" }, "none"],
  ["on-premises Exchange without a server", { method: "onPremisesExchange" }, "none"],
];

describe(`chooseMethod, of ${ROWS.length} senders`, () => {
  for (const [title, change, way, above] of ROWS) {
    it(`${title}: ${way}`, () => {
      const choice = chooseMethod({ ...base, ...change });
      assert.equal(choice.fits ? nameOfWay(choice) : "none", way);
      const limits = choice.refused.flatMap(({ refusals }) => refusals.map(({ limit }) => limit));
      if (above !== undefined) assert.ok(limits.includes(above), `${limits} has no ${above}`);
    });
  }
  it("judges each way that it has not chosen", () => {
    for (const [, change] of ROWS) {
      const choice = chooseMethod({ ...base, ...change });
      const ways: Way[] = [
        ...choice.refused.map(({ way }) => way),
        ...choice.alsoFits,
        ...WAYS.filter((way) => choice.fits && nameOfWay(way) === nameOfWay(choice)),
      ];
      assert.deepEqual(ways.map(nameOfWay).sort(), WAYS.map(nameOfWay).sort());
    }
  });
  it("has no row of a limit or a fact that nothing is refused for or told of", () => {
    const refusals = ROWS.flatMap(([, change]) =>
      WAYS.flatMap((way) => refusalsOf({ ...base, ...change }, way)),
    );
    const facts = refusals.flatMap(({ fact }) => fact ?? []);
    assert.deepEqual([...new Set(facts)].sort(), Object.keys(METHOD_FACTS).sort());
    const limits = new Set(refusals.flatMap(({ limit }) => limit ?? []));
    const told = Object.keys(LIMITS).filter((id) => !limits.has(id as LimitId));
    assert.deepEqual(told, [
      "connections",
      "relayedRecipientsOfDomain",
      "externalRecipientsPerDay",
      "externalRecipientsPerDayOfTrial",
      "externalRecipientsPerDayOfOnMicrosoft",
      "acsMessagesPerMinute",
      "acsMessagesPerHour",
      "messagesPerHourOfPair",
      "bulkMessagesPerDay",
      "federatedIdentities",
    ]);
  });
  it("gives each refusal a reason and a fix", () => {
    for (const [, change] of ROWS) {
      for (const way of WAYS) {
        for (const { because, fix } of refusalsOf({ ...base, ...change }, way)) {
          assert.match(because, /^(it|its|authentication|other|Azure|AWS|Google|Graph)\b/);
          assert.match(fix, /^[a-z]/);
        }
      }
    }
  });
});
