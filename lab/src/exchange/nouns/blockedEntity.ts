import { type Cmdlet, give, giveNothing } from "../cmdlet.ts";
import { roundTrip } from "../times.ts";

/**
 * The restricted entities: connectors and mailboxes that Defender lets send nothing. The properties are those that public
 * scripts read of these cmdlets; no page lists them.
 */
const getBlockedConnector: Cmdlet = {
  reads: true,
  parameters: { ConnectorId: { is: "text" } },
  mandatory: [],
  run(bound, { world }) {
    const id = bound.text("ConnectorId")?.toLowerCase();
    const blocked = world.mailFlow.blockedConnectors.filter(
      ({ connectorId }) => id === undefined || connectorId.toLowerCase() === id,
    );
    return give(
      ...blocked.map(({ connectorId, reason, createdAt }) => ({
        ConnectorId: connectorId,
        ConnectorName: world.connectors.find(({ guid }) => guid === connectorId)?.name ?? "",
        TenantId: world.tenant.id,
        Reason: reason,
        CreatedTime: roundTrip(createdAt),
      })),
    );
  },
};

const removeBlockedConnector: Cmdlet = {
  reads: false,
  parameters: { ConnectorId: { is: "text" } },
  mandatory: ["ConnectorId"],
  run(bound, { world }) {
    const id = bound.text("ConnectorId")?.toLowerCase();
    const { mailFlow } = world;
    mailFlow.blockedConnectors = mailFlow.blockedConnectors.filter(
      ({ connectorId }) => connectorId.toLowerCase() !== id,
    );
    return giveNothing();
  },
};

const address = { is: "identity", type: "Microsoft.Exchange.Data.SmtpAddress" } as const;

const getBlockedSenderAddress: Cmdlet = {
  reads: true,
  parameters: { SenderAddress: address },
  mandatory: [],
  run(bound, { world, clock }) {
    const given = bound.text("SenderAddress")?.toLowerCase();
    const now = clock.now().getTime();
    const restricted = world.submission.restricted.filter(
      ({ mailbox, until }) =>
        (until === null || Date.parse(until) > now) && (given === undefined || mailbox === given),
    );
    return give(
      ...restricted.map(({ mailbox }) => ({
        SenderAddress: mailbox,
        Reason: "OutboundSpamLast24Hours=0;OutboundMailLast24Hours=0",
      })),
    );
  },
};

const removeBlockedSenderAddress: Cmdlet = {
  reads: false,
  parameters: { SenderAddress: address },
  mandatory: ["SenderAddress"],
  run(bound, { world }) {
    const given = bound.text("SenderAddress")?.toLowerCase();
    const { submission } = world;
    submission.restricted = submission.restricted.filter(({ mailbox }) => mailbox !== given);
    return giveNothing();
  },
};

export const blockedEntityCmdlets = {
  "Get-BlockedConnector": getBlockedConnector,
  "Remove-BlockedConnector": removeBlockedConnector,
  "Get-BlockedSenderAddress": getBlockedSenderAddress,
  "Remove-BlockedSenderAddress": removeBlockedSenderAddress,
};
