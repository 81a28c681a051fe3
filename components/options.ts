import type * as pulumi from "@pulumi/pulumi";

/**
 * Options of a child that waits for what its component depends on. Pulumi hands `protect` on to children, but not
 * `dependsOn`: children whose check reads the tenant or the zone have to name it themselves.
 */
export function waitingChild(
  parent: pulumi.Resource,
  opts: pulumi.ComponentResourceOptions | undefined,
): pulumi.CustomResourceOptions {
  return { parent, ...(opts?.dependsOn && { dependsOn: opts.dependsOn }) };
}
