import { X509Certificate } from "node:crypto";
import type {
  Application,
  FederatedIdentityCredential,
  KeyCredential,
  PasswordCredential,
} from "../../world/directory.ts";
import type { Tenant } from "../../world/world.ts";
import type { Entity } from "../entities.ts";

/**
 * An app registration (Graph v1.0 resource type `application`). Secrets are never shown again; the certificates'
 * bytes only `withKeys`, as Graph gives them when `keyCredentials` is selected.
 */
export function presentApplication(
  application: Application,
  tenant: Tenant,
  withKeys: boolean,
): Entity {
  return {
    id: application.id,
    deletedDateTime: null,
    appId: application.appId,
    applicationTemplateId: null,
    certification: null,
    createdDateTime: application.createdDateTime,
    disabledByMicrosoftStatus: null,
    publisherDomain: tenant.domain,
    tokenEncryptionKeyId: null,
    verifiedPublisher: { displayName: null, verifiedPublisherId: null, addedDateTime: null },
    ...application.properties,
    keyCredentials: application.keyCredentials.map((key) => presentKey(key, withKeys)),
    passwordCredentials: application.passwordCredentials.map((one) => presentPassword(one)),
  };
}

function presentKey(key: KeyCredential, withKeys: boolean): Entity {
  return {
    customKeyIdentifier: key.customKeyIdentifier,
    displayName: key.displayName,
    endDateTime: key.endDateTime,
    key: withKeys ? new X509Certificate(key.certificate).raw.toString("base64") : null,
    keyId: key.keyId,
    startDateTime: key.startDateTime,
    type: key.type,
    usage: key.usage,
  };
}

/** A client secret; its text only in the answer that makes it. */
export function presentPassword(
  { displayName, endDateTime, hint, keyId, startDateTime }: PasswordCredential,
  secretText: string | null = null,
): Entity {
  return {
    customKeyIdentifier: null,
    displayName,
    endDateTime,
    hint,
    keyId,
    secretText,
    startDateTime,
  };
}

/** A federated identity credential (Graph v1.0 resource type of that name). */
export function presentFederated({
  effectiveAt: _,
  ...credential
}: FederatedIdentityCredential): Entity {
  return { ...credential };
}
