/** A resource as a state keeps it. */
interface KeptResource {
  readonly type: string;
  readonly custom: boolean;
}

/** The resources of a state that stand for something outside: no components, no providers. */
export function customResources(deployment: unknown): KeptResource[] {
  const { resources } = deployment as { resources: KeptResource[] };
  return resources.filter(({ type, custom }) => custom && !type.startsWith("pulumi:"));
}
