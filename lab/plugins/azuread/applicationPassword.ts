import type { ResourceKind } from "../definition.ts";
import type { Values } from "../values.ts";
import { UNKNOWN } from "../values.ts";
import { named } from "./application.ts";
import { awaitCredential, credentialsIn, datesOf, readApp, withKey } from "./credentials.ts";
import { applicationId, notEmpty, rfc3339 } from "./formats.ts";
import type { Graph } from "./graph.ts";
import { credentialOf, objectIdOf } from "./ids.ts";
import { bySchema, keptOf, knownOf, type Schema } from "./schema.ts";
import { find, finish, step } from "./steps.ts";

const SCHEMA: Schema = {
  applicationId: { type: "string", required: true, forceNew: true, format: applicationId },
  displayName: { type: "string", computed: true, forceNew: true },
  endDate: {
    type: "string",
    computed: true,
    forceNew: true,
    conflictsWith: "endDateRelative",
    format: rfc3339,
  },
  endDateRelative: {
    type: "string",
    forceNew: true,
    kept: true,
    conflictsWith: "endDate",
    format: notEmpty,
  },
  rotateWhenChanged: { type: "map", forceNew: true, kept: true },
  startDate: { type: "string", computed: true, forceNew: true, format: rfc3339 },
};

/**
 * `azuread.ApplicationPassword`. Its `value` is told once, when it is made. As in the plugin, `endDateRelative` is
 * taken and has no effect.
 *
 * @see terraform-provider-azuread 3.9, application_password_resource.go and helpers/credentials
 */
export const applicationPassword: ResourceKind<Graph> = {
  ...bySchema(SCHEMA, ["keyId", "value"]),
  secret: ["value"],

  async create(plan, graph) {
    const app = objectIdOf("applications", String(plan.applicationId));
    return graph.lock(app, async () => {
      await readApp(app, graph);
      const made = await step(`Adding password for ${named(app)}`, () =>
        graph.call("POST", `/v1.0/applications/${app}/addPassword`, {
          body: { passwordCredential: credentialFor(plan) },
        }),
      );
      const keyId = String(made.keyId);
      const summary = `Waiting for password credential for ${named(app)}`;
      const wanted = { app, list: "passwordCredentials", keyId, summary } as const;
      await awaitCredential("there", wanted, graph);
      const kept = { ...keptOf(SCHEMA, plan), value: made.secretText ?? "" };
      const outputs = { ...knownOf(plan), ...kept, keyId };
      return finish({ id: `${app}/password/${keyId}`, outputs }, async () => ({
        ...kept,
        ...(await readPassword(app, keyId, graph)),
      }));
    });
  },

  async read(id, old, graph) {
    const { objectId, keyId } = credentialOf("password", id);
    const found = await readPassword(objectId, keyId, graph);
    const value = old.value === undefined ? {} : { value: old.value };
    return found && { id, outputs: { ...keptOf(SCHEMA, old), ...value, ...found } };
  },

  update: async (_, plan) => plan,

  async delete(id, _, graph) {
    const { objectId: app, keyId } = credentialOf("password", id);
    await graph.lock(app, async () => {
      await step(`Removing password credential "${keyId}" from ${named(app)}`, () =>
        graph.call("POST", `/v1.0/applications/${app}/removePassword`, { body: { keyId } }),
      );
      const summary = `Waiting for deletion of password credential "${keyId}" from ${named(app)}`;
      await awaitCredential("gone", { app, list: "passwordCredentials", keyId, summary }, graph);
    });
  },
};

function credentialFor(plan: Values): Values {
  const { displayName } = plan;
  const isNamed = typeof displayName === "string" && displayName !== UNKNOWN && displayName !== "";
  return { ...(isNamed && { displayName }), ...datesOf(plan) };
}

async function readPassword(app: string, keyId: string, graph: Graph): Promise<Values | undefined> {
  const found = await step(`Retrieving ${named(app)}`, () =>
    find(graph, `/v1.0/applications/${app}`),
  );
  const credential = found && withKey(credentialsIn(found, "passwordCredentials"), keyId);
  return (
    credential && {
      applicationId: `/applications/${app}`,
      displayName: credential.displayName ?? "",
      endDate: credential.endDateTime ?? "",
      keyId,
      startDate: credential.startDateTime ?? "",
    }
  );
}
