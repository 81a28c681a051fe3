import type { Submission } from "./choose.ts";
import { type CredentialGeneration, validGenerations } from "./generation.ts";
import { nameOfWay } from "./methods.ts";

// How a secret or password is renewed. All that is known of a renewal is `credentialGeneration` in the stack file: 1, 2 (2 and
// 1 are valid), [2] (2 alone is), 3, [3], and so on. So anybody can go on where somebody else has stopped.

/** Where the renewal of a secret stands, by the stack file. */
export type Rotation =
  /** One is valid; the next change issues another. */
  | { readonly phase: "settled"; readonly newest: number; readonly next: string }
  /** Two are valid; the next change leaves the newest alone. */
  | { readonly phase: "overlap"; readonly newest: number; readonly next: string };

/** @param by whether it is a secret or a password, of which there is one at a time */
export function rotationOf(written: CredentialGeneration, by: "secret" | "password"): Rotation {
  const [newest, before] = validGenerations(written);
  return by === "secret" && before !== undefined
    ? { phase: "overlap", newest, next: `[${newest}]` }
    : { phase: "settled", newest, next: `${newest + 1}` };
}

/**
 * What a sender signs in with that can be renewed by this.
 *
 * @throws Error that says why there is nothing to renew
 */
export function rotatedCredential(
  { submitting, relaying, highVolume, elsewhere, directSending }: Submission,
  sender: string,
): "secret" | "password" {
  if (highVolume.some((one) => one.sender === sender)) return "password";
  const other = elsewhere.find((one) => one.sender === sender);
  if (other !== undefined) {
    throw new Error(
      `sender "${sender}" is to send with ${nameOfWay(other)}, which this stack does not set up; renew its credential there`,
    );
  }
  if (directSending.some((one) => one.sender === sender)) {
    throw new Error(`sender "${sender}" uses direct send, which signs in with nothing`);
  }
  const relay = relaying.find((one) => one.sender === sender);
  if (relay?.match.by === "certificate") {
    throw new Error(
      `sender "${sender}" relays with a certificate, which the stack does not hold; let its server present the new one, issued for the same name (${relay.match.certificateName}): nothing else has to change`,
    );
  }
  const by = submitting.find((one) => one.sender === sender)?.credential.by;
  switch (by) {
    case "secret":
    case "password":
      return by;
    case undefined:
      throw new Error(
        `sender "${sender}" has no secret and no password, as Exchange knows it by its address; there is nothing to rotate`,
      );
    case "adoptedApp":
      throw new Error(
        `sender "${sender}" signs in with an app that is not this stack's; renew its credential where it is managed`,
      );
    case "federatedIdentity":
      throw new Error(
        `sender "${sender}" signs in with a federated identity, and so has no secret to rotate`,
      );
    default:
      throw new Error(
        `sender "${sender}" signs in with a certificate; list the new one beside the present one in its signInCertificate, run npm run pulumi -- up, and take the present one out once nothing signs in with it`,
      );
  }
}

/** A change that a preview shows: see `Change` of the engine. */
interface PlannedChange {
  readonly name: string;
  readonly type: string;
  readonly op: string;
  readonly properties: readonly string[];
}

/** A sender's credential, with the newest generation that is to be valid. */
export interface OfSender {
  readonly sender: string;
  readonly newest: number;
}

/** Whether a change is one of a sender's secret or password, and of nothing else. No newer secret than the newest goes. */
export function isOfCredential(
  { name, type, op, properties }: PlannedChange,
  { sender, newest }: OfSender,
): boolean {
  switch (type) {
    case "ApplicationPassword": {
      const [, generation] = new RegExp(`^relay-${sender}-secret-(\\d+)$`).exec(name) ?? [];
      return generation !== undefined && Number(generation) <= newest;
    }
    case "Password":
      return name === `relay-${sender}-password`;
    case "User":
      return (
        name === `relay-${sender}-user` &&
        op === "update" &&
        properties.every((one) => one === "password")
      );
    case "UserPassword":
      return (
        name === `relay-${sender}-account-password` &&
        op === "update" &&
        properties.every((one) => one === "password")
      );
    default:
      return false;
  }
}

/** Whether a preview shows that the newest secret is not there yet. */
export const makesNewest = (
  changes: readonly PlannedChange[],
  { sender, newest }: OfSender,
): boolean =>
  changes.some(({ name, op }) => op === "create" && name === `relay-${sender}-secret-${newest}`);

/**
 * What a preview shows beside a sender's credential. What an earlier `up` is still waiting for is an update of no input,
 * and does not count.
 */
export const otherChanges = <T extends PlannedChange>(
  changes: readonly T[],
  credential: OfSender,
): T[] =>
  changes.filter(
    (change) =>
      !isOfCredential(change, credential) &&
      !(change.op === "update" && change.properties.length === 0),
  );
