// What an administrator does by hand: in PowerShell with the modules of Exchange and Microsoft Graph, and in sh.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { promisify } from "node:util";
import type { Lab } from "../../lab/src/lab.ts";
import { goodForm } from "../../lab/test/unit/bench.ts";
import { call } from "../../lab/test/unit/client.ts";

/** Where Microsoft Graph has what a cmdlet of its PowerShell module deletes, by the cmdlet's parameter for its id. */
const GRAPH: Readonly<Record<string, [parameter: string, path: string]>> = {
  "Remove-MgApplication": ["ApplicationId", "applications"],
  "Remove-MgServicePrincipal": ["ServicePrincipalId", "servicePrincipals"],
  "Remove-MgUser": ["UserId", "users"],
  "Remove-MgDirectoryDeletedItem": ["DirectoryObjectId", "directory/deletedItems"],
};

/** Deletes something in Entra, as the app that deploys. */
export async function deleteInEntra(lab: Lab, path: string): Promise<void> {
  const { ARM_TENANT_ID, ARM_CLIENT_ID = "", ARM_CLIENT_SECRET = "" } = lab.env;
  const form = goodForm(
    ARM_CLIENT_ID,
    { clientSecret: ARM_CLIENT_SECRET },
    "https://graph.microsoft.com/.default",
  );
  const answer = await call(
    lab,
    `/${ARM_TENANT_ID}/oauth2/v2.0/token`,
    new URLSearchParams({ ...form }).toString(),
  );
  const { access_token: token } = JSON.parse(answer.text) as { access_token: string };
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const options = {
      ...{ host: "localhost", port: lab.ports.https, path: `/v1.0/${path}`, method: "DELETE" },
      ...{ ca: readFileSync(lab.caFile), headers: { authorization: `Bearer ${token}` } },
    };
    request(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
  assert.equal(status, 204, path);
}

/** Runs a command as a person would who pastes it: one cmdlet of PowerShell, or a line of sh. */
export async function runCommand(lab: Lab, command: string): Promise<void> {
  if (command.startsWith("curl ")) {
    const env = { ...process.env, ...lab.env, CURL_CA_BUNDLE: lab.caFile };
    await promisify(execFile)("sh", ["-c", command], { env });
    return;
  }
  const [, cmdlet = "", rest = ""] = /^(\w+-\w+)((?: .*)?)$/.exec(command) ?? [];
  const parameters = parametersIn(rest);
  const graph = GRAPH[cmdlet];
  if (graph === undefined) {
    lab.admin(cmdlet, parameters);
    return;
  }
  const [parameter, path] = graph;
  await deleteInEntra(lab, `${path}/${parameters[parameter]}`);
}

/** `-Identity 'x' -Force -Confirm:$false` as PowerShell reads it. */
function parametersIn(text: string): Record<string, unknown> {
  const parameter = / -(\w+)(?::\$(true|false)| '((?:[^']|'')*)'| (\w+))?/gy;
  const found = [...text.matchAll(parameter)];
  assert.equal(found.map(([all]) => all).join(""), text, "PowerShell reads the whole command");
  return Object.fromEntries(
    found.map(([, name, flag, quoted, word]) => [
      name,
      flag !== undefined ? flag === "true" : (quoted?.replaceAll("''", "'") ?? word ?? true),
    ]),
  );
}
