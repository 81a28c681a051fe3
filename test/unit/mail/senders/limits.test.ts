// Each limit against what Microsoft's pages say: a number, what it counts for, whose mail, and where that stands.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  externalRecipientLimit,
  LIMITS,
  type Limit,
  type LimitId,
  licensesFor,
  METHOD_FACTS,
  type MethodFact,
  type MethodFactId,
} from "../../../../mail/senders/limits.ts";

const LEARN = "https://learn.microsoft.com";
const SERVICE = `${LEARN}/office365/servicedescriptions/exchange-online-service-description/exchange-online-limits`;
const COPY =
  "https://connectioncloudsupport.zendesk.com/hc/en-us/articles/4408038011673-Exchange-Online-Sending-and-Receiving-Limits";
const SUBMISSION = `${LEARN}/exchange/troubleshoot/send-emails/smtp-submission-improvements`;
const HVE = `${LEARN}/exchange/mail-flow-best-practices/high-volume-mails-m365`;
const ACS = `${LEARN}/azure/communication-services/concepts/service-limits`;
const BLOG = "https://techcommunity.microsoft.com/blog/exchange";
const TERRL = `${BLOG}/introducing-exchange-online-tenant-outbound-email-limits/4372797`;

const MAILBOX = "smtpAuth, graph";
const RELAYED = "connector, onPremisesExchange, directSend";
const OUTWARDS = "smtpAuth, graph, connector, onPremisesExchange";
const AZURE = "azureCommunicationServices";

type Row = readonly [
  value: number,
  scope: Limit["scope"],
  methods: string,
  source: string,
  quotedBy?: string,
];

const ROWS: Readonly<Record<LimitId, Row>> = {
  messagesPerMinute: [30, "mailbox", MAILBOX, SUBMISSION],
  connections: [3, "mailbox", "smtpAuth", SUBMISSION],
  recipientsPerDay: [10_000, "mailbox", MAILBOX, SUBMISSION],
  recipientsPerMessage: [500, "message", MAILBOX, SERVICE, COPY],
  relayedRecipientsPerMessage: [
    1000,
    "message",
    RELAYED,
    `${LEARN}/powershell/module/exchangepowershell/set-transportconfig`,
  ],
  relayedRecipientsOfDomain: [
    200,
    "message",
    RELAYED,
    `${LEARN}/exchange/troubleshoot/email-delivery/ndr/non-delivery-reports-in-exchange-online`,
    "https://developerpublish.com/microsoft-365-exchange-error-code-4-5-3-too-many-recipients",
  ],
  messageSize: [35, "message", MAILBOX, `${LEARN}/graph/api/attachment-createuploadsession`],
  relayedMessageSize: [
    150,
    "message",
    RELAYED,
    `${LEARN}/office365/servicedescriptions/exchange-online-protection-service-description/exchange-online-protection-limits`,
  ],
  receivedMessageSize: [36, "recipient", RELAYED, SERVICE, COPY],
  externalRecipientsPerDay: [10_000, "tenant", OUTWARDS, TERRL],
  externalRecipientsPerDayOfTrial: [5000, "tenant", OUTWARDS, TERRL],
  externalRecipientsPerDayOfOnMicrosoft: [
    100,
    "tenant",
    OUTWARDS,
    `${BLOG}/limiting-onmicrosoft-domain-usage-for-sending-emails/4446167`,
    "https://dmarcwise.io/blog/onmicrosoft-sending-limits",
  ],
  hveRecipientsPerMessage: [50, "message", "highVolumeEmail", HVE],
  hveMessageSize: [10, "message", "highVolumeEmail", HVE],
  acsMessagesPerMinute: [30, "resource", AZURE, ACS],
  acsMessagesPerHour: [100, "resource", AZURE, ACS],
  acsRecipientsPerMessage: [50, "message", AZURE, ACS],
  acsMessageSize: [10, "message", AZURE, ACS],
  messagesPerHourOfPair: [
    1188,
    "receiver",
    `${RELAYED}, ${AZURE}`,
    "https://app.cloudscout.one/evergreen-item/MC272450",
  ],
  bulkMessagesPerDay: [
    5000,
    "receiver",
    `${OUTWARDS}, ${AZURE}`,
    "https://support.google.com/a/answer/81126",
  ],
  federatedIdentities: [
    20,
    "app",
    "smtpAuth",
    `${LEARN}/entra/workload-id/workload-identity-federation-considerations`,
  ],
};

