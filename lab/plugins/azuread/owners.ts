import type { Value, Values } from "../values.ts";
import type { Graph } from "./graph.ts";
import { step } from "./steps.ts";

/** How many owners an object may be created with; the caller is the first. */
const MOST_AT_ONCE = 20;

/** How the plugin owns what it makes: it is the first owner, and takes itself out unless the program names it. */
export interface Ownership {
  /** For the body of the POST. */
  readonly bound: readonly string[];
  /** What is left to do once the object is there, at `path`; `name` is the plugin's word for it. */
  settle(path: string, name: string): Promise<void>;
}

/** @see terraform-provider-azuread 3.9, applicationResourceCreate and servicePrincipalResourceCreate */
export function ownershipOf(owners: Value | undefined, graph: Graph): Ownership {
  const wanted = listed(owners);
  const others = wanted.filter((id) => !isCaller(id, graph));
  const first = [graph.objectId, ...others.slice(0, MOST_AT_ONCE - 1)];
  return {
    bound: first.map(graph.referenceTo),
    async settle(path, name) {
      for (const id of others.slice(MOST_AT_ONCE - 1)) {
        await step(`Could not add owners to ${name}`, () => add(path, id, graph));
      }
      if (wanted.some((id) => isCaller(id, graph))) return;
      await step(`Could not remove initial owner from ${name}`, () =>
        remove(path, graph.objectId, graph),
      );
    },
  };
}

/** Object ids of an object's owners. */
export async function readOwners(path: string, graph: Graph): Promise<string[]> {
  const found = await graph.list(`${path}/owners`);
  return found.map(({ id }) => String(id));
}

/** Makes an object's owners those that are planned. */
export async function changeOwners(
  path: string,
  name: string,
  planned: Value | undefined,
  graph: Graph,
): Promise<void> {
  const wanted = listed(planned);
  const there = await step(`Could not retrieve owners for ${name}`, () => readOwners(path, graph));
  // The plugin says "add" of a removal too.
  await step(`Could not add owners to ${name}`, async () => {
    for (const id of wanted) if (!there.includes(id)) await add(path, id, graph);
    for (const id of there) if (!wanted.includes(id)) await remove(path, id, graph);
  });
}

const add = (path: string, id: string, graph: Graph): Promise<Values> =>
  graph.call("POST", `${path}/owners/$ref`, { body: { "@odata.id": graph.referenceTo(id) } });

const remove = (path: string, id: string, graph: Graph): Promise<Values> =>
  graph.call("DELETE", `${path}/owners/${id}/$ref`);

const isCaller = (id: string, { objectId }: Graph): boolean =>
  id.toLowerCase() === objectId.toLowerCase();

const listed = (owners: Value | undefined): string[] =>
  Array.isArray(owners) ? owners.map(String) : [];
