import {
  type ConnectorForm,
  connectorParameters,
  newConnectorParameters,
  wantedConnector,
} from "../../mail/exchange/inboundConnector.ts";
import { markOf } from "../../mail/ownership.ts";
import { type Problem, sentence } from "../../mail/problem.ts";
import { CONNECTOR_ROLES } from "../../mail/rights/needs.ts";
import { addressProblem } from "../../mail/senders/address.ts";
import { matchProblem } from "../../mail/senders/connectorMatch.ts";
import {
  adoptChangeProblem,
  connectorNameTaken,
  connectorProblems,
  otherConnectorProblems,
} from "../../mail/senders/connectorProblems.ts";
import { certificateNameProblem, domainProblem } from "../../mail/senders/domain.ts";
import { connectorNameProblem, sameName } from "../../mail/senders/names.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import { isUnknown } from "../host/props.ts";
import type { Tenants } from "../host/tenants.ts";
import { type ExchangeObject, findOne, text } from "./find.ts";
import { describeAdoption } from "./inboundConnectorAdoption.ts";
import {
  type ConnectorFacts,
  fromExchange,
  type InboundConnectorInputs,
  KEYS,
  originalForm,
  surroundings,
  toTenantConnector,
} from "./inboundConnectorForm.ts";
import { lifecycle } from "./lifecycle.ts";
import type { Named, Observed, Verdict } from "./named.ts";

type ObservedConnector = Observed<ConnectorForm, ConnectorFacts>;

const connector = (
  tenants: Tenants,
): Named<InboundConnectorInputs, ConnectorForm, ConnectorFacts> => ({
  title: ({ name }) => `connector "${name}"`,
  roles: CONNECTOR_ROLES,
  rules: { name: connectorNameProblem },
  problems: argumentProblems,
  tenantProblems: (facts, wanted, olds) => connectorProblems(wanted, surroundings(facts), olds),
  /** An adoption is a "create" to the engine, which can't show what it changes. */
  async notice(invoke, { connectors }, wanted, olds) {
    if (!wanted.adopt || (olds.adopt && sameName(olds.name ?? "", wanted.name))) return "";
    const object = connectors.find(({ Name }) => sameName(text(Name), wanted.name));
    if (object === undefined) return "";
    return describeAdoption(await formOf(invoke, object, wanted), wanted);
  },

  form: wantedConnector,
  keys: KEYS,
  replaces: [],
  passThrough: ["adopt", "adopted"],
  /** Another connector to adopt, or none any more, is another object. */
  replacedBy(olds, { adopt, name }) {
    return olds.adopt !== adopt || (adopt && !sameName(olds.name, name)) ? ["adopt"] : [];
  },
  /** The new one first, so that the sender can relay all the time. */
  deleteBeforeReplace: false,
  /** `RequireTls` is documented for Partner connectors only. */
  mayDiffer: ["requireTls", "enabled"],
  /** Some offerings keep a new connector disabled until Support enables it. */
  pending: ({ name, enabled }) =>
    enabled
      ? ""
      : `Exchange keeps connector "${name}" disabled for this tenant's offering; ask Microsoft Support to enable it, then run pulumi up again`,
  mark: ({ comment }) => comment,
  markedIn: "comment",
  unmarked: (form) => (markOf(form.comment) === undefined ? form : { ...form, comment: "" }),

  findById: (invoke, id, form) => findConnector(invoke, id, form),
  findByName: (invoke, wanted) => findConnector(invoke, wanted.name, wanted),
  async findBeforeMaking(invoke, wanted, inputs) {
    const connectors = await tenants.lists(inputs).connectors.now();
    const others = connectors.map(toTenantConnector);
    const [problem] = otherConnectorProblems({ ...inputs, ...wanted }, others);
    if (problem !== undefined) throw new Error(`${sentence(problem)}; nothing was changed`);
    const object = connectors.find(({ Name }) => sameName(text(Name), wanted.name));
    return object && observe(invoke, object, wanted);
  },
  judge: judgeConnector,

  async make(invoke, wanted) {
    const { value } = await invoke("New-InboundConnector", newConnectorParameters(wanted));
    const guid = text(value[0]?.Guid);
    return guid === "" ? undefined : { id: guid, form: wanted, facts: { guid } };
  },
  /** Every property; what is empty clears what was there. */
  async set(invoke, { id }, wanted) {
    await invoke("Set-InboundConnector", {
      Identity: id,
      ...connectorParameters(wanted),
      Confirm: false,
    });
  },
  async remove(invoke, { id }) {
    await invoke("Remove-InboundConnector", { Identity: id, Confirm: false });
  },
});

/**
 * The kind `InboundConnector`: an OnPremises connector, by which Exchange takes mail from a sender's server and
 * relays it, recognised by source address or by certificate. One that was there before us is adopted on request, and
 * put back in the end.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/new-inboundconnector
 */
export const inboundConnector = (tenants: Tenants) => lifecycle(tenants, connector(tenants));

/** What else the arguments alone show. Values that are not known yet pass. */
function argumentProblems(
  args: InboundConnectorInputs,
  olds: Partial<InboundConnectorInputs>,
): Problem[] {
  const { senderIPAddresses: addresses, tlsSenderCertificateName: certificate } = args;
  const each = (key: string, list: readonly string[] | undefined, rule: typeof addressProblem) =>
    isUnknown(list) ? [] : (list ?? []).map((value, index) => rule(`${key}[${index}]`, value));
  return [
    ...each("senderIPAddresses", addresses, addressProblem),
    certificate === undefined || isUnknown(certificate)
      ? undefined
      : certificateNameProblem("tlsSenderCertificateName", certificate),
    ...each("associatedAcceptedDomains", args.associatedAcceptedDomains, domainProblem),
    ...(isUnknown(args)
      ? []
      : [matchProblem(addresses, certificate), adoptChangeProblem(olds, args)]),
  ].filter((problem) => problem !== undefined);
}

/** Says whose a connector that was found by name is: its mark names the owner, and whether it was adopted. */
function judgeConnector(
  { id, form }: ObservedConnector,
  wanted: ConnectorForm,
  owner: string,
): Verdict {
  const mark = markOf(form.comment);
  if (mark?.owner === owner) return mark.adopted ? "adopted" : "ours";
  if (mark === undefined && markOf(wanted.comment)?.adopted) return "adopted";
  return connectorNameTaken({ name: form.name, guid: id, owner: mark?.owner });
}

async function findConnector(
  invoke: Invoke,
  identity: string,
  wanted: ConnectorForm,
): Promise<ObservedConnector | undefined> {
  const object = await findOne(invoke, "Get-InboundConnector", identity);
  return object && observe(invoke, object, wanted);
}

async function observe(
  invoke: Invoke,
  object: ExchangeObject,
  wanted: ConnectorForm,
): Promise<ObservedConnector> {
  const guid = text(object.Guid);
  const form = await formOf(invoke, object, wanted);
  return { id: guid, form, facts: { guid }, original: originalForm(object, form) };
}

/** Asks for the accepted domains only where AssociatedAcceptedDomains shows something else than what is wanted. */
async function formOf(
  invoke: Invoke,
  object: ExchangeObject,
  wanted: ConnectorForm,
): Promise<ConnectorForm> {
  const form = fromExchange(object);
  const known = wanted.associatedAcceptedDomains;
  if (form.associatedAcceptedDomains.every((domain) => known.includes(domain))) return form;
  const { value: acceptedDomains } = await invoke("Get-AcceptedDomain", {});
  return fromExchange(object, acceptedDomains);
}
