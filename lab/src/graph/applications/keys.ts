import { X509Certificate } from "node:crypto";
import { newGuid } from "../../context.ts";
import type { KeyCredential } from "../../world/directory.ts";
import type { Call } from "../call.ts";
import { GraphRefusal } from "../refusal.ts";
import { checkBody, type Fields } from "../shape.ts";
import { graphTime, knownFrom, readTime } from "../time.ts";
import * as replies from "./credentialReplies.ts";

const KEY_FIELDS: Fields = {
  customKeyIdentifier: "string",
  displayName: "string",
  endDateTime: "string",
  key: "string",
  keyId: "string",
  startDateTime: "string",
  type: "string",
  usage: "string",
};

/**
 * Reads the list of certificates that an app is to have. One without `key` stays as it is, by its key id;
 * a new one comes as base64 of PEM or DER.
 *
 * @throws GraphRefusal for what is no certificate, and for one that is out of date
 */
export function readKeys(call: Call, value: unknown, held: KeyCredential[]): KeyCredential[] {
  const refuse = () => new GraphRefusal(replies.badCertificate(call.trace()));
  if (!Array.isArray(value)) throw refuse();
  const keys = value.map((item: unknown): KeyCredential => {
    if (typeof item !== "object" || item === null) throw refuse();
    const key: Record<string, unknown> = { ...item };
    checkBody(call, key, KEY_FIELDS, "KeyCredential");
    const before = held.find(({ keyId }) => keyId === key.keyId);
    if (before !== undefined && (key.key ?? null) === null) return before;
    return readKey(call, key);
  });
  if (new Set(keys.map(({ keyId }) => keyId)).size < keys.length) throw refuse();
  return keys;
}

function readKey(call: Call, key: Record<string, unknown>): KeyCredential {
  const certificate = readCertificate(key.key);
  if (certificate === undefined || key.type !== "AsymmetricX509Cert" || key.usage !== "Verify") {
    throw new GraphRefusal(replies.badCertificate(call.trace()));
  }
  const life = { from: new Date(certificate.validFrom), until: new Date(certificate.validTo) };
  const start = boundOf(key.startDateTime, life.from);
  const end = boundOf(key.endDateTime, life.until);
  if (end === undefined || end > life.until || end <= call.context.clock.now()) {
    throw new GraphRefusal(replies.badEndDate(call.trace()));
  }
  if (start === undefined || start < life.from || start >= end) {
    throw new GraphRefusal(replies.badStartDate(call.trace()));
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

/** A date of the request, or the certificate's own; undefined for what is no date. */
function boundOf(value: unknown, own: Date): Date | undefined {
  return (value ?? null) === null ? own : readTime(value);
}

function readCertificate(value: unknown): X509Certificate | undefined {
  if (typeof value !== "string") return undefined;
  try {
    return new X509Certificate(Buffer.from(value, "base64"));
  } catch {
    return undefined;
  }
}
