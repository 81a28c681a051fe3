import { type Context, newGuid } from "../../context.ts";
import type { Connector, World } from "../../world/world.ts";
import type { Bound } from "../binding.ts";
import { type Cmdlet, CmdletError, type Outcome } from "../cmdlet.ts";
import * as failures from "../failures.ts";
import { applyParameters, blankConnector } from "./apply.ts";
import { getParameters, newParameters, removeParameters, setParameters } from "./parameters.ts";
import { distinguishedName, presentConnector } from "./present.ts";

/** New-InboundConnector: answers the new object. */
export const newInboundConnector: Cmdlet = {
  reads: false,
  parameters: newParameters,
  mandatory: ["Name", "SenderDomains"],
  run(bound, context) {
    const { world, clock, faults } = context;
    const { connectorOffering: offering } = world.settings;
    if (offering === "refused") throw new CmdletError(failures.offeringRefused());
    const connector = blankConnector(newGuid(world), clock.now().toISOString());
    connector.requireTls = bound.text("ConnectorType") !== "OnPremises";
    const made = applyParameters(connector, bound, world);
    demandFreeName(made, world);
    if (offering === "disabled") made.enabled = false;
    const fault = faults.take("exchange", "New-InboundConnector", ["invisible"]);
    made.hiddenReads = fault?.reads ?? 0;
    world.connectors.push(made);
    const warnings = offering === "disabled" ? [failures.createdDisabled()] : [];
    return { value: [presentConnector(made)], warnings };
  },
};

/** Get-InboundConnector: one by identity, all without one. */
export const getInboundConnector: Cmdlet = {
  reads: true,
  parameters: getParameters,
  mandatory: [],
  run(bound, context) {
    const identity = bound.text("Identity") ?? null;
    const found = identity === null ? look(context.world) : [find(identity, context.world)];
    const size = bound.text("ResultSize") ?? "Unlimited";
    const wanted = size === "Unlimited" ? found : found.slice(0, Number(size));
    return { value: wanted.map(presentConnector), warnings: [] };
  },
};

/** Set-InboundConnector: answers nothing. */
export const setInboundConnector: Cmdlet = {
  reads: false,
  parameters: setParameters,
  mandatory: ["Identity"],
  run(bound, context) {
    const { world, clock } = context;
    const current = find(bound.text("Identity") ?? "", world);
    if (bound.flag("Confirm") !== false) return ask("Set-InboundConnector", current);
    const next = applyParameters(current, bound, world);
    demandFreeName(next, world);
    const locked = world.settings.connectorOffering !== "normal" && !current.enabled;
    const warnings = locked && next.enabled ? [failures.cannotEnable()] : [];
    if (locked) next.enabled = false;
    if (JSON.stringify(next) === JSON.stringify(current)) {
      return { value: [], warnings: [...warnings, failures.nothingModified(current.name)] };
    }
    Object.assign(current, next, { whenChanged: clock.now().toISOString() });
    return { value: [], warnings };
  },
};

/** Remove-InboundConnector: answers nothing. */
export const removeInboundConnector: Cmdlet = {
  reads: false,
  parameters: removeParameters,
  mandatory: ["Identity"],
  run(bound: Bound, { world }: Context) {
    const current = find(bound.text("Identity") ?? "", world);
    if (bound.flag("Confirm") !== false) return ask("Remove-InboundConnector", current);
    world.connectors.splice(world.connectors.indexOf(current), 1);
    return { value: [], warnings: [] };
  },
};

function ask(cmdlet: string, connector: Connector): Outcome {
  return { value: [], warnings: [], confirmation: failures.confirmation(cmdlet, connector.name) };
}

function demandFreeName(connector: Connector, world: World): void {
  const taken = world.connectors.find(
    ({ guid, name }) =>
      guid !== connector.guid && name.toLowerCase() === connector.name.toLowerCase(),
  );
  if (taken) throw new CmdletError(failures.alreadyExists(distinguishedName(world, taken.name)));
}

/** The connectors that the directory server already knows; looking brings the others nearer. */
function look(world: World, wanted: (connector: Connector) => boolean = () => true): Connector[] {
  return world.connectors.filter(wanted).filter((connector) => {
    if (connector.hiddenReads === 0) return true;
    connector.hiddenReads -= 1;
    return false;
  });
}

/** Finds a connector by name, GUID or distinguished name, in any letter case. */
function find(identity: string, world: World): Connector {
  const wanted = identity.toLowerCase();
  const [found] = look(world, ({ name, guid }) =>
    [name, guid, distinguishedName(world, name)].some((text) => text.toLowerCase() === wanted),
  );
  if (!found) {
    throw new CmdletError(failures.notFound(identity, world.tenant.servers.directory));
  }
  return found;
}
