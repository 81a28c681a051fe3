import { randomUUID } from "node:crypto";
import type { ResourceKind } from "../definition.ts";
import { UNKNOWN, type Values } from "../values.ts";
import { named } from "./application.ts";
import { awaitCredential, credentialsIn, datesOf, isKey, readApp, withKey } from "./credentials.ts";
import { applicationId, oneOf, rfc3339, uuid } from "./formats.ts";
import type { Graph } from "./graph.ts";
import { credentialOf, objectIdOf } from "./ids.ts";
import { alreadyExists, failed } from "./replies.ts";
import { bySchema, keptOf, knownOf, type Schema } from "./schema.ts";
import { finish, step } from "./steps.ts";

const SCHEMA: Schema = {
  applicationId: { type: "string", required: true, forceNew: true, format: applicationId },
  encoding: {
    type: "string",
    default: "pem",
    forceNew: true,
    kept: true,
    // The plugin also takes the DER form as "base64" and "hex".
    format: oneOf("pem"),
  },
  endDate: { type: "string", computed: true, forceNew: true, format: rfc3339 },
  keyId: { type: "string", computed: true, forceNew: true, format: uuid },
  startDate: { type: "string", computed: true, forceNew: true, format: rfc3339 },
  type: { type: "string", forceNew: true, format: oneOf("AsymmetricX509Cert", "Symmetric") },
  value: { type: "string", required: true, forceNew: true, kept: true, secret: true },
};

/**
 * `azuread.ApplicationCertificate`.
 *
 * @see terraform-provider-azuread 3.9, application_certificate_resource.go and helpers/credentials
 */
export const applicationCertificate: ResourceKind<Graph> = {
  ...bySchema(SCHEMA, []),

  async create(plan, graph) {
    const app = objectIdOf("applications", String(plan.applicationId));
    const keyId = plan.keyId === UNKNOWN ? randomUUID() : String(plan.keyId);
    const id = `${app}/certificate/${keyId}`;
    const credential = credentialFor(plan, keyId);
    return graph.lock(app, async () => {
      const there = credentialsIn(await readApp(app, graph), "keyCredentials");
      if (withKey(there, keyId) !== undefined) {
        const { summary, detail } = alreadyExists("azuread_application_certificate", id);
        throw new Error(failed(summary, detail).message);
      }
      await step(`Adding certificate for ${named(app)}`, () =>
        write(app, [...there, credential], graph),
      );
      const summary = `Waiting for certificate credential for ${named(app)}`;
      await awaitCredential("there", { app, list: "keyCredentials", keyId, summary }, graph);
      const kept = keptOf(SCHEMA, plan);
      return finish({ id, outputs: { ...knownOf(plan), keyId } }, async () => ({
        ...kept,
        ...(await readCertificate(app, keyId, graph)),
      }));
    });
  },

  async read(id, old, graph) {
    const { objectId, keyId } = credentialOf("certificate", id);
    const found = await readCertificate(objectId, keyId, graph);
    return found && { id, outputs: { ...keptOf(SCHEMA, old), ...found } };
  },

  update: async (_, plan) => plan,

  async delete(id, _, graph) {
    const { objectId: app, keyId } = credentialOf("certificate", id);
    await graph.lock(app, async () => {
      const there = credentialsIn(await readApp(app, graph), "keyCredentials");
      const others = there.filter((one) => !isKey(one, keyId));
      await step(
        `Removing certificate credential "${keyId}" from application with object ID "${app}"`,
        () => write(app, others, graph),
      );
      const summary =
        `Waiting for deletion of certificate credential "${keyId}" ` +
        `from application with object ID "${app}"`;
      await awaitCredential("gone", { app, list: "keyCredentials", keyId, summary }, graph);
    });
  },
};

/** An app's certificates are one property, and always written together. */
const write = (app: string, keyCredentials: readonly Values[], graph: Graph): Promise<Values> =>
  graph.call("PATCH", `/v1.0/applications/${app}`, {
    body: {
      "@odata.type": "#microsoft.graph.application",
      id: app,
      keyCredentials: keyCredentials.map(fieldsOf),
    },
  });

/** What the plugin knows of a certificate, as Graph told it or as it is to be. */
const FIELDS = [
  "customKeyIdentifier",
  "displayName",
  "endDateTime",
  "key",
  "keyId",
  "startDateTime",
  "type",
  "usage",
];

const fieldsOf = (credential: Values): Values =>
  Object.fromEntries(Object.entries(credential).filter(([name]) => FIELDS.includes(name)));

function credentialFor(plan: Values, keyId: string): Values {
  return {
    ...datesOf(plan),
    key: Buffer.from(String(plan.value)).toString("base64"),
    keyId,
    type: plan.type ?? "",
    usage: "Verify",
  };
}

async function readCertificate(
  app: string,
  keyId: string,
  graph: Graph,
): Promise<Values | undefined> {
  const credential = withKey(credentialsIn(await readApp(app, graph), "keyCredentials"), keyId);
  return (
    credential && {
      applicationId: `/applications/${app}`,
      endDate: credential.endDateTime ?? "",
      keyId,
      startDate: credential.startDateTime ?? "",
      type: credential.type ?? "",
    }
  );
}
