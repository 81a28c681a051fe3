import { readFileSync } from "node:fs";
import { request } from "node:https";
import type { Lab } from "../../src/lab.ts";
import { command, EXCHANGE_SCOPE, goodForm } from "./bench.ts";

/** What an HTTPS service answered. */
export interface Answer {
  status: number;
  text: string;
}

/** One HTTPS request that trusts the lab's CA alone; a redirection is followed. */
export function call(
  lab: Lab,
  path: string,
  body: string,
  headers: Record<string, string> = {},
  port = lab.ports.https,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      host: "localhost",
      port,
      path,
      method: "POST",
      ca: readFileSync(lab.caFile),
      headers,
    };
    const sent = request(options, (response) => {
      const { location } = response.headers;
      if (location !== undefined) {
        response.resume();
        resolve(call(lab, path, body, headers, Number(new URL(location).port)));
        return;
      }
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** A token for Exchange, by the credentials in the lab's environment. */
export async function tokenOf(lab: Lab): Promise<string> {
  const { ARM_TENANT_ID, ARM_CLIENT_ID = "", ARM_CLIENT_SECRET = "" } = lab.env;
  const form = { ...goodForm(ARM_CLIENT_ID, { clientSecret: ARM_CLIENT_SECRET }, EXCHANGE_SCOPE) };
  const body = new URLSearchParams(form).toString();
  const { text } = await call(lab, `/${ARM_TENANT_ID}/oauth2/v2.0/token`, body);
  return JSON.parse(text).access_token;
}

/** Runs a cmdlet over the wire. */
export async function invoke(
  lab: Lab,
  token: string,
  name: string,
  parameters: object,
): Promise<Answer> {
  const { ARM_TENANT_ID } = lab.env;
  const body = JSON.stringify(command(name, parameters));
  return call(lab, `/adminapi/beta/${ARM_TENANT_ID}/InvokeCommand`, body, {
    authorization: `Bearer ${token}`,
    "content-type": "application/json; charset=utf-8",
    "x-anchormailbox": `APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@${ARM_TENANT_ID}`,
  });
}
