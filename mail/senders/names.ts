import { dashProblem } from "../characters.ts";
import type { Problem } from "../problem.ts";
import { GUID } from "../tenantId.ts";
import { mailboxAddressProblem } from "./mailbox.ts";

/**
 * The name of what a sender has in the tenant: connector, mailbox, app, scope, role assignment. It carries the stack's
 * name, so that environments can share a tenant.
 */
export function relayName(stack: string, sender: string): string {
  return `relay-${stack}-${sender}`;
}

/** A sender's name in the stack file. */
export const SENDER_NAME = /^[a-z][a-z0-9-]{0,29}$/;

/** How many characters a sender's name can have in a stack: what it has in the tenant carries both names. */
export const longestSenderName = (stack: string): number =>
  Math.max(1, Math.min(30, LONGEST_NAME - relayName(stack, "").length));

/** Says that a sender's name has other characters than it may, or too many. */
export function senderNameProblem(key: string, value: string): Problem | undefined {
  if (SENDER_NAME.test(value)) return undefined;
  const dash = dashProblem(key, value);
  if (dash !== undefined) return dash;
  const fix =
    'use 1 to 30 lower-case letters, digits and hyphens, starting with a letter, e.g. "erp"';
  return { key, value, rule: "is not a valid name of a sender", fix };
}

/** Exchange's limit for the Name of most objects, in characters. */
const LONGEST_NAME = 64;

/**
 * Says that an object's Name is empty, too long, or has spaces that Exchange trims.
 *
 * @param whose whose name it is, for the message: `a connector's`
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/new-mailbox (Name)
 */
export function objectNameProblem(key: string, value: string, whose: string): Problem | undefined {
  const fix = `use 1 to ${LONGEST_NAME} characters`;
  if (value.trim() === "") return { key, value, rule: "is empty", fix };
  if (value.length > LONGEST_NAME) {
    const rule = `has ${value.length} characters, but ${whose} name can have at most ${LONGEST_NAME}`;
    return { key, value, rule, fix };
  }
  if (value !== value.trim()) {
    return { key, value, rule: "begins or ends with a space", fix: "remove the space" };
  }
  return undefined;
}

/**
 * The same for an outbound spam policy and its rule, whose names lack some characters.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/new-hostedoutboundspamfilterrule (Name)
 */
export function outboundPolicyNameProblem(key: string, value: string): Problem | undefined {
  const [character] = /[\\%&*+/=?{}|<>();:[\],"]/.exec(value) ?? [];
  if (character === undefined) return objectNameProblem(key, value, "an outbound policy's");
  return {
    key,
    value,
    rule: `has the character ${character}, which an outbound policy's name can't have`,
    fix: "use letters, digits, spaces, dots and hyphens",
  };
}

/** Says that a connector's Name is empty, too long, or has characters that Exchange trims or refuses. */
export function connectorNameProblem(key: string, value: string): Problem | undefined {
  return objectNameProblem(key, value, "a connector's");
}

/**
 * The same for a mail flow rule.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/new-transportrule (Name)
 */
export function ruleNameProblem(key: string, value: string): Problem | undefined {
  return objectNameProblem(key, value, "a mail flow rule's");
}

/** Says that a value is no id of an object in Entra. */
export function directoryIdProblem(key: string, value: string): Problem | undefined {
  if (GUID.test(value)) return undefined;
  const fix = 'use the id that Entra shows, e.g. "00000002-0000-0ff1-ce00-000000000000"';
  return { key, value, rule: "is not an object id (a GUID)", fix };
}

/** Says that a value is no client id of an app. */
export function clientIdProblem(key: string, value: string): Problem | undefined {
  if (GUID.test(value)) return undefined;
  const fix =
    'use the "Application (client) ID" that Entra shows, e.g. "11111111-2222-3333-4444-555555555555"';
  return { key, value, rule: "is not the client id of an app (a GUID)", fix };
}

/** Says that a value names nobody who can be given a right: no mailbox and no enterprise application. */
export function trusteeProblem(key: string, value: string): Problem | undefined {
  if (GUID.test(value) || mailboxAddressProblem(key, value) === undefined) return undefined;
  return {
    key,
    value,
    rule: "is neither an address nor an object id (a GUID)",
    fix: "use the address of a mailbox or the object id of an enterprise application",
  };
}

/** Whether Exchange takes two names of connectors for the same: it does not tell letter case apart. */
export function sameName(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

/** An object of Exchange whose name ours needs. */
export interface Namesake {
  /** What it is, with its article: `a management scope`. */
  readonly what: string;
  readonly name: string;
  /** Exchange's own id. */
  readonly guid: string;
}

/** The fix for a name that somebody else has. */
export const OTHER_NAME = "give the stack or the sender another name";

/**
 * Says that the name of an object is taken.
 *
 * @param theirs the owner that it is marked with, if any
 * @param otherwise the fix besides renaming it
 */
export function nameTaken(
  { what, name, guid }: Namesake,
  theirs: string | undefined,
  otherwise = OTHER_NAME,
): Problem {
  if (theirs !== undefined) {
    return {
      key: "name",
      value: name,
      rule: `is the name of ${what} that ${theirs} manages (${guid})`,
      fix: OTHER_NAME,
    };
  }
  return {
    key: "name",
    value: name,
    rule: `is the name of ${what} that exists already and is not ours (${guid})`,
    fix: `rename it, or ${otherwise}`,
  };
}
