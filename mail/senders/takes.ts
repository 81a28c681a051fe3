// Keys that only some ways take: what a sender has of them has no effect with another way, and is refused then.

import { validGenerations } from "./generation.ts";
import type { Way } from "./methods.ts";
import type { Sender } from "./sender.ts";

/** What only some senders have, and what they have to sign in with for it. */
export const TAKES = {
  adoptMailbox: ["oauth"],
  adoptApplication: ["oauth"],
  federatedIdentity: ["oauth"],
  signInCertificate: ["oauth"],
  credentialGeneration: ["oauth", "password", "highVolumeEmail"],
  license: ["oauth", "password"],
  billingPolicyId: ["highVolumeEmail"],
} as const;
export type TakenKey = keyof typeof TAKES;

export const takes = (name: TakenKey, { method, by }: Way): boolean =>
  TAKES[name].some((one) => one === (method === "smtpAuth" ? by : method));

/** Those that a sender has. */
export const givenKeys = (sender: Sender): TakenKey[] =>
  (Object.keys(TAKES) as TakenKey[]).filter((name) =>
    name === "credentialGeneration" ? validGenerations(sender[name])[0] > 1 : Boolean(sender[name]),
  );

/** Methods that take no mail from an address. */
const SIGNING_IN: readonly Way["method"][] = ["smtpAuth", "highVolumeEmail", "graph"];

/** What else has to change for a sender to send by a way, as imperatives. */
export const keyFixes = (sender: Sender, way: Way): string[] => [
  ...(way.by === "password" && sender.license === undefined ? ["add license"] : []),
  ...(way.by === "certificate" && sender.certificateName === undefined
    ? ["add certificateName"]
    : []),
  ...(way.by === "staticIp" && sender.egress.length === 0 ? ["add egress"] : []),
  ...(way.method === "directSend" && sender.authentication.includes("certificate")
    ? ["remove certificateName"]
    : []),
  ...(SIGNING_IN.includes(way.method) &&
  sender.authentication.includes("none") &&
  sender.egress.length > 0
    ? ["remove egress"]
    : []),
  ...givenKeys(sender)
    .filter((name) => !takes(name, way))
    .map((name) => `remove ${name}`),
];
