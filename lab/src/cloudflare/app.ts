import { Hono, type Context as HonoContext } from "hono";
import type { Context } from "../context.ts";
import type { Sourced } from "../reply.ts";
import { type HttpReply, respondLogged } from "../web/reply.ts";
import type { Secrets } from "../world/secrets.ts";
import type { Zone, ZoneRecord } from "../world/world.ts";
import { refuseCredential, VERIFY_PATH } from "./credential.ts";
import { type Body, isObject } from "./draft.ts";
import { exportZone } from "./export.ts";
import { listRecords } from "./listRecords.ts";
import { listZones } from "./listZones.ts";
import { presentRecord, presentZone } from "./present.ts";
import { makeRateLimit } from "./rateLimit.ts";
import * as replies from "./replies.ts";
import { addRecord, removeRecord, replaceRecord } from "./write.ts";

export interface CloudflareParts {
  context: Context;
  secrets: Pick<Secrets, "cloudflareToken">;
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
      fault?.kind === "status"
        ? replies.faultStatus(fault.status, fault.retryAfter)
        : await judge(c, act);
    return respondLogged(c, context, "cloudflare", reply, {
      refused: REFUSALS.includes(reply.reply),
      lost: fault?.kind === "replyLost",
    });
  }

  async function judge(c: HonoContext, act: () => Answer | Promise<Answer>): Promise<Answer> {
    const refusal = refuseCredential(c, secrets.cloudflareToken);
    if (refusal) return refusal;
    const wait = overLimit();
    if (wait !== undefined) return replies.rateLimited(wait);
    const twice = Object.entries(c.req.queries()).find(([, values]) => values.length > 1);
    return twice ? replies.unknownQuery(`${twice[0]} (twice)`) : act();
  }

  /** A route without query parameters. */
  const plain = (c: HonoContext, act: () => Answer | Promise<Answer>): Promise<Response> =>
    answer(c, () => {
      const [unknown] = Object.keys(c.req.query());
      return unknown === undefined ? act() : replies.unknownQuery(unknown);
    });

  function withZone(c: HonoContext, needs: "dns:read" | "dns:edit", act: (zone: Zone) => Answer) {
    const id = c.req.param("zone") ?? "";
    if (!isId(id)) return replies.badIdentifier(c.req.path);
    const zone = account().zones.find((one) => one.id === id);
    const permissions = account().token.permissions[id] ?? [];
    return zone && permissions.includes(needs) ? act(zone) : replies.recordsForbidden();
  }

  function withRecord(
    c: HonoContext,
    needs: "dns:read" | "dns:edit",
    act: (zone: Zone, record: ZoneRecord) => Answer,
  ): Answer {
    const id = c.req.param("record") ?? "";
    if (!isId(id)) return replies.badIdentifier(c.req.path);
    return withZone(c, needs, (zone) => {
      const record = zone.records.find((one) => one.id === id);
      return record ? act(zone, record) : replies.recordMissing();
    });
  }

  app.get(VERIFY_PATH, (c) => plain(c, () => replies.tokenVerified(account().token.id)));
  app.get("/client/v4/zones", (c) => answer(c, () => listZones(account(), c.req.query())));
  app.get(ZONE, (c) =>
    plain(c, () => {
      const id = c.req.param("zone");
      if (!isId(id)) return replies.badIdentifier(c.req.path);
      const zone = account().zones.find((one) => one.id === id);
      const seen = zone && account().token.permissions[id]?.includes("zone:read");
      return seen ? replies.result(presentZone(zone, account())) : replies.zoneForbidden();
    }),
  );
  app.get(RECORDS, (c) =>
    answer(c, () => withZone(c, "dns:read", (zone) => listRecords(zone.records, c.req.query()))),
  );
  app.get(`${RECORDS}/export`, (c) =>
    plain(c, () =>
      withZone(c, "dns:read", (zone) => replies.exported(exportZone(zone, clock.now()))),
    ),
  );
  app.get(RECORD, (c) =>
    plain(c, () =>
      withRecord(c, "dns:read", (_zone, record) => replies.result(presentRecord(record))),
    ),
  );
  app.post(RECORDS, (c) =>
    plain(c, async () => {
      const body = await readBody(c);
      return withZone(c, "dns:edit", (zone) =>
        body ? addRecord(body, zone, context) : replies.badBody(),
      );
    }),
  );
  for (const method of ["PUT", "PATCH"] as const) {
    app.on(method, RECORD, (c) =>
      plain(c, async () => {
        const body = await readBody(c);
        return withRecord(c, "dns:edit", (zone, record) =>
          body ? replaceRecord(body, method, { zone, record }, context) : replies.badBody(),
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
    app.all(path, (c) => answer(c, () => replies.unknownMethod(c.req.method)));
  }
  app.all("*", (c) => answer(c, () => replies.unknownRoute()));
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
