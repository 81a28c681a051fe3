import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

/** A request as the recorded ones are written down. */
export interface Request {
  method: string;
  path: string;
  body?: Record<string, unknown>;
}

/** The least of Cloudflare that the plugin needs, over HTTP. It keeps every request. */
export interface FakeCloudflare {
  readonly zoneId: string;
  readonly requests: Request[];
  readonly env: { CLOUDFLARE_BASE_URL: string; CLOUDFLARE_API_TOKEN: string };
  /** Answers the next requests with an error. */
  refuse(status: number, code: number, message: string, times?: number): void;
  close(): Promise<void>;
}

const ZONE = {
  id: "a".repeat(32),
  name: "contoso.com",
  status: "active",
  name_servers: ["ns.example"],
};
const TOKEN = "t".repeat(40);

export async function openFakeCloudflare(): Promise<FakeCloudflare> {
  const requests: Request[] = [];
  const refusals: { status: number; code: number; message: string }[] = [];

  const answer = ({ path }: Request): [status: number, result: unknown] => {
    const { pathname, searchParams } = new URL(path, "http://localhost");
    if (pathname !== "/client/v4/zones") return [404, 7003];
    const name = searchParams.get("name");
    const isLast = searchParams.get("page") !== null || (name !== null && name !== ZONE.name);
    return [200, isLast ? [] : [ZONE]];
  };

  const server = createServer(async (request, response) => {
    const { method = "", url = "", headers } = request;
    const body = headers["content-type"] && ((await json(request)) as Record<string, unknown>);
    const asked = { method, path: url, ...(body && { body }) };
    requests.push(asked);
    const refusal = refusals.shift();
    const isKnown = headers.authorization === `Bearer ${TOKEN}`;
    const [status, result] = refusal
      ? [refusal.status, refusal]
      : isKnown
        ? answer(asked)
        : [403, 10000];
    const error = { code: refusal?.code ?? result, message: refusal?.message ?? "refused" };
    response.writeHead(status, { "content-type": "application/json", "retry-after": "0.01" });
    response.end(
      status === 200
        ? JSON.stringify({ success: true, errors: [], messages: [], result })
        : JSON.stringify({ success: false, errors: [error], messages: [], result: null }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    zoneId: ZONE.id,
    requests,
    env: {
      CLOUDFLARE_BASE_URL: `http://127.0.0.1:${port}/client/v4`,
      CLOUDFLARE_API_TOKEN: TOKEN,
    },
    refuse: (status, code, message, times = 1) => {
      for (let time = 0; time < times; time++) refusals.push({ status, code, message });
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
