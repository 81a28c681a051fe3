import type { AppName } from "./rights.ts";

/** An Entra directory role that an app can have in place of a role group. */
interface BroadRole {
  /** Id of its definition, the same in every tenant. */
  readonly id: string;
  readonly name: string;
  /** What it lacks all the same, as the end of a sentence. */
  readonly lacks: string;
}

/**
 * The broader way, for each app.
 *
 * @see https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
 */
export const DIRECTORY_ROLES: Readonly<Record<AppName, BroadRole>> = {
  deploy: {
    id: "29232cdf-9323-42fd-ade2-1d097af3e4de",
    name: "Exchange Administrator",
    lacks: ": it can read the settings of every mailbox and let itself in",
  },
  read: {
    id: "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
    name: "Global Reader",
    lacks:
      ": it reads every service of the tenant, and may still not read the senders' service principals in Exchange nor the audit log",
  },
};

/** Names of directory roles that are known, by id. */
export const directoryRoleName = (id: string): string =>
  Object.values(DIRECTORY_ROLES).find((role) => role.id === id)?.name ?? id;
