import { judgeConnector } from "../../../mail/doctor/exchange/connector.ts";
import {
  type ConnectorForm,
  declareConnector,
  wantedConnector,
} from "../../../mail/exchange/inboundConnector.ts";
import { ownerOf } from "../../../mail/ownership.ts";
import { type ConnectorChoice, chooseSubmission } from "../../../mail/senders/choose.ts";
import { sameName } from "../../../mail/senders/names.ts";
import { type ExchangeObject, findAll } from "../../../providers/exchange/find.ts";
import { fromExchange } from "../../../providers/exchange/inboundConnectorForm.ts";
import type { Check } from "../check.ts";
import type { CheckContext } from "../context.ts";

/** The connectors that `up` has made, each as the stack file declares it. */
export const connectors: Check = {
  name: "connectors",
  title: "the senders' connectors",
  afterUp: true,
  async look(context) {
    const made = declaredConnectors(context).filter(({ choice }) =>
      context.senders.has(choice.sender),
    );
    if (made.length === 0)
      return { findings: [], notLookedAt: "the last up made no sender with a connector" };
    const [objects, acceptedDomains] = await Promise.all([
      readConnectors(context),
      findAll(context.invoke, "Get-AcceptedDomain", {}),
    ]);
    const all = objects.map((object) => fromExchange(object, acceptedDomains));
    return made.flatMap(({ owner, wanted, choice }) => {
      const seen = all.find(({ name }) => sameName(name, wanted.name));
      const marked = all.find(({ comment }) => ownerOf(comment) === owner);
      const adopted = choice.adopt !== undefined;
      return judgeConnector(owner, wanted, seen, {
        adopted,
        ...(marked && { renamed: marked.name }),
      });
    });
  },
};

/** A sender that relays, and the connector that it needs. */
export interface SenderConnector {
  /** `project/stack/sender` */
  readonly owner: string;
  readonly choice: ConnectorChoice;
  readonly wanted: ConnectorForm;
}

/** The connectors that a stack file declares. */
export const declaredConnectors = ({ config, owner, stack }: CheckContext): SenderConnector[] =>
  chooseSubmission(config.senders).relaying.map((choice) => {
    const declared = declareConnector(choice, { owner, name: stack });
    return { owner: declared.owner, choice, wanted: wantedConnector(declared) };
  });

/** All inbound connectors of the tenant. */
export const readConnectors = ({ invoke }: CheckContext): Promise<readonly ExchangeObject[]> =>
  findAll(invoke, "Get-InboundConnector", { ResultSize: "Unlimited" });
