import type * as pulumi from "@pulumi/pulumi";

// A component waits for nothing itself: the engine takes one resource after the other, and the children of a component that
// waits come after everything that could begin at the same time. Its children wait.

/** Options of a component, without what its children wait for. */
export function atOnce(
  opts: pulumi.ComponentResourceOptions | undefined,
): pulumi.ComponentResourceOptions {
  const { dependsOn: _, ...own } = opts ?? {};
  return own;
}

/** Options of a child that waits for what its component depends on. Pulumi hands on `protect`, but not `dependsOn`. */
export function waitingChild(
  parent: pulumi.Resource,
  opts: pulumi.ComponentResourceOptions | undefined,
): pulumi.CustomResourceOptions & { readonly parent: pulumi.Resource } {
  return { parent, ...(opts?.dependsOn && { dependsOn: opts.dependsOn }) };
}
