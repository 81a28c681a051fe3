import { z } from "zod";
import { HARMLESS_SETTINGS, localName } from "./keys.ts";
import { configSchema, NAMESPACE } from "./schema.ts";

/** A node of the JSON Schema, cut to what messages are made of. */
export interface SchemaNode {
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly type?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
  /** Of a key that takes values of several types: one for each type. */
  readonly anyOf?: readonly SchemaNode[];
}

type ConfigSchema = SchemaNode & {
  readonly $schema: string;
  readonly properties: Readonly<Record<string, SchemaNode>>;
};

let schema: ConfigSchema | undefined;

/** The configuration's JSON Schema (draft 2020-12). */
export function jsonSchema(): ConfigSchema {
  schema ??= z.toJSONSchema(configSchema, { io: "input" }) as ConfigSchema;
  return schema;
}

const SECRET = "#/$defs/secret";

/**
 * JSON Schema (draft 2020-12) of a stack file, for editors. It takes what Pulumi takes: short names of keys, values
 * that Pulumi's commands wrote as another type, secrets, merge keys, and keys that stand in Pulumi.yaml instead.
 *
 * @see https://www.pulumi.com/docs/iac/concepts/config
 */
export function stackFileSchema(): object {
  const { $schema, properties } = jsonSchema();
  const entries = Object.entries(properties);
  const keys = entries.flatMap(([name]) =>
    namesOf(name).map((written) => [written, { $ref: `#/$defs/${localName(name)}` }] as const),
  );
  const known = keys.map(([name]) => name);
  return {
    $schema,
    $defs: {
      secret: {
        description: "A value that pulumi config set --secret has encrypted",
        type: "object",
        properties: { secure: { type: "string" } },
        required: ["secure"],
        additionalProperties: false,
      },
      ...Object.fromEntries(entries.map(([name, node]) => [localName(name), asPulumiTakes(node)])),
    },
    title: `Stack file of ${NAMESPACE}`,
    type: "object",
    properties: {
      encryptionsalt: { type: "string" },
      secretsprovider: { type: "string" },
      encryptedkey: { type: "string" },
      environment: { description: "Pulumi ESC, for stacks in Pulumi Cloud" },
      config: {
        type: ["object", "null"],
        properties: Object.fromEntries(keys),
        propertyNames: {
          anyOf: [
            { enum: [...known, ...HARMLESS_SETTINGS, "<<"] },
            { pattern: ":", not: { pattern: `^(${NAMESPACE}|azuread|cloudflare):` } },
          ],
        },
      },
    },
  };
}

/** A key of the project's own namespace may be written without it. */
const namesOf = (name: string): string[] =>
  name.startsWith(`${NAMESPACE}:`)
    ? [name, localName(name), `${NAMESPACE}:config:${localName(name)}`]
    : [name];

/** A node of the schema that also takes the forms in which Pulumi's commands write a value. */
function asPulumiTakes(node: SchemaNode): object {
  const { description, examples, default: value } = node;
  const hover = {
    ...(description && { description }),
    ...(examples && { examples }),
    ...(value !== undefined && { default: value }),
  };
  const forms = (node.anyOf ?? [node]).flatMap(formsOf);
  return { ...hover, anyOf: [...forms, { $ref: SECRET }] };
}

/** The forms in which Pulumi's commands write a value of one type. */
function formsOf(node: SchemaNode): object[] {
  const { type, description: _, examples: __, default: ___, ...rest } = node;
  switch (type) {
    case "array":
      return [
        { ...rest, type, items: asPulumiTakes(node.items ?? {}) },
        { type: "string", pattern: "^\\s*\\[" },
      ];
    case "object": {
      const { properties = {}, required = [], ...others } = rest;
      const taken = Object.entries(properties).map(([key, child]) => [key, asPulumiTakes(child)]);
      const form = { ...others, type, properties: { ...Object.fromEntries(taken), "<<": {} } };
      return [
        required.length === 0 ? form : { ...form, anyOf: [{ required }, { required: ["<<"] }] },
      ];
    }
    case "boolean":
      return [{ ...rest, enum: [true, false, "true", "false"] }];
    case "integer":
      return [
        { ...rest, type },
        { type: "string", pattern: "^-?[0-9]+$" },
      ];
    default:
      return rest.enum === undefined
        ? [{ ...rest, type: [type ?? "string", "integer", "boolean"] }]
        : [{ ...rest, type }];
  }
}
