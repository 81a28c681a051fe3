import type { Environment } from "../../../mail/clouds.ts";

/** Whose an object is, and where. */
export interface Identity {
  readonly tenantId: string;
  readonly environment: Environment;
  /** `project/stack/sender` */
  readonly owner: string;
}

export const identityOf = ({ tenantId, environment, owner }: Identity): Identity => ({
  tenantId,
  environment,
  owner,
});
