import { newGuid } from "../../context.ts";
import type { Application, FederatedIdentityCredential } from "../../world/directory.ts";
import type { Answer, Call } from "../call.ts";
import { many, one } from "../entities.ts";
import { GraphRefusal } from "../refusal.ts";
import * as replies from "../replies.ts";
import { checkOwnership } from "../roles.ts";
import { checkBody, type Fields } from "../shape.ts";
import { knownFrom } from "../time.ts";
import * as refusals from "./credentialReplies.ts";
import { presentFederated } from "./present.ts";

const MOST = 20;
const FIELDS: Fields = {
  name: "string",
  issuer: "string",
  subject: "string",
  audiences: ["string"],
  description: "string",
};

type Written = Omit<FederatedIdentityCredential, "id" | "effectiveAt">;

const kindOf = ({ id }: Application) => ({
  segment: `applications('${id}')/federatedIdentityCredentials`,
  type: "federatedIdentityCredential",
});

export function listFederated(call: Call, application: Application): Answer {
  const credentials = application.federatedIdentityCredentials.map(presentFederated);
  return many(call, kindOf(application), credentials);
}

export function getFederated(call: Call, application: Application): Answer {
  return one(call, kindOf(application), presentFederated(find(call, application)));
}

export function createFederated(call: Call, application: Application): Answer {
  const { context } = call;
  checkOwnership(call, application.owners);
  const written = read(call, { description: null });
  checkUnique(call, written, application.federatedIdentityCredentials);
  if (application.federatedIdentityCredentials.length >= MOST) {
    throw new GraphRefusal(refusals.tooManyFederated(call.trace()));
  }
  const credential = {
    id: newGuid(context.world),
    ...written,
    effectiveAt: knownFrom(context),
  };
  application.federatedIdentityCredentials.push(credential);
  context.changed();
  return one(call, kindOf(application), presentFederated(credential), { status: 201 });
}

export function updateFederated(call: Call, application: Application): Answer {
  checkOwnership(call, application.owners);
  const credential = find(call, application);
  const { id: _, effectiveAt: __, ...before } = credential;
  const written = read(call, { ...before });
  if (written.name !== credential.name) {
    throw new GraphRefusal(refusals.badFederatedValue(call.trace(), "Name"));
  }
  const others = application.federatedIdentityCredentials.filter((held) => held !== credential);
  checkUnique(call, written, others);
  Object.assign(credential, written, { effectiveAt: knownFrom(call.context) });
  call.context.changed();
  return replies.done();
}

export function deleteFederated(call: Call, application: Application): Answer {
  checkOwnership(call, application.owners);
  const credential = find(call, application);
  application.federatedIdentityCredentials = application.federatedIdentityCredentials.filter(
    (held) => held !== credential,
  );
  call.context.changed();
  return replies.done();
}

/** By id or by name. */
function find(call: Call, application: Application): FederatedIdentityCredential {
  const wanted = call.c.req.param("credential") ?? "";
  const found = application.federatedIdentityCredentials.find(
    ({ id, name }) => id === wanted || name === wanted,
  );
  if (found === undefined) throw new GraphRefusal(replies.notFound(call.trace(), wanted));
  return found;
}

/** What the body makes of what was there (properties of the resource type on Learn). */
function read(call: Call, before: Partial<Written>): Written {
  const { "@odata.type": _, id: __, ...body } = call.body;
  checkBody(call, body, FIELDS, "FederatedIdentityCredential");
  const { name, issuer, subject, audiences, description }: Record<string, unknown> = {
    ...before,
    ...body,
  };
  const refuse = (property: string) =>
    new GraphRefusal(refusals.badFederatedValue(call.trace(), property));
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
  call: Call,
  { name, issuer, subject }: Written,
  others: FederatedIdentityCredential[],
): void {
  if (others.some((other) => other.name === name)) {
    throw new GraphRefusal(refusals.federatedNameTaken(call.trace(), name));
  }
  if (others.some((other) => other.issuer === issuer && other.subject === subject)) {
    throw new GraphRefusal(refusals.federatedTaken(call.trace(), issuer, subject));
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= 600;
}

function isHttps(value: string): boolean {
  return URL.canParse(value) && new URL(value).protocol === "https:";
}
