import { type Context, newGuid } from "../../context.ts";
import type { Sourced } from "../../reply.ts";
import type { Connector, World } from "../../world/world.ts";
import type { Cmdlet, Outcome } from "../cmdlet.ts";
import { CmdletError, type Warning } from "../failure.ts";
import { alreadyExists, confirmation, nothingModified } from "../failures.ts";
import type { Bound } from "../parameterType.ts";
import { overlaps } from "./addresses.ts";
import { applyParameters, blankConnector } from "./apply.ts";
import { findConnector, keepStale, readConnector, readConnectors } from "./directory.ts";
import * as failures from "./failures.ts";
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
    if (bound.flag("Confirm") === true) {
      return ask("New-InboundConnector", bound.text("Name") ?? "");
    }
    const connector = blankConnector(newGuid(world), clock.now().toISOString());
    connector.requireTls = bound.text("ConnectorType") !== "OnPremises";
    const made = applyParameters(connector, bound, world);
    const namesake = findNamesake(made, world);
    if (namesake) {
      throw new CmdletError(
        world.settings.nameTaken === "ADObjectAlreadyExistsException"
          ? alreadyExists(distinguishedName(world, namesake.name))
          : failures.nameTaken(namesake.name),
      );
    }
    if (offering === "disabled") made.enabled = false;
    const fault = faults.take("exchange", "New-InboundConnector", ["invisible"]);
    made.hiddenReads = fault?.reads ?? 0;
    const warnings = warnOfOverlap(made, world);
    world.connectors.push(made);
    if (offering === "disabled") warnings.push(failures.createdDisabled());
    return { value: [presentConnector(made)], warnings };
  },
};

/** Get-InboundConnector: one by identity, all without one. */
export const getInboundConnector: Cmdlet = {
  reads: true,
  parameters: getParameters,
  mandatory: [],
  run(bound, { world }) {
    const identity = bound.text("Identity") ?? null;
    const found = identity === null ? readConnectors(world) : [readConnector(identity, world)];
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
    const { world, clock, faults } = context;
    const current = findConnector(bound.text("Identity") ?? "", world);
    if (bound.flag("Confirm") !== false) return ask("Set-InboundConnector", current.name);
    const next = applyParameters(current, bound, world);
    const namesake = findNamesake(next, world);
    if (namesake) {
      throw new CmdletError(alreadyExists(distinguishedName(world, namesake.name)));
    }
    const warnings = warnOfOverlap(next, world);
    const locked = world.settings.connectorOffering !== "normal" && !current.enabled;
    if (locked && next.enabled) warnings.push(failures.cannotEnable());
    if (locked) next.enabled = false;
    if (JSON.stringify(next) === JSON.stringify(current)) {
      return { value: [], warnings: [...warnings, nothingModified(current.name)] };
    }
    const fault = faults.take("exchange", "Set-InboundConnector", ["stale"]);
    if (fault) keepStale(current, fault.reads, world);
    Object.assign(current, next, { whenChanged: clock.now().toISOString() });
    return { value: [], warnings };
  },
};

/** Remove-InboundConnector: answers nothing. */
export const removeInboundConnector: Cmdlet = {
  reads: false,
  parameters: removeParameters,
  mandatory: ["Identity"],
  run(bound: Bound, { world, faults }: Context) {
    const current = findConnector(bound.text("Identity") ?? "", world);
    if (bound.flag("Confirm") !== false) return ask("Remove-InboundConnector", current.name);
    const fault = faults.take("exchange", "Remove-InboundConnector", ["stale"]);
    if (fault) keepStale(current, fault.reads, world);
    world.connectors.splice(world.connectors.indexOf(current), 1);
    return { value: [], warnings: [] };
  },
};

function ask(cmdlet: string, name: string): Outcome {
  return { value: [], warnings: [], confirmation: confirmation(cmdlet, name) };
}

/** Another connector that has the name in any letter case. */
function findNamesake(connector: Connector, world: World): Connector | undefined {
  return world.connectors.find(
    ({ guid, name }) =>
      guid !== connector.guid && name.toLowerCase() === connector.name.toLowerCase(),
  );
}

/** Exchange takes a connector whose addresses another one has too, and says so. */
function warnOfOverlap(connector: Connector, world: World): Sourced<Warning>[] {
  const others = world.connectors.filter(
    ({ guid, enabled }) => enabled && guid !== connector.guid && connector.enabled,
  );
  const shared = connector.senderIPAddresses.filter((address) =>
    others.some((other) => other.senderIPAddresses.some((range) => overlaps(address, range))),
  );
  if (shared.length === 0) return [];
  const theirs = others.filter((other) =>
    other.senderIPAddresses.some((range) => shared.some((address) => overlaps(address, range))),
  );
  return [
    failures.addressOverlap(
      shared,
      theirs.map(({ name }) => name),
    ),
  ];
}
