import type { Problem } from "../problem.ts";
import { objectNameProblem } from "./objectName.ts";

/** Says that a connector's Name is empty, too long, or has characters that Exchange trims or refuses. */
export function connectorNameProblem(key: string, value: string): Problem | undefined {
  return objectNameProblem(key, value, "a connector's");
}
