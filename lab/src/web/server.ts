import { createServer, type Server } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import type { Certificate } from "../certificates.ts";
import type { Clock } from "../clock.ts";
import type { Faults } from "../faults.ts";
import type { Log } from "../log.ts";

/** The HTTPS services of the lab, which share one port. */
export interface Apps {
  entra: Hono;
  graph: Hono;
  exchange: Hono;
  cloudflare: Hono;
  github: Hono;
}

/** What the server needs beside its services. */
interface Surroundings {
  readonly log: Log;
  readonly clock: Clock;
  readonly faults: Faults;
}

/** A listening HTTPS server that answers nothing yet. */
export interface WebServer {
  port: number;
  /** Another port with the same services: where Exchange has an endpoint for this tenant alone. */
  ownPort: number;
  /** Answers from now on; `Date` is what the clock says. */
  serve(apps: Apps, world: Surroundings): void;
  /** Holds back each answer from now on by `ms` milliseconds. */
  setLatency(ms: number): void;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1 (`port` 0: any free one). */
export async function openWebServer(certificate: Certificate, port: number): Promise<WebServer> {
  const options = { key: certificate.key, cert: certificate.chain, minVersion: "TLSv1.2" as const };
  const server = createServer(options);
  const ownServer = createServer(options);
  const servers = [server, ownServer];
  await listen(server, port);
  await listen(ownServer, 0);
  let latency = 0;
  return {
    port: portOf(server),
    ownPort: portOf(ownServer),
    serve(apps, { log, clock, faults }) {
      for (const app of Object.values(apps)) hideFaults(app, log);
      const listener = getRequestListener(async (request, env) => {
        if (latency > 0) await sleep(latency);
        const { pathname } = new URL(request.url);
        const service = serviceOf(pathname);
        const match = request.headers.get("X-CmdletName") ?? pathname;
        if (service !== "github" && faults.take(service, match, ["silence"]) !== undefined) {
          log.add({ service, what: `${request.method} ${match}`, result: "silence" });
          return new Promise<never>(() => {});
        }
        return apps[service].fetch(request, env);
      });
      for (const one of servers) {
        one.on("request", (_request, response) => {
          response.setHeader("Date", clock.now().toUTCString());
        });
        one.on("request", listener);
      }
    },
    setLatency(ms) {
      latency = ms;
    },
    async close() {
      await Promise.all(servers.map(closeServer));
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve());
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("the web server has no port");
  return address.port;
}

function serviceOf(pathname: string): keyof Apps {
  if (pathname.startsWith("/adminapi/")) return "exchange";
  if (pathname.startsWith("/client/v4/")) return "cloudflare";
  if (/^\/(api|_apis)\//.test(pathname)) return "github";
  return /^\/(v1\.0|beta)\//.test(pathname) ? "graph" : "entra";
}

/** A fault of the lab itself goes to the log, and never to a client as somebody's words. */
function hideFaults(app: Hono, log: Log): void {
  app.onError((error, c) => {
    const what = `${c.req.method} ${c.req.path}`;
    log.add({ service: "web", what, result: error.message });
    return c.body(null, 500);
  });
}
