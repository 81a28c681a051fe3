import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { issueCertificate, makeAuthority } from "../../src/certificates.ts";

/** A request as the recorded ones are written down: a form is a text, JSON an object. */
export interface Request {
  method: string;
  path: string;
  body?: Record<string, unknown> | string;
}

export type Entity = Record<string, unknown> & { id: string };

/** The least of Entra and Graph that the plugin needs, over HTTPS. It keeps every request. */
export interface FakeMicrosoft {
  /** Object id of the app that signs in. */
  readonly caller: string;
  readonly origin: string;
  readonly requests: Request[];
  readonly env: Record<string, string>;
  /** By their path without the version: `/applications/ID`, `/applications/ID/federatedIdentityCredentials/ID`. */
  readonly objects: Map<string, Entity>;
  /** Object ids of owners, by the path of what they own. */
  readonly owners: Map<string, string[]>;
  /** Adds an object without a request. */
  put(collection: string, entity: Record<string, unknown>): Entity;
  /** Answers an error to the next requests to Graph whose `METHOD PATH` contains `fits`. */
  refuse(fits: string, status: number, code: string, message: string, times?: number): void;
  /** Removes everything but the app that signs in. */
  clear(): void;
  close(): Promise<void>;
}

type Reply = [status: number, body?: object];

const NOW = "2026-11-01T00:00:00Z";
const LATER = "2028-11-01T00:00:00Z";
const CALLER = "11111111-1111-1111-1111-111111111111";

export async function openFakeMicrosoft(): Promise<FakeMicrosoft> {
  const requests: Request[] = [];
  const objects = new Map<string, Entity>();
  const owners = new Map<string, string[]>();
  const refusals: { fits: string; status: number; error: object }[] = [];
  const authority = await makeAuthority();
  const certificate = await issueCertificate(authority, { names: ["localhost"], issuer: "public" });
  const folder = mkdtempSync(join(tmpdir(), "microsoft-"));
  const caFile = join(folder, "ca.pem");
  writeFileSync(caFile, authority.root);

  const put = (collection: string, entity: Record<string, unknown>): Entity => {
    const id = typeof entity.id === "string" ? entity.id : randomUUID();
    const made = { ...entity, id };
    objects.set(`${collection}/${id}`, made);
    return made;
  };

  const signIn = ({ path, body }: Request, origin: string): Reply => {
    if (path.startsWith("/metadata/endpoints")) {
      const authentication = { loginEndpoint: origin };
      return [200, { authentication, microsoftGraphResourceId: `${origin}/` }];
    }
    const form = new URLSearchParams(String(body));
    if (form.get("client_secret") !== "s3") return [401, { error: "invalid_client" }];
    const claims = Buffer.from(JSON.stringify({ oid: CALLER })).toString("base64url");
    return [200, { token_type: "Bearer", expires_in: 3599, access_token: `e30.${claims}.x` }];
  };

  const graph = ({ method, path, body }: Request): Reply => {
    const { pathname, searchParams } = new URL(path, "http://localhost");
    const at = pathname.replace(/^\/(v1\.0|beta)/, "");
    const sent = (typeof body === "object" ? body : {}) as Record<string, unknown>;
    const [, owned, , owner] = /^(\/[^/]+\/[^/]+)\/owners(\/([^/]+)\/\$ref)?$/.exec(at) ?? [];
    if (owned !== undefined) return ownership(owned, owner);
    const [, app, action] =
      /^(\/applications\/[^/]+)\/(addPassword|removePassword)$/.exec(at) ?? [];
    if (app !== undefined) return password(app, action === "addPassword", sent);
    if (method === "POST") return [201, create(at, sent)];
    const there = objects.get(at);
    if (there === undefined) {
      if (method !== "GET" || !["/applications", "/servicePrincipals"].includes(at)) {
        return [404, { error: { code: "Request_ResourceNotFound", message: "not there" } }];
      }
      const [, field = "", value] =
        /^(\w+) eq '(.*)'$/.exec(searchParams.get("$filter") ?? "") ?? [];
      const all = [...objects].filter(([key, held]) => key.startsWith(at) && held[field] === value);
      return [200, { value: all.map(([, held]) => held) }];
    }
    if (method === "PATCH") {
      const { "@odata.type": _, ...changes } = sent;
      Object.assign(there, changes);
    }
    if (method === "DELETE") objects.delete(at);
    return method === "GET" ? [200, there] : [204];
  };

  const create = (at: string, sent: Record<string, unknown>): Entity => {
    const { "@odata.type": _, "owners@odata.bind": bound = [], ...rest } = sent;
    const made = put(at, { ...rest, ...(at === "/applications" && { appId: randomUUID() }) });
    const ids = (bound as string[]).map((reference) => reference.split("/").at(-1) ?? "");
    owners.set(`${at}/${made.id}`, ids);
    return made;
  };

  /** Lists the owners, or removes one. */
  const ownership = (owned: string, removed: string | undefined): Reply => {
    const ids = owners.get(owned) ?? [];
    if (removed === undefined) return [200, { value: ids.map((id) => ({ id })) }];
    owners.set(
      owned,
      ids.filter((id) => id !== removed),
    );
    return [204];
  };

  const password = (app: string, isNew: boolean, sent: Record<string, unknown>): Reply => {
    const there = objects.get(app) ?? { id: "" };
    const all = (there.passwordCredentials ?? []) as Record<string, unknown>[];
    if (!isNew) {
      there.passwordCredentials = all.filter(({ keyId }) => keyId !== sent.keyId);
      return [204];
    }
    const dates = { startDateTime: NOW, endDateTime: LATER };
    const made = { ...dates, ...(sent.passwordCredential as object), keyId: randomUUID() };
    there.passwordCredentials = [...all, made];
    return [200, { ...made, secretText: `secret of ${made.keyId}` }];
  };

  const server = createServer(
    { key: certificate.key, cert: certificate.chain },
    (request, response) => {
      void answered(request).then(([status, body]) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(body === undefined ? "" : JSON.stringify(body));
      });
    },
  );

  async function answered(request: IncomingMessage): Promise<Reply> {
    const { method = "", url: path = "", headers } = request;
    const raw = await text(request);
    const isJson = headers["content-type"]?.startsWith("application/json") ?? false;
    const asked = { method, path, ...(raw !== "" && { body: isJson ? JSON.parse(raw) : raw }) };
    requests.push(asked);
    if (!/^\/(v1\.0|beta)\//.test(path)) return signIn(asked, origin);
    const index = refusals.findIndex(({ fits }) => `${method} ${path}`.includes(fits));
    const [refusal] = index < 0 ? [] : refusals.splice(index, 1);
    return refusal ? [refusal.status, { error: refusal.error }] : graph(asked);
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `https://localhost:${port}`;
  return {
    caller: CALLER,
    origin,
    requests,
    objects,
    owners,
    put,
    env: {
      ARM_METADATA_HOSTNAME: `localhost:${port}`,
      ARM_TENANT_ID: "22222222-2222-2222-2222-222222222222",
      ARM_CLIENT_ID: "33333333-3333-3333-3333-333333333333",
      ARM_CLIENT_SECRET: "s3",
      SSL_CERT_FILE: caFile,
    },
    refuse(fits, status, code, message, times = 1) {
      for (let time = 0; time < times; time++) {
        refusals.push({ fits, status, error: { code, message } });
      }
    },
    clear() {
      for (const held of [requests, refusals]) held.length = 0;
      objects.clear();
      owners.clear();
    },
    close: () =>
      new Promise((resolve) => {
        rmSync(folder, { recursive: true });
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
