import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** Parameters that a cmdlet's own page has for Exchange Online, and those that it has for the server product alone. */
export interface ParameterPage {
  cloud: string[];
  onPremises: string[];
}

/** By the name of the cmdlet; the head of the file has its source. */
export const parameterPages = parse(
  readFileSync(join(import.meta.dirname, "parameterPages.yaml"), "utf8"),
) as Record<string, ParameterPage>;

/** Whether a cmdlet's page has a parameter for Exchange Online, in any letter case. */
export function isDocumented(cmdlet: string, parameter: string): boolean {
  const wanted = parameter.toLowerCase();
  const cloud = parameterPages[cmdlet]?.cloud ?? [];
  return cloud.some((name) => name.toLowerCase() === wanted);
}
