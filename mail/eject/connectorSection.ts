import {
  connectorParameters,
  declareConnector,
  newConnectorParameters,
  wantedConnector,
} from "../exchange/inboundConnector.ts";
import { ownershipMark } from "../ownership.ts";
import { command, quote, when } from "../powershell.ts";
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
    lines: declared.adopt
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
        ),
    scopes: [],
  };
}
