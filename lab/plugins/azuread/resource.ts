import { InitFailed, type ResourceType } from "../definition.ts";
import { knownOf, type Property } from "../properties.ts";
import { isAbsent, type Value, type Values } from "../values.ts";
import { type Graph, waitUntil } from "./graph.ts";

/** A property, and where Graph has it. */
interface GraphProperty extends Property {
  /** Graph's name for it, or how it follows from Graph's object. @default its own name */
  readonly from?: string | ((entity: Values) => Value);
  /** No later answer has it: it stays as it was when the resource was created or updated. */
  readonly writeOnly?: true;
}

export type GraphProperties = Readonly<Record<string, GraphProperty>>;

/** What differs from one type to another. An entity is an object as Graph writes it. */
export interface GraphType {
  readonly properties: GraphProperties;
  /** `once` has outputs that no later answer has. */
  create(plan: Values, graph: Graph): Promise<{ id: string; entity: Values; once?: Values }>;
  /** What follows the creation; if it fails, the engine keeps the resource. @default nothing */
  settle?(id: string, plan: Values, graph: Graph): Promise<void>;
  /** Undefined when Graph does not know it. */
  read(id: string, graph: Graph): Promise<Values | undefined>;
  /** @default nothing: each change replaces the resource */
  update?(id: string, plan: Values, old: Values, graph: Graph): Promise<void>;
  delete(id: string, graph: Graph): Promise<void>;
}

/** A resource type of the plugin's. */
export function graphResource({ properties, ...type }: GraphType): ResourceType<Graph> {
  /** The outputs that Graph's object has, and the write-only ones as they were. */
  const outputsWith = (before: Values, entity: Values): Values => ({
    ...Object.fromEntries(
      Object.entries(before).filter(
        ([name, value]) => properties[name]?.writeOnly && !isAbsent(value),
      ),
    ),
    ...outputsOf(properties, entity),
  });
  const readBack = async (id: string, before: Values, graph: Graph): Promise<Values> => {
    const entity = await type.read(id, graph);
    return entity === undefined ? before : outputsWith(before, entity);
  };
  return {
    properties,
    async create(plan, graph) {
      const { id, entity, once } = await type.create(plan, graph);
      const known = { ...knownOf(plan), ...once };
      try {
        await type.settle?.(id, plan, graph);
        return { id, outputs: await readBack(id, known, graph) };
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        throw new InitFailed(message, {
          id,
          outputs: { ...outputsOf(properties, entity), ...known },
        });
      }
    },
    async read(id, old, graph) {
      const entity = await type.read(id, graph);
      return entity && { id, outputs: outputsWith(old, entity) };
    },
    async update(id, plan, old, graph) {
      await type.update?.(id, plan, old, graph);
      return readBack(id, knownOf(plan), graph);
    },
    delete: (id, _, graph) => type.delete(id, graph),
  };
}

const NO_VALUE = { string: "", boolean: false, number: 0, list: [], set: [], map: {} };

/** The outputs that Graph's object has. */
export function outputsOf(properties: GraphProperties, entity: Values): Values {
  const readable = Object.entries(properties).filter(([, { writeOnly }]) => !writeOnly);
  return Object.fromEntries(
    readable.map(([name, { from = name, type }]) => [
      name,
      typeof from === "string" ? (entity[from] ?? NO_VALUE[type]) : from(entity),
    ]),
  );
}

/** Deletes an object, and waits until it is gone. */
export async function deleteAndWait(path: string, graph: Graph): Promise<void> {
  await graph.call("DELETE", path);
  await waitUntil("gone", async () => (await graph.find(path)) !== undefined);
}

/** The plugin is the first owner of what it creates, and gives that up afterwards. */
export const firstOwner = (graph: Graph) => ({
  "owners@odata.bind": [graph.referenceTo(graph.callerId)],
});

export const giveUpOwnership = (path: string, graph: Graph): Promise<Values> =>
  graph.call("DELETE", `${path}/owners/${graph.callerId}/$ref`);

/** Object ids of an object's owners. */
export async function readOwners(path: string, graph: Graph): Promise<Value[]> {
  return (await graph.list(`${path}/owners`)).map(({ id }) => id ?? "");
}
