import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** The engine's plugins that are a module of @pulumi/pulumi, by their file names. */
const LAUNCHED = {
  "pulumi-resource-pulumi-nodejs": "@pulumi/pulumi/cmd/dynamic-provider",
  "pulumi-analyzer-policy-nodejs": "@pulumi/pulumi/cmd/run-policy-pack",
};

/**
 * Writes what an engine built from its Go module lacks: the two launchers that a release brings.
 * The engine starts them in the project's (or the policy pack's) folder, whose @pulumi/pulumi they
 * load; `exec`, so that its signals reach Node.
 */
export function writeLaunchers(binFolder: string): void {
  for (const [name, module] of Object.entries(LAUNCHED)) {
    const script = `#!/bin/sh
# The module is looked up from the folder that the engine starts this in.
module=$(node -p 'require.resolve("${module}")') || exit 1
exec node "$module" "$@"
`;
    writeFileSync(join(binFolder, name), script, { mode: 0o755 });
  }
}
