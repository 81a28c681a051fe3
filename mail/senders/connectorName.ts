import type { Problem } from "../problem.ts";

/** Exchange's limit for the Name of a connector, in characters. */
const LONGEST_CONNECTOR_NAME = 64;

/** The connector's Name in Exchange. It carries the stack's name, so that environments can share a tenant. */
export function connectorName(stack: string, sender: string): string {
  return `relay-${stack}-${sender}`;
}

/** Says that a connector's Name is empty, too long, or has characters that Exchange trims or refuses. */
export function connectorNameProblem(key: string, value: string): Problem | undefined {
  const fix = `write 1 to ${LONGEST_CONNECTOR_NAME} characters`;
  if (value.trim() === "") return { key, value, rule: "is empty", fix };
  if (value.length > LONGEST_CONNECTOR_NAME) {
    const rule = `has ${value.length} characters, but a connector's name has ${LONGEST_CONNECTOR_NAME} at most`;
    return { key, value, rule, fix };
  }
  if (value !== value.trim()) return { key, value, rule: "begins or ends with a space", fix };
  return undefined;
}