describe("LIMITS", () => {
  it("has these limits and no other", () =>
    assert.deepEqual(Object.keys(LIMITS).sort(), Object.keys(ROWS).sort()));
  for (const [id, [value, scope, methods, source, quotedBy]] of Object.entries(ROWS)) {
    it(`has ${value} for ${id}, with its page and the day it was read`, () => {
      const limit: Limit = LIMITS[id as LimitId];
      assert.equal(limit.id, id);
      assert.deepEqual(
        [limit.value, limit.scope, limit.methods.join(", "), limit.source, limit.quotedBy],
        [value, scope, methods, source, quotedBy],
      );
      assert.equal(limit.read, "2026-11-29");
    });
  }
});

describe("METHOD_FACTS", () => {
  const MULTIFUNCTION = `${LEARN}/exchange/mail-flow-best-practices/how-to-set-up-a-multifunction-device-or-application-to-send-email-using-microsoft-365-or-office-365`;
  const NYLAS = "https://cli.nylas.com/guides/smtp-ports-blocked-on-cloud-servers";
  const rows: Readonly<
    Record<MethodFactId, readonly [says: string, source: string, quotedBy?: string]>
  > = {
    bulkByConnector: [
      "Inbound connectors of OnPremises type are not designed to relay bulk mail to the internet, and any such activity is a misuse",
      `${LEARN}/exchange/mail-flow-best-practices/use-connectors-to-configure-mail-flow/inbound-connector-faq`,
    ],
    bulkByMailbox: [
      "Customers who send bulk mail to other organisations, such as newsletters, should use a service that specialises in it; Exchange Online does not support bulk mail",
      SERVICE,
      COPY,
    ],
    sharedAddresses: [
      "SMTP relay by a connector does not support mail from applications that a third party hosts",
      MULTIFUNCTION,
    ],
    directSendInside: [
      "Direct send reaches recipients inside the organisation alone, and Microsoft recommends an SPF record with its address",
      MULTIFUNCTION,
    ],
    highVolumeInside: [
      "High Volume Email sends to recipients inside the organisation alone (550 5.5.105)",
      `${LEARN}/exchange/mail-flow-best-practices/troubleshoot-high-volume-email-m365`,
      "https://mc.merill.net/message/MC1243552",
    ],
    highVolumeClouds: [
      "High Volume Email is generally available in the worldwide cloud alone, since 2026-03-31",
      "https://mc.merill.net/message/MC1243552",
    ],
    port25OfAzure: [
      "Azure lets machines of Enterprise Agreement and MCA-E subscriptions connect to port 25 outside, and blocks it for the other types",
      `${LEARN}/azure/virtual-network/troubleshoot-outbound-smtp-connectivity`,
    ],
    port25OfAws: [
      "AWS restricts port 25 outwards from EC2, and lifts that on request",
      "https://repost.aws/knowledge-center/ec2-port-25-throttle",
      NYLAS,
    ],
    port25OfGoogleCloud: [
      "Google Cloud blocks port 25 to addresses outside",
      "https://cloud.google.com/compute/docs/tutorials/sending-mail",
      NYLAS,
    ],
  };
  for (const [id, [says, source, quotedBy]] of Object.entries(rows)) {
    it(`says of ${id} what its page says`, () => {
      const fact: MethodFact = METHOD_FACTS[id as MethodFactId];
      assert.deepEqual(fact, {
        ...{ says, source, read: "2026-11-29" },
        ...(quotedBy === undefined ? {} : { quotedBy }),
      });
    });
  }
  it("has these facts and no other", () =>
    assert.deepEqual(Object.keys(METHOD_FACTS).sort(), Object.keys(rows).sort()));
});

describe("licensesFor", () => {
  it("gives the fewest licences whose limit is enough, for each number of recipients", () => {
    let fewest = 1;
    let isRounded = false;
    for (let recipients = 0; recipients <= 30_000; recipients++) {
      while (externalRecipientLimit(fewest) < recipients) fewest++;
      isRounded ||= 500 * fewest ** 0.7 + 9500 < recipients;
      assert.equal(licensesFor(recipients), fewest, String(recipients));
    }
    assert.ok(isRounded, "no number was enough by rounding alone");
  });
});
