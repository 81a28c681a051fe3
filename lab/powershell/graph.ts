import { makeSend } from "../plugins/http.ts";
import type { Lab } from "../src/lab.ts";
import { type Command, CommandFailure, type GraphSession } from "./session.ts";
import { ScriptError } from "./syntax.ts";
import { piped } from "./values.ts";

const PARAMETERS = ["environment", "tenantid", "scopes", "nowelcome"];

/**
 * Signs in to Graph as the administrator, who consents to the scopes.
 *
 * @see https://learn.microsoft.com/powershell/module/microsoft.graph.authentication/connect-mggraph
 */
export const connectMgGraph: Command = async ({ given, line }, session) => {
  const unknown = [...given.keys()].find((key) => !PARAMETERS.includes(key));
  if (unknown !== undefined) {
    throw new ScriptError(
      line,
      `the lab does not know the parameter ${unknown} of Connect-MgGraph`,
    );
  }
  if ((given.get("environment") ?? "Global") !== "Global") {
    throw new CommandFailure("the lab's tenant is not in this cloud");
  }
  const { lab } = session;
  if (given.get("tenantid") !== lab.world.tenant.id) {
    throw new CommandFailure(`AADSTS90002: Tenant '${String(given.get("tenantid"))}' not found.`);
  }
  session.graph = await openGraph(lab, piped(given.get("scopes")).map(String));
  return [];
};

async function openGraph(lab: Lab, scopes: readonly string[]): Promise<GraphSession> {
  const send = makeSend(lab.env, new AbortController().signal);
  const { M365_SMTP_RELAY_GRAPH_TOKEN: token } = await lab.adminEnv({ scopes });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return {
    async ask(method, path, body) {
      const url = `https://localhost:${lab.ports.https}${path}`;
      const json = body === undefined ? {} : { body: JSON.stringify(body) };
      const { status, text } = await send({ method, url, headers, ...json });
      return { status, body: text === "" ? {} : JSON.parse(text) };
    },
  };
}
