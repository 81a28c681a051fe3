import { judgeRights } from "../../../mail/doctor/tenant/rights.ts";
import { rightsOf } from "../../../mail/rights/rights.ts";
import { needsOf } from "../../../providers/kinds.ts";
import { signIn } from "../../../tenant/connection.ts";
import { claimsOf, permissionsIn } from "../../../tenant/tokenClaims.ts";
import { isAnswered, proofOf } from "../../bootstrap/proofs.ts";
import type { Check } from "../check.ts";

/** What the identity may do, by its tokens and by cmdlets that only read, whatever its name and however it was made. */
export const rights: Check = {
  name: "rights",
  title: "rights of the identity",
  async look({ stack, config, connect, invoke }) {
    const connection = await connect();
    const { graph, exchangeResource } = connection.cloud;
    const forGraph = (await signIn(connection, graph)).token;
    const forExchange = (await signIn(connection, exchangeResource)).token;
    const { appid, azp } = claimsOf(forGraph);
    const clientId = String(appid ?? azp);
    const needed = rightsOf(config, needsOf);
    const names = [...needed.read, ...needed.deploy]
      .filter(({ kind }) => kind === "role" || kind === "cmdlet")
      .filter((right) => proofOf(right) !== undefined)
      .map(({ name }) => name);
    const cmdlets = new Map<string, boolean | string>();
    for (const name of new Set(names)) {
      const answer = await isAnswered(invoke, name, clientId).catch(
        (error: Error) => error.message,
      );
      cmdlets.set(name, answer);
    }
    const permissions = permissionsIn(forGraph);
    const exchange = permissionsIn(forExchange);
    return judgeRights(needed, stack, { clientId, permissions, exchange, cmdlets });
  },
};
