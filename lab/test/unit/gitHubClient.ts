import { readFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { Agent, request } from "node:https";
import { text } from "node:stream/consumers";
import type { JobOrder, Lab } from "../../src/lab.ts";

/** What GitHub answered. */
export interface GitHubAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of many forms
  body: any;
}

/** A client of the lab's GitHub, as a job with these permissions; without an order, as the lab's own job. */
export function gitHubOf(lab: Lab, order?: JobOrder) {
  const { GITHUB_TOKEN } = order ? lab.github.startJob(order) : lab.env;
  const usual = { authorization: `Bearer ${GITHUB_TOKEN}`, "user-agent": "test" };
  const agent = new Agent({ ca: readFileSync(lab.caFile) });
  const repository = `/api/v3/repos/${lab.env.GITHUB_REPOSITORY}`;

  /** Asks; a path of no API is below the repository's. */
  async function ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = usual,
  ): Promise<GitHubAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<GitHubAnswer>();
    const options = {
      host: "localhost",
      port: lab.ports.https,
      path: /^\/(api|_apis)\//.test(path) ? path : `${repository}${path}`,
      method,
      agent,
      headers,
    };
    const sent = request(options, async (answer) => {
      const heard = await text(answer);
      const { statusCode: status = 0, headers: answered } = answer;
      resolve({ status, headers: answered, body: heard === "" ? null : JSON.parse(heard) });
    });
    sent.on("error", reject);
    sent.end(typeof body === "string" ? body : JSON.stringify(body));
    return promise;
  }
  return ask;
}
