import { randomUUID } from "node:crypto";
import type { ResourceType } from "../definition.ts";
import { isObject, UNKNOWN, type Values } from "../values.ts";
import { type Graph, waitUntil } from "./graph.ts";
import { deleteAndWait, type GraphProperties, type GraphType, graphResource } from "./resource.ts";

// An application's credentials. Their ids are APPLICATION/password/KEY, APPLICATION/certificate/KEY and
// APPLICATION/federatedIdentityCredential/ID.

const APPLICATION_ID = { type: "string", forceNew: true } as const;

const DATES: GraphProperties = {
  endDate: { type: "string", output: true, from: "endDateTime" },
  startDate: { type: "string", output: true, from: "startDateTime" },
};

/**
 * `azuread.ApplicationPassword`. Graph answers its `value` once, when it is created.
 *
 * @see terraform-provider-azuread 3.9, application_password_resource.go and helpers/credentials
 */
export const applicationPassword = oneAtATime({
  properties: {
    applicationId: APPLICATION_ID,
    displayName: { type: "string", computed: true, forceNew: true },
    ...DATES,
    keyId: { type: "string", output: true },
    value: { type: "string", output: true, secret: true, writeOnly: true },
  },

  async create({ applicationId, displayName }, graph) {
    await graph.call("GET", `/v1.0${applicationId}`);
    const entity = await graph.call("POST", `/v1.0${applicationId}/addPassword`, {
      passwordCredential: displayName === UNKNOWN ? {} : { displayName },
    });
    const id = `${lastOf(applicationId)}/password/${entity.keyId}`;
    return { id, entity, once: { value: entity.secretText ?? "" } };
  },

  settle: (id, _, graph) => waitForKey("exists", id, "passwordCredentials", graph),

  async read(id, graph) {
    const application = await graph.find(pathOf(id));
    return application && keyIn(application, id, "passwordCredentials");
  },

  async delete(id, graph) {
    await graph.call("POST", `${pathOf(id)}/removePassword`, { keyId: lastOf(id) });
    await waitForKey("gone", id, "passwordCredentials", graph);
  },
});

/**
 * `azuread.ApplicationCertificate`, of a PEM.
 *
 * @see terraform-provider-azuread 3.9, application_certificate_resource.go and helpers/credentials
 */
export const applicationCertificate = oneAtATime({
  properties: {
    applicationId: APPLICATION_ID,
    encoding: { type: "string", default: "pem", forceNew: true, writeOnly: true },
    type: { type: "string", forceNew: true },
    value: { type: "string", forceNew: true, secret: true, writeOnly: true },
    ...DATES,
    keyId: { type: "string", output: true },
  },

  async create({ applicationId, type = "", value }, graph) {
    const keyId = randomUUID();
    const id = `${lastOf(applicationId)}/certificate/${keyId}`;
    const entity = {
      key: Buffer.from(String(value)).toString("base64"),
      keyId,
      type,
      usage: "Verify",
    };
    await changeCertificates(id, graph, (others) => [...others, entity]);
    return { id, entity };
  },

  settle: (id, _, graph) => waitForKey("exists", id, "keyCredentials", graph),

  /** As in the plugin, an application that is gone is an error. */
  async read(id, graph) {
    return keyIn(await graph.call("GET", pathOf(id)), id, "keyCredentials");
  },

  async delete(id, graph) {
    await changeCertificates(id, graph, (all) => all.filter(({ keyId }) => keyId !== lastOf(id)));
    await waitForKey("gone", id, "keyCredentials", graph);
  },
});

/**
 * `azuread.ApplicationFederatedIdentityCredential`.
 *
 * @see terraform-provider-azuread 3.9, application_federated_identity_credential_resource.go
 */
export const federatedIdentityCredential = oneAtATime({
  properties: {
    applicationId: APPLICATION_ID,
    audiences: { type: "list" },
    description: { type: "string" },
    displayName: { type: "string", forceNew: true, from: "name" },
    issuer: { type: "string" },
    subject: { type: "string" },
    credentialId: { type: "string", output: true, from: "id" },
  },

  async create(plan, graph) {
    const path = `/v1.0${plan.applicationId}`;
    await graph.call("GET", path);
    const body = federatedBodyOf(plan);
    const entity = await graph.call("POST", `${path}/federatedIdentityCredentials`, body);
    const id = `${lastOf(plan.applicationId)}/federatedIdentityCredential/${entity.id}`;
    return { id, entity };
  },

  settle: (id, _, graph) =>
    waitUntil("exists", async () => (await graph.find(federatedPathOf(id))) !== undefined),

  async read(id, graph) {
    const entity = await graph.find(federatedPathOf(id));
    return entity && { ...entity, applicationId: applicationIdOf(id) };
  },

  async update(id, plan, _, graph) {
    const body = { ...federatedBodyOf(plan), id: lastOf(id) };
    await graph.call("PATCH", federatedPathOf(id), body);
  },

  delete: (id, graph) => deleteAndWait(federatedPathOf(id), graph),
});

/** Changes an application's credentials one at a time, as its certificates are one property. */
function oneAtATime(type: GraphType): ResourceType<Graph> {
  const resource = graphResource(type);
  const locked = <Result>(id: string, graph: Graph, work: () => Promise<Result>) =>
    graph.lock(applicationIdOf(id), work);
  return {
    ...resource,
    create: (plan, graph) =>
      graph.lock(String(plan.applicationId), () => resource.create(plan, graph)),
    update: (id, plan, old, graph) =>
      locked(id, graph, () => resource.update(id, plan, old, graph)),
    delete: (id, old, graph) => locked(id, graph, () => resource.delete(id, old, graph)),
  };
}

const lastOf = (id: unknown): string => String(id).split("/").at(-1) ?? "";
const applicationIdOf = (id: string): string => `/applications/${id.split("/")[0]}`;
const pathOf = (id: string): string => `/v1.0${applicationIdOf(id)}`;
const federatedPathOf = (id: string): string =>
  `${pathOf(id)}/federatedIdentityCredentials/${lastOf(id)}`;

const federatedBodyOf = ({ audiences, description, displayName, issuer, subject }: Values) => ({
  "@odata.type": "#microsoft.graph.federatedIdentityCredential",
  audiences,
  description: description ?? "",
  issuer,
  name: displayName,
  subject,
});

/** An application's property that holds its credentials of one kind. */
type KeyList = "keyCredentials" | "passwordCredentials";

const keysIn = (application: Values, list: KeyList): Values[] => {
  const keys = application[list];
  return Array.isArray(keys) ? keys.filter(isObject) : [];
};

/** The credential with a resource's id, if the application has it. */
function keyIn(application: Values, id: string, list: KeyList): Values | undefined {
  const key = keysIn(application, list).find(({ keyId }) => keyId === lastOf(id));
  return key && { ...key, applicationId: applicationIdOf(id) };
}

const waitForKey = (
  state: "exists" | "gone",
  id: string,
  list: KeyList,
  graph: Graph,
): Promise<void> =>
  waitUntil(state, async () => keyIn(await graph.call("GET", pathOf(id)), id, list) !== undefined);

async function changeCertificates(
  id: string,
  graph: Graph,
  change: (all: Values[]) => Values[],
): Promise<void> {
  const path = pathOf(id);
  const keyCredentials = change(keysIn(await graph.call("GET", path), "keyCredentials"));
  await graph.call("PATCH", path, {
    "@odata.type": "#microsoft.graph.application",
    id: id.split("/")[0],
    keyCredentials,
  });
}
