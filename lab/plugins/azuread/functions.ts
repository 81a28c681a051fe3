import type { PluginFunction } from "../definition.ts";
import { isAbsent, type Values } from "../values.ts";
import type { Graph } from "./graph.ts";
import { chooseOne, failed, unknownArgument } from "./replies.ts";
import { isSameId, readBeta, told } from "./servicePrincipalTold.ts";
import { find, step } from "./steps.ts";

const ARGUMENTS = ["clientId", "displayName", "objectId"] as const;

/**
 * `azuread.getServicePrincipal`.
 *
 * @see terraform-provider-azuread 3.9, service_principal_data_source.go
 */
export const getServicePrincipal: PluginFunction<Graph> = async (args, graph) => {
  for (const name of Object.keys(args)) {
    if (!ARGUMENTS.some((known) => known === name)) throw new Error(unknownArgument(name).message);
  }
  if (ARGUMENTS.filter((name) => !isAbsent(args[name])).length !== 1) {
    throw new Error(chooseOne(ARGUMENTS).message);
  }
  const found = await look(args, graph);
  const id = String(found.id);
  const samlMetadataUrl = await readBeta(id, graph);
  return { id: `/servicePrincipals/${id}`, ...told(found), samlMetadataUrl };
};

/** `azuread.getClientConfig`: who is signed in. It asks nothing. */
export const getClientConfig: PluginFunction<Graph> = async (
  _,
  { clientId, objectId, tenantId },
) => ({ id: `${tenantId}-${clientId}-${objectId}`, clientId, objectId, tenantId });

async function look({ clientId, displayName, objectId }: Values, graph: Graph): Promise<Values> {
  if (!isAbsent(objectId)) {
    const name = `Service Principal (Service Principal: "${objectId}")`;
    const found = await step(`Retrieving ${name}`, () =>
      find(graph, `/v1.0/servicePrincipals/${objectId}`),
    );
    if (found === undefined) throw new Error(failed(`${name} was not found`).message);
    return found;
  }
  if (isAbsent(displayName)) {
    const all = await listed(`appId eq '${clientId}'`, graph);
    const found = all.find((one) => isSameId(one.appId, clientId));
    if (found !== undefined) return found;
    throw new Error(failed("No service principal found", "no service principal found").message);
  }
  const filter = `displayName eq '${String(displayName).replaceAll("'", "''")}'`;
  const [found, second] = await listed(filter, graph);
  const what = `matching filter: ${JSON.stringify(filter)}`;
  if (found === undefined) {
    throw new Error(
      failed("Service principal not found", `no service principals found ${what}`).message,
    );
  }
  if (second === undefined) return found;
  throw new Error(
    failed("Multiple service principals found", `found multiple service principals ${what}`)
      .message,
  );
}

const listed = (filter: string, graph: Graph): Promise<Values[]> =>
  step(`Listing service principals for filter ${JSON.stringify(filter)}`, () =>
    graph.list("/v1.0/servicePrincipals", filter),
  );
