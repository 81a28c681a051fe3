import { GRAPH_PERMISSIONS } from "../../mail/rights/graph.ts";
import { directoryIdProblem } from "../../mail/senders/names.ts";
import type { Tenant } from "../../tenant/connection.ts";
import { inputFailures } from "../host/checkFailures.ts";
import type { Kind } from "../host/dynamicProvider.ts";
import { isUnknown, pickDefined } from "../host/props.ts";
import { otherTenant, type Tenants } from "../host/tenants.ts";
import { onceUserExists } from "./license.ts";

/** The password of a user that another resource makes. */
export interface UserPasswordInputs extends Tenant {
  /** Object id in Entra. */
  readonly user: string;
  /** A secret. */
  readonly password: string;
}

const INPUTS = ["tenantId", "environment", "user", "password"] as const;

/**
 * The kind `UserPassword`: sets a user's password, which nobody can read back. It goes with its user.
 *
 * @see https://learn.microsoft.com/graph/api/user-update (passwordProfile)
 */
export function userPassword(tenants: Tenants) {
  const set = async ({ user, password, ...tenant }: UserPasswordInputs): Promise<void> => {
    const graph = await tenants.graph(tenant);
    await onceUserExists(user, () => graph.setPassword(user, password));
  };
  return {
    needs: {
      permissions: {
        read: [],
        write: [
          ...[GRAPH_PERMISSIONS.users, GRAPH_PERMISSIONS.passwords],
          // npm run stop -- --leaked ends the user's sessions.
          GRAPH_PERMISSIONS.sessions,
        ],
      },
      extras: ["policies"],
    },

    async check(olds: Partial<UserPasswordInputs>, news: UserPasswordInputs) {
      const user = isUnknown(news.user) ? undefined : directoryIdProblem("user", news.user);
      return { inputs: news, failures: inputFailures([user, otherTenant(olds, news)]) };
    },

    async diff(_id: string, olds: UserPasswordInputs, news: UserPasswordInputs) {
      const isOther = isUnknown(news.user) || olds.user !== news.user;
      const replaces = isOther ? ["user"] : [];
      const changes = isOther || isUnknown(news.password) || olds.password !== news.password;
      return { changes, replaces, deleteBeforeReplace: true };
    },

    async create(inputs: UserPasswordInputs) {
      await set(inputs);
      return { id: inputs.user, outs: pickDefined(inputs, INPUTS) };
    },

    async read(id: string, olds: UserPasswordInputs) {
      return { id, props: olds, inputs: pickDefined(olds, INPUTS) };
    },

    async update(_id: string, _olds: UserPasswordInputs, news: UserPasswordInputs) {
      await set(news);
      return { outs: pickDefined(news, INPUTS) };
    },

    async delete() {},
  } satisfies Kind;
}
