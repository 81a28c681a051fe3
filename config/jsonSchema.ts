import { z } from "zod";
import { configSchema, NAMESPACE } from "./schema.ts";

/** A node of the JSON Schema, cut to what messages are made of. */
export interface SchemaNode {
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly string[];
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
}

/** The configuration's JSON Schema (draft 2020-12). */
export function jsonSchema() {
  return z.toJSONSchema(configSchema, { io: "input" }) as SchemaNode & {
    readonly $schema: string;
    readonly properties: Readonly<Record<string, SchemaNode>>;
    readonly required: readonly string[];
  };
}

/** JSON Schema (draft 2020-12) of a stack file, for editors. */
export function stackFileSchema(): object {
  const { $schema, properties, required } = jsonSchema();
  const known = Object.keys(properties);
  return {
    $schema,
    title: `Stack file of ${NAMESPACE}`,
    type: "object",
    properties: {
      encryptionsalt: { type: "string" },
      config: {
        type: "object",
        properties: Object.fromEntries(Object.entries(properties).map(asPulumiWrites)),
        required,
        propertyNames: { anyOf: [{ enum: known }, { not: { pattern: `^${NAMESPACE}:` } }] },
      },
    },
    required: ["config"],
  };
}

/** Pulumi itself writes a boolean back as text when it adds a line to a stack file. */
function asPulumiWrites([key, node]: [string, SchemaNode]): [string, object] {
  if (node.type !== "boolean") return [key, node];
  const { type, ...rest } = node;
  return [key, { ...rest, enum: [true, false, "true", "false"] }];
}
