import { declareFence, newFenceParameters, wantedFence } from "../exchange/fence.ts";
import {
  connectorParameters,
  declareConnector,
  newConnectorParameters,
  wantedConnector,
} from "../exchange/inboundConnector.ts";
import { ownershipMark } from "../ownership.ts";
import { command, comment, quote, tableLines, when } from "../powershell.ts";
import type { ConnectorChoice } from "../senders/choose.ts";
import { relaySummary } from "../senders/summary.ts";
import type { EjectedStack } from "./relay.ts";
import { look, makeOnce, plainMark, type Section, set } from "./section.ts";

/**
 * The section of a sender that relays.
 *
 * @param maySendAs see `relayScope`
 */
export function connectorSection(
  choice: ConnectorChoice,
  maySendAs: string,
  stack: EjectedStack,
): Section {
  const declared = declareConnector(choice, stack);
  const form = { ...wantedConnector(declared), comment: plainMark(declared.owner) };
  const { name } = form;
  return {
    title: `Sender ${choice.sender}: an inbound connector`,
    why: `It ${relaySummary(choice, name, maySendAs)}. ${
      declared.adopt
        ? "The connector exists already and is changed."
        : `It has a connector because ${choice.because}.`
    }`,
    lines: [...fenceLines(choice, stack), ...connectorLines()],
    scopes: [],
  };

  function connectorLines(): string[] {
    return declared.adopt
      ? [
          `$found = ${command("Get-InboundConnector", { Identity: name })}`,
          ...when(`$found.Comment -eq ${quote(ownershipMark(declared.owner, true))}`, [
            `throw ${quote(`Pulumi manages the connector ${name}, and it was not changed. Run forget-marks.ps1 first.`)}`,
          ]),
          ...set("Set-InboundConnector", { Identity: name, ...connectorParameters(form) }),
        ]
      : makeOnce(
          look("Get-InboundConnector", { Identity: name }),
          "New-InboundConnector",
          newConnectorParameters(form),
        );
  }
}

/** Lines that make a sender's fence, before its connector opens. Get-TransportRule may give every rule for a name that it does not know. */
function fenceLines(choice: ConnectorChoice, stack: EjectedStack): string[] {
  const declared = declareFence(choice, stack);
  if (declared === undefined) return [];
  const form = { ...wantedFence(declared), comments: plainMark(declared.owner) };
  return [
    ...comment(
      "Its fence: a mail flow rule that refuses what comes from its addresses and is not From one of its own. It takes half an hour or longer to work.",
    ),
    ...tableLines("parameters", newFenceParameters(form)),
    ...when(`(Get-TransportRule -ResultSize Unlimited).Name -notcontains ${quote(form.name)}`, [
      "New-TransportRule @parameters | Out-Null",
    ]),
    "",
  ];
}
