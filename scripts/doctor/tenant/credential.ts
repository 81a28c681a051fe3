import { signIn } from "../../../tenant/connection.ts";
import type { Check } from "../check.ts";

/** Whether the identity in the environment can sign in, and to what. */
export const credential: Check = {
  name: "credential",
  title: "the identity in the environment",
  async look({ connect }) {
    const connection = await connect();
    const { tenantId, cloud } = connection;
    await signIn(connection, cloud.graph);
    await signIn(connection, cloud.exchangeResource);
    return [
      { severity: "ok", what: `signs in to tenant ${tenantId} for Microsoft Graph and Exchange` },
    ];
  },
};
