/**
 * The name of what a sender has in the tenant: connector, mailbox, app, scope, role assignment. It carries the stack's
 * name, so that environments can share a tenant.
 */
export function relayName(stack: string, sender: string): string {
  return `relay-${stack}-${sender}`;
}
