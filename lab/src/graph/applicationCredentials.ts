import { X509Certificate } from "node:crypto";
import type {
  KeyCredential as GraphKeyCredential,
  PasswordCredential as GraphPasswordCredential,
} from "@microsoft/microsoft-graph-types";
import { newGuid } from "../context.ts";
import { makeRandom } from "../random.ts";
import type { Application, KeyCredential, PasswordCredential } from "../world/directory.ts";
import { answerDone, answerOne, type Entity } from "./answers.ts";
import { demandAllowed } from "./appManagement.ts";
import type { Answer } from "./errors.ts";
import type { Call } from "./guard.ts";
import { checkOwnership } from "./owners.ts";
import { checkBody, type Shapes } from "./properties.ts";
import { graphTime, knownFrom, readTime } from "./time.ts";

const KEY: Shapes = {
  customKeyIdentifier: "string",
  displayName: "string",
  endDateTime: "string",
  key: "string",
  keyId: "string",
  startDateTime: "string",
  type: "string",
  usage: "string",
};

const PASSWORD_REQUEST: Shapes = {
  passwordCredential: {
    displayName: "string",
    startDateTime: "string",
    endDateTime: "string",
  },
};

/** `addPassword`: only this answer has the secret. Without dates it is valid for two years. */
export function addPassword(call: Call, application: Application): Answer {
  const { context, secrets } = call;
  checkOwnership(call, application.owners);
  const { displayName, start, end } = readPasswordRequest(call);
  demandAllowed(call, application, "passwordCredentials", { start, end });
  const keyId = newGuid(context.world);
  const random = makeRandom(`${context.world.seed}/client secret/${keyId}`);
  const text = `${random.hex(3)}8Q~${random.hex(34)}`;
  const credential: PasswordCredential = {
    keyId,
    displayName,
    hint: text.slice(0, 3),
    startDateTime: graphTime(start),
    endDateTime: graphTime(end),
    effectiveAt: knownFrom(context),
  };
  secrets.appPasswords[keyId] = text;
  application.passwordCredentials.push(credential);
  context.changed();
  const kind = { segment: "microsoft.graph.passwordCredential", type: "passwordCredential" };
  return answerOne(call, kind, { ...passwordEntity(credential, text) });
}

/** `removePassword` */
export function removePassword(call: Call, application: Application): Answer {
  checkOwnership(call, application.owners);
  checkBody(call, call.body, { keyId: "string" }, "Application");
  const { keyId } = call.body;
  const others = application.passwordCredentials.filter((password) => password.keyId !== keyId);
  if (others.length === application.passwordCredentials.length) {
    throw call.refusal("graph.unknown-password", { keyId: String(keyId) });
  }
  application.passwordCredentials = others;
  return answerDone(call);
}

/** A client secret, without its text but for the answer that creates it. */
export function passwordEntity(
  { displayName, endDateTime, hint, keyId, startDateTime }: PasswordCredential,
  secretText: string | null = null,
): GraphPasswordCredential {
  const dates = { endDateTime, startDateTime };
  return { customKeyIdentifier: null, displayName, hint, keyId, secretText, ...dates };
}

export function certificateEntity(
  { certificate, effectiveAt: _, ...credential }: KeyCredential,
  withKey: boolean,
): GraphKeyCredential {
  const key = withKey ? new X509Certificate(certificate).raw.toString("base64") : null;
  // Microsoft's types take binary values, which are base64, for numbers.
  return { ...credential, key: key as null };
}

/**
 * Reads all certificates that an app shall have. One without `key` stays as it is, by its key id; a new one is
 * base64 of PEM or DER.
 *
 * @throws GraphRefusal for anything that is no certificate, or out of date
 */
export function readCertificates(
  call: Call,
  value: unknown,
  current: KeyCredential[],
): KeyCredential[] {
  const refuse = () => call.refusal("graph.key-no-certificate");
  if (!Array.isArray(value)) throw refuse();
  const keys = value.map((item: unknown): KeyCredential => {
    if (typeof item !== "object" || item === null) throw refuse();
    const key: Entity = { ...item };
    checkBody(call, key, KEY, "KeyCredential");
    const before = current.find(({ keyId }) => keyId === key.keyId);
    if (before !== undefined && (key.key ?? null) === null) return before;
    return readCertificate(call, key);
  });
  if (new Set(keys.map(({ keyId }) => keyId)).size < keys.length) throw refuse();
  return keys;
}

function readCertificate(call: Call, key: Entity): KeyCredential {
  const certificate = decode(key.key);
  if (certificate === undefined || key.type !== "AsymmetricX509Cert" || key.usage !== "Verify") {
    throw call.refusal("graph.key-no-certificate");
  }
  const life = { from: new Date(certificate.validFrom), until: new Date(certificate.validTo) };
  const start = dateOr(key.startDateTime, life.from);
  const end = dateOr(key.endDateTime, life.until);
  if (end === undefined || end > life.until || end <= call.context.clock.now()) {
    throw call.refusal("graph.key-end-date");
  }
  if (start === undefined || start < life.from || start >= end) {
    throw call.refusal("graph.key-start-date");
  }
  return {
    keyId: typeof key.keyId === "string" ? key.keyId : newGuid(call.context.world),
    displayName: typeof key.displayName === "string" ? key.displayName : certificate.subject,
    type: key.type,
    usage: key.usage,
    startDateTime: graphTime(start),
    endDateTime: graphTime(end),
    customKeyIdentifier: certificate.fingerprint.replaceAll(":", ""),
    certificate: certificate.toString(),
    effectiveAt: knownFrom(call.context),
  };
}

function decode(value: unknown): X509Certificate | undefined {
  if (typeof value !== "string") return undefined;
  try {
    return new X509Certificate(Buffer.from(value, "base64"));
  } catch {
    return undefined;
  }
}

function readPasswordRequest(call: Call): { displayName: string | null; start: Date; end: Date } {
  checkBody(call, call.body, PASSWORD_REQUEST, "PasswordCredential");
  const request = call.body.passwordCredential as Record<string, string | null> | null | undefined;
  const { displayName = null, startDateTime, endDateTime } = request ?? {};
  const now = call.context.clock.now();
  const start = dateOr(startDateTime || null, now);
  const inTwoYears = new Date(start ?? now);
  inTwoYears.setUTCFullYear(inTwoYears.getUTCFullYear() + 2);
  const end = dateOr(endDateTime || null, inTwoYears);
  if (start === undefined || end === undefined || end <= start || end <= now) {
    throw call.refusal("graph.password-period");
  }
  return { displayName, start, end };
}

/** A date of the request, else the other; undefined for anything that is no date. */
const dateOr = (value: unknown, other: Date): Date | undefined =>
  (value ?? null) === null ? other : readTime(value);
