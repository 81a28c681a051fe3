import { join } from "node:path";

/** The project's folder. */
export const projectRoot = join(import.meta.dirname, "../..");

/** What the project fetches or builds for itself lies here; git ignores it. */
export const cacheFolder = join(projectRoot, ".cache");
