import type { ResourceKind } from "../definition.ts";
import type { Values } from "../values.ts";
import { named } from "./application.ts";
import { applicationId, atMost, each, notEmpty } from "./formats.ts";
import type { Graph } from "./graph.ts";
import { credentialOf, objectIdOf } from "./ids.ts";
import { bySchema, knownOf, type Schema } from "./schema.ts";
import { find, finish, lasting, step } from "./steps.ts";

const SCHEMA: Schema = {
  applicationId: { type: "string", required: true, forceNew: true, format: applicationId },
  audiences: {
    type: "list",
    required: true,
    format: (name, value) => [...atMost(1)(name, value), ...each(notEmpty)(name, value)],
  },
  description: { type: "string" },
  displayName: { type: "string", required: true, forceNew: true, format: notEmpty },
  issuer: { type: "string", required: true },
  subject: { type: "string", required: true },
};

const TYPE = "federatedIdentityCredential";

/**
 * `azuread.ApplicationFederatedIdentityCredential`.
 *
 * @see terraform-provider-azuread 3.9, application_federated_identity_credential_resource.go
 */
export const federatedIdentityCredential: ResourceKind<Graph> = {
  ...bySchema(SCHEMA, ["credentialId"]),

  async create(plan, graph) {
    const app = objectIdOf("applications", String(plan.applicationId));
    return graph.lock(app, async () => {
      await step(`retrieving ${named(app)}`, () => graph.call("GET", `/v1.0/applications/${app}`));
      const made = await step(`Adding federated identity credential for ${named(app)}`, () =>
        graph.call("POST", `/v1.0/applications/${app}/${TYPE}s`, { body: bodyOf(plan) }),
      );
      const keyId = String(made.id);
      await step(`Waiting for ${credentialNamed(app, keyId)}`, () =>
        lasting("Done", async () => (await find(graph, pathOf(app, keyId))) !== undefined),
      );
      const id = `${app}/${TYPE}/${keyId}`;
      const outputs = { ...knownOf(plan), credentialId: keyId };
      return finish({ id, outputs }, () => readBack(app, keyId, graph));
    });
  },

  async read(id, _, graph) {
    const { objectId, keyId } = credentialOf(TYPE, id);
    const outputs = await readCredential(objectId, keyId, graph);
    return outputs && { id, outputs };
  },

  async update(id, plan, _, graph) {
    const { objectId, keyId } = credentialOf(TYPE, id);
    return graph.lock(objectId, async () => {
      const body = { ...bodyOf(plan), id: keyId };
      await step(
        `Updating federated identity credential with ID "${keyId}" for application with object ID "${objectId}"`,
        () => graph.call("PATCH", pathOf(objectId, keyId), { body }),
      );
      return readBack(objectId, keyId, graph);
    });
  },

  async delete(id, _, graph) {
    const { objectId, keyId } = credentialOf(TYPE, id);
    const path = pathOf(objectId, keyId);
    await graph.lock(objectId, async () => {
      const name = credentialNamed(objectId, keyId);
      await step(`Removing ${name}`, () => graph.call("DELETE", path));
      await step(`Waiting for deletion of ${name}`, () =>
        lasting("Deleted", async () => (await find(graph, path)) === undefined),
      );
    });
  },
};

const pathOf = (app: string, keyId: string): string =>
  `/v1.0/applications/${app}/${TYPE}s/${keyId}`;

const credentialNamed = (app: string, keyId: string): string =>
  `Application Id Federated Identity Credential (Application: "${app}"\n` +
  `Federated Identity Credential: "${keyId}")`;

const bodyOf = ({ audiences, description, displayName, issuer, subject }: Values) => ({
  "@odata.type": "#microsoft.graph.federatedIdentityCredential",
  audiences,
  description: description ?? "",
  issuer,
  name: displayName,
  subject,
});

async function readCredential(
  app: string,
  keyId: string,
  graph: Graph,
): Promise<Values | undefined> {
  const summary =
    `Retrieving federated identity credential with ID "${keyId}" ` +
    `for application with object ID "${app}"`;
  const found = await step(summary, () => find(graph, pathOf(app, keyId)));
  return (
    found && {
      applicationId: `/applications/${app}`,
      audiences: found.audiences ?? [],
      credentialId: keyId,
      description: found.description ?? "",
      displayName: found.name ?? "",
      issuer: found.issuer ?? "",
      subject: found.subject ?? "",
    }
  );
}

const readBack = async (app: string, keyId: string, graph: Graph): Promise<Values> =>
  (await readCredential(app, keyId, graph)) ?? {};
