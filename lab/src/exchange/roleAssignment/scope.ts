import type { World } from "../../world/world.ts";
import { CmdletError } from "../failure.ts";
import { notFound } from "../failures.ts";
import { findScope } from "../managementScope/directory.ts";
import type { Bound, ParameterType } from "../parameterType.ts";
import { severalScopes } from "./failures.ts";

const typed = (name: string): ParameterType => ({
  is: "identity",
  type: `Microsoft.Exchange.Configuration.Tasks.${name}`,
});

/** The parameters that limit an assignment: at most one of them. */
export const scopeParameters: Record<string, ParameterType> = {
  CustomResourceScope: typed("ManagementScopeIdParameter"),
  RecipientAdministrativeUnitScope: typed("AdministrativeUnitIdParameter"),
  RecipientGroupScope: typed("GroupIdParameter"),
};

/**
 * The name of the management scope that the call wants; null for none, undefined when it does not say. The lab has
 * neither administrative units nor groups.
 *
 * @throws CmdletError when it is not there, or several parameters speak
 */
export function chosenScope(bound: Bound, world: World): string | null | undefined {
  const given = Object.keys(scopeParameters).filter((parameter) => bound.has(parameter));
  const [parameter] = given;
  if (parameter === undefined) return undefined;
  if (given.length > 1) throw new CmdletError(severalScopes(given));
  const identity = bound.text(parameter) ?? null;
  if (identity === null) return null;
  if (parameter !== "CustomResourceScope") {
    throw new CmdletError(notFound(identity, world.tenant.servers.directory));
  }
  return findScope(identity, world).name;
}
