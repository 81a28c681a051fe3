import type { Environment } from "../clouds.ts";
import type { SendingDomain } from "../dns/sendingDomain.ts";
import type { ApplicationAccess } from "../senders/access.ts";
import type { Sender } from "../senders/sender.ts";

/** A relay as a stack file declares it. */
export interface EjectedRelay {
  readonly tenantId: string;
  readonly environment: Environment;
  readonly applicationAccess: ApplicationAccess;
  readonly domains: readonly SendingDomain[];
  readonly senders: readonly Sender[];
}

/** Whose relay it is. */
export interface EjectedStack {
  /** `project/stack` */
  readonly owner: string;
  /** The stack's name, without organisation and project. */
  readonly name: string;
  /** Logical name of its relay, with which the names of credentials begin. */
  readonly relay: string;
}
