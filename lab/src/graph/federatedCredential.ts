import type { Hono } from "hono";
import { newGuid } from "../context.ts";
import type { Application, FederatedIdentityCredential } from "../world/directory.ts";
import { answerDone, answerList, answerOne, type Entity } from "./answers.ts";
import type { MemberRoute } from "./entitySet.ts";
import type { Answer } from "./errors.ts";
import type { Call } from "./guard.ts";
import { APP_WRITERS, checkOwnership } from "./owners.ts";
import { checkBody, type Shapes } from "./properties.ts";
import { knownFrom } from "./time.ts";

const MOST = 20;

/** The Graph v1.0 resource type `federatedIdentityCredential`. */
const WRITABLE: Shapes = {
  name: "string",
  issuer: "string",
  subject: "string",
  audiences: ["string"],
  description: "string",
};

/** Not those who may only read the directory (List federatedIdentityCredentials, Graph v1.0). */
const READERS = [...APP_WRITERS, "Application.Read.All"];

type Written = Omit<FederatedIdentityCredential, "id" | "effectiveAt">;

/** Adds the routes of an app registration's federated identity credentials. */
export function addFederatedCredentialRoutes(app: Hono, member: MemberRoute<Application>): void {
  const path = "/v1.0/applications/:id/federatedIdentityCredentials";
  app.get(path, member(READERS, list));
  app.post(path, member(APP_WRITERS, create));
  app.get(`${path}/:credential`, member(READERS, get));
  app.patch(`${path}/:credential`, member(APP_WRITERS, update));
  app.delete(`${path}/:credential`, member(APP_WRITERS, remove));
}

const kindOf = ({ id }: Application) => ({
  segment: `applications('${id}')/federatedIdentityCredentials`,
  type: "federatedIdentityCredential",
});

const credentialEntity = ({ effectiveAt: _, ...credential }: FederatedIdentityCredential): Entity =>
  credential;

const list = (call: Call, application: Application): Answer =>
  answerList(
    call,
    kindOf(application),
    application.federatedIdentityCredentials.map(credentialEntity),
  );

const get = (call: Call, application: Application): Answer =>
  answerOne(call, kindOf(application), credentialEntity(find(call, application)));

function create(call: Call, application: Application): Answer {
  const { context } = call;
  checkOwnership(call, application.owners);
  const written = read(call, { description: null });
  checkUnique(call, written, application.federatedIdentityCredentials);
  if (application.federatedIdentityCredentials.length >= MOST) {
    throw call.refusal("graph.federated-too-many");
  }
  const credential = { id: newGuid(context.world), ...written, effectiveAt: knownFrom(context) };
  application.federatedIdentityCredentials.push(credential);
  context.changed();
  return answerOne(call, kindOf(application), credentialEntity(credential), 201);
}

function update(call: Call, application: Application): Answer {
  checkOwnership(call, application.owners);
  const credential = find(call, application);
  const { id: _, effectiveAt: __, ...before } = credential;
  const written = read(call, before);
  if (written.name !== credential.name) {
    throw call.refusal("graph.federated-value", { property: "Name" });
  }
  const others = application.federatedIdentityCredentials.filter((one) => one !== credential);
  checkUnique(call, written, others);
  Object.assign(credential, written, { effectiveAt: knownFrom(call.context) });
  return answerDone(call);
}

function remove(call: Call, application: Application): Answer {
  checkOwnership(call, application.owners);
  const credential = find(call, application);
  application.federatedIdentityCredentials = application.federatedIdentityCredentials.filter(
    (one) => one !== credential,
  );
  return answerDone(call);
}

/** By id or by name. */
function find(call: Call, application: Application): FederatedIdentityCredential {
  const key = call.c.req.param("credential") ?? "";
  const credential = application.federatedIdentityCredentials.find(
    ({ id, name }) => id === key || name === key,
  );
  if (credential === undefined) throw call.refusal("graph.not-found", { id: key });
  return credential;
}

/** The credential as a body changes it (properties of the resource type on Learn). */
function read(call: Call, before: Partial<Written>): Written {
  const { "@odata.type": _, id: __, ...body } = call.body;
  checkBody(call, body, WRITABLE, "FederatedIdentityCredential");
  const { name, issuer, subject, audiences, description }: Entity = { ...before, ...body };
  const refuse = (property: string) => call.refusal("graph.federated-value", { property });
  if (typeof name !== "string" || !/^[A-Za-z0-9][\w-]{0,119}$/.test(name)) throw refuse("Name");
  if (!isText(issuer) || !isHttps(issuer)) throw refuse("Issuer");
  if (!isText(subject)) throw refuse("Subject");
  if (!Array.isArray(audiences) || audiences.length !== 1 || !audiences.every(isText)) {
    throw refuse("Audiences");
  }
  if (typeof description === "string" && description.length > 600) throw refuse("Description");
  return {
    name,
    issuer,
    subject,
    audiences,
    description: typeof description === "string" ? description : null,
  };
}

function checkUnique(
  { refusal }: Call,
  { name, issuer, subject }: Written,
  others: FederatedIdentityCredential[],
): void {
  if (others.some((other) => other.name === name)) {
    throw refusal("graph.federated-name-taken", { name });
  }
  if (others.some((other) => other.issuer === issuer && other.subject === subject)) {
    throw refusal("graph.federated-taken", { issuer, subject });
  }
}

const isText = (value: unknown): value is string =>
  typeof value === "string" && value.length > 0 && value.length <= 600;

const isHttps = (value: string): boolean =>
  URL.canParse(value) && new URL(value).protocol === "https:";
