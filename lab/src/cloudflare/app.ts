import { Hono, type Context as HonoContext } from "hono";
import type { Context } from "../context.ts";
import type { Sourced } from "../reply.ts";
import { type HttpReply, respondLogged } from "../web/reply.ts";
import type { Secrets } from "../world/secrets.ts";
import type { Zone, ZoneRecord } from "../world/world.ts";
import { makeRateLimit, permissionsOf, refuseCredential, VERIFY_PATH } from "./access.ts";
import { type Body, isObject } from "./draft.ts";
import { apiError, apiFault, exported, rateLimited, succeeded, tokenVerified } from "./envelope.ts";
import { listRecords, listZones } from "./lists.ts";
import { exportZone, presentRecord, presentZone } from "./present.ts";
import { addRecord, removeRecord, replaceRecord } from "./write.ts";

export interface CloudflareParts {
  context: Context;
  secrets: Pick<Secrets, "cloudflareToken" | "cloudflareReadToken">;
}

type Answer = Sourced<HttpReply>;

/** What a product that works right never gets to see. */
const REFUSALS = [
  "bad-authorization",
  "bad-body",
  "bad-identifier",
  "bad-key",
  "bad-page",
  "missing-field",
  "no-credential",
  "unknown-field",
  "unknown-method",
  "unknown-query",
  "unknown-route",
  "unknown-type",
  "wrong-kind",
].map((name) => `cloudflare.${name}`);

const ZONE = "/client/v4/zones/:zone";
const RECORDS = `${ZONE}/dns_records`;
const RECORD = `${RECORDS}/:record`;

/** Builds Cloudflare's API v4: the token, zones, and the DNS records of a zone. */
export function buildCloudflare({ context, secrets }: CloudflareParts): Hono {
  const { world, faults, clock } = context;
  const account = () => world.cloudflare;
  const overLimit = makeRateLimit(clock);
  const app = new Hono();

  /** Guards a route: faults, credential, rate limit; then `act` answers. */
  async function answer(c: HonoContext, act: () => Answer | Promise<Answer>): Promise<Response> {
    const fault = faults.take("cloudflare", c.req.path, ["status", "replyLost"]);
    const reply =
      fault?.kind === "status" ? apiFault(fault.status, fault.retryAfter) : await judge(c, act);
    return respondLogged(c, context, "cloudflare", reply, {
      refused: REFUSALS.includes(reply.reply),
      lost: fault?.kind === "replyLost",
    });
  }

  async function judge(c: HonoContext, act: () => Answer | Promise<Answer>): Promise<Answer> {
    const { cloudflareToken, cloudflareReadToken } = secrets;
    const refusal = refuseCredential(c, [cloudflareToken, cloudflareReadToken]);
    if (refusal) return refusal;
    const wait = overLimit();
    if (wait !== undefined) return rateLimited(wait);
    const twice = Object.entries(c.req.queries()).find(([, values]) => values.length > 1);
    return twice ? apiError("cloudflare.unknown-query", { name: `${twice[0]} (twice)` }) : act();
  }

  /** A route without query parameters. */
  const plain = (c: HonoContext, act: () => Answer | Promise<Answer>): Promise<Response> =>
    answer(c, () => {
      const [unknown] = Object.keys(c.req.query());
      return unknown === undefined
        ? act()
        : apiError("cloudflare.unknown-query", { name: unknown });
    });

  const heldBy = (c: HonoContext) => permissionsOf(c, account(), secrets.cloudflareReadToken);

  function withZone(c: HonoContext, needs: "dns:read" | "dns:edit", act: (zone: Zone) => Answer) {
    const id = c.req.param("zone") ?? "";
    if (!isId(id)) return apiError("cloudflare.bad-identifier", { path: c.req.path });
    const zone = account().zones.find((one) => one.id === id);
    return zone && heldBy(c)(id).includes(needs)
      ? act(zone)
      : apiError("cloudflare.records-forbidden");
  }

  function withRecord(
    c: HonoContext,
    needs: "dns:read" | "dns:edit",
    act: (zone: Zone, record: ZoneRecord) => Answer,
  ): Answer {
    const id = c.req.param("record") ?? "";
    if (!isId(id)) return apiError("cloudflare.bad-identifier", { path: c.req.path });
    return withZone(c, needs, (zone) => {
      const record = zone.records.find((one) => one.id === id);
      return record ? act(zone, record) : apiError("cloudflare.record-missing");
    });
  }

  app.get(VERIFY_PATH, (c) => plain(c, () => tokenVerified(account().token.id)));
  // Its policies would need the user permission "API Tokens Read", which no token of the lab has.
  app.get("/client/v4/user/tokens/:token", (c) => plain(c, () => apiError("cloudflare.forbidden")));
  app.get("/client/v4/zones", (c) =>
    answer(c, () => listZones(account(), heldBy(c), c.req.query())),
  );
  app.get(ZONE, (c) =>
    plain(c, () => {
      const id = c.req.param("zone");
      if (!isId(id)) return apiError("cloudflare.bad-identifier", { path: c.req.path });
      const zone = account().zones.find((one) => one.id === id);
      const held = heldBy(c)(id);
      return zone && held.includes("zone:read")
        ? succeeded("cloudflare.result", presentZone(zone, account(), held))
        : apiError("cloudflare.forbidden");
    }),
  );
  app.get(RECORDS, (c) =>
    answer(c, () => withZone(c, "dns:read", (zone) => listRecords(zone.records, c.req.query()))),
  );
  app.get(`${RECORDS}/export`, (c) =>
    plain(c, () => withZone(c, "dns:read", (zone) => exported(exportZone(zone, clock.now())))),
  );
  app.get(RECORD, (c) =>
    plain(c, () =>
      withRecord(c, "dns:read", (_zone, record) =>
        succeeded("cloudflare.result", presentRecord(record)),
      ),
    ),
  );
  app.post(RECORDS, (c) =>
    plain(c, async () => {
      const body = await readBody(c);
      return withZone(c, "dns:edit", (zone) =>
        body ? addRecord(body, zone, context) : apiError("cloudflare.bad-body"),
      );
    }),
  );
  for (const method of ["PUT", "PATCH"] as const) {
    app.on(method, RECORD, (c) =>
      plain(c, async () => {
        const body = await readBody(c);
        return withRecord(c, "dns:edit", (zone, record) =>
          body
            ? replaceRecord(body, method, { zone, record }, context)
            : apiError("cloudflare.bad-body"),
        );
      }),
    );
  }
  app.delete(RECORD, (c) =>
    plain(c, () =>
      withRecord(c, "dns:edit", (zone, record) => removeRecord({ zone, record }, context)),
    ),
  );
  for (const path of [VERIFY_PATH, "/client/v4/zones", ZONE, RECORDS, RECORD]) {
    app.all(path, (c) =>
      answer(c, () => apiError("cloudflare.unknown-method", { method: c.req.method })),
    );
  }
  app.all("*", (c) => answer(c, () => apiError("cloudflare.unknown-route")));
  return app;
}

function isId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}

/** The JSON object of a request; undefined for anything else. */
async function readBody(c: HonoContext): Promise<Body | undefined> {
  if (!/^application\/json(;|$)/i.test(c.req.header("content-type") ?? "")) return undefined;
  try {
    const body: unknown = JSON.parse(await c.req.text());
    return isObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}
