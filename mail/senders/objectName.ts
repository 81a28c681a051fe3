import type { Problem } from "../problem.ts";

/** Exchange's limit for the Name of most objects, in characters. */
const LONGEST_NAME = 64;

/**
 * Says that an object's Name is empty, too long, or has spaces that Exchange trims.
 *
 * @param whose whose name it is, for the message: `a connector's`
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/new-mailbox (Name)
 */
export function objectNameProblem(key: string, value: string, whose: string): Problem | undefined {
  const fix = `write 1 to ${LONGEST_NAME} characters`;
  if (value.trim() === "") return { key, value, rule: "is empty", fix };
  if (value.length > LONGEST_NAME) {
    const rule = `has ${value.length} characters, but ${whose} name has ${LONGEST_NAME} at most`;
    return { key, value, rule, fix };
  }
  if (value !== value.trim()) return { key, value, rule: "begins or ends with a space", fix };
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
    fix: "write it with letters, digits, spaces, dots and hyphens",
  };
}
