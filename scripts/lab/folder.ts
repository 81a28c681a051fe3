import { join } from "node:path";
import { projectRoot } from "../setup/root.ts";

/** Where the served world of a seed is kept; git ignores it. */
export function labFolder(seed: string): string {
  return join(projectRoot, ".lab", seed);
}
