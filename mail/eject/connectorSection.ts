import {
  connectorParameters,
  declareConnector,
  newConnectorParameters,
  wantedConnector,
} from "../exchange/inboundConnector.ts";
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
      ? set("Set-InboundConnector", { Identity: name, ...connectorParameters(form) })
      : makeOnce(
          look("Get-InboundConnector", { Identity: name }),
          "New-InboundConnector",
          newConnectorParameters(form),
        ),
    scopes: [],
  };
}
