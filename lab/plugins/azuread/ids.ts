import { isUuid } from "./formats.ts";
import { badCredentialId, badResourceId, wrongCredentialType } from "./replies.ts";

/** An object's id from a resource's: `/applications/ID`. @throws Error in the plugin's words */
export function objectIdOf(
  kind: "applications" | "servicePrincipals" | "users",
  resourceId: string,
): string {
  const [empty, found, id, ...rest] = resourceId.split("/");
  if (empty === "" && found === kind && id && rest.length === 0) return id;
  throw new Error(badResourceId(kind, resourceId).reason);
}

/** One of an app's credentials, from `ID/password/KEY`. @throws Error in the plugin's words */
export function credentialOf(
  type: "password" | "certificate" | "federatedIdentityCredential",
  resourceId: string,
): { objectId: string; keyId: string } {
  const [objectId = "", found = "", keyId = "", ...rest] = resourceId.split("/");
  if (!isUuid(objectId) || !isUuid(keyId) || rest.length > 0) {
    throw new Error(badCredentialId(resourceId).message);
  }
  if (found !== type) throw new Error(wrongCredentialType(type, found).message);
  return { objectId, keyId };
}
