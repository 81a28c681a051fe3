import type { Context as HonoContext } from "hono";
import { type Context, newGuid } from "../context.ts";
import { GRAPH_RESOURCE } from "../entra/resource.ts";
import type { AppClaims, Tokens } from "../entra/tokens.ts";
import type { Sourced } from "../reply.ts";
import { type HttpReply, respondLogged } from "../web/reply.ts";
import type { Secrets } from "../world/secrets.ts";
import { GraphRefusal } from "./refusal.ts";
import * as replies from "./replies.ts";

export interface GraphParts {
  context: Context;
  secrets: Secrets;
  tokens: Tokens;
  /** Where this server stands; it is an audience of its tokens. */
  origin: string;
}

/** A request that passed the guard. */
export interface Call extends GraphParts {
  c: HonoContext;
  claims: AppClaims;
  /** The JSON object of a POST or PATCH; else empty. */
  body: Record<string, unknown>;
  trace(): replies.Trace;
}

export type Answer = Sourced<HttpReply>;

/** What a route asks for: any one of `roles`, and no query option beside `options`. */
export interface Rule {
  roles: string[];
  options?: string[];
  /** What a token without any of them is told, by the roles it has. @default the directory's refusal */
  denied?: (trace: replies.Trace, held: string[]) => Answer;
}

/** Guards a route: faults, token, app role, query options, JSON; then `act` answers, or throws a GraphRefusal. */
export type Guard = (
  c: HonoContext,
  rule: Rule,
  act: (call: Call) => Answer | Promise<Answer>,
) => Promise<Response>;

const FAULTS = ["status", "expiredToken", "replyLost"] as const;

/** What a product that works right never gets to see. */
const REFUSALS = [
  "graph.bad-json",
  "graph.not-done",
  "graph.unknown-query",
  "graph.unknown-filter",
  "graph.unknown-property",
  "graph.invalid-property",
];

/** Makes the guard of all routes. */
export function makeGuard(parts: GraphParts): Guard {
  const { context, tokens, origin } = parts;
  const { faults } = context;
  const trace = (): replies.Trace => traceOf(context);

  async function admit(
    c: HonoContext,
    { roles, options = [], denied = replies.forbidden }: Rule,
  ): Promise<Call> {
    const token = /^Bearer (\S+)$/.exec(c.req.header("authorization") ?? "")?.[1];
    if (token === undefined) throw new GraphRefusal(replies.noToken(trace()));
    const verdict = await tokens.verify(token, audiences(origin));
    if ("problem" in verdict) throw new GraphRefusal(replies.badToken(trace(), verdict.problem));
    const { roles: held } = verdict.claims;
    if (!held.some((role) => roles.includes(role))) {
      throw new GraphRefusal(denied(trace(), held));
    }
    const unknown = Object.entries(c.req.query()).find(
      ([option, value]) => !options.includes(option) || !isUsable(option, value),
    )?.[0];
    if (unknown !== undefined) throw new GraphRefusal(replies.unknownQuery(trace(), unknown));
    const body = ["POST", "PATCH"].includes(c.req.method) ? await readBody(c, trace) : {};
    return { ...parts, c, claims: verdict.claims, body, trace };
  }

  return async (c, rule, act) => {
    const fault = faults.take("graph", c.req.path, FAULTS);
    const judge = async (): Promise<Answer> => {
      if (fault?.kind === "status")
        return replies.faultStatus(trace(), fault.status, fault.retryAfter);
      if (fault?.kind === "expiredToken") return replies.badToken(trace(), "expired");
      return act(await admit(c, rule));
    };
    const reply = await judge().catch((error: unknown) => {
      if (error instanceof GraphRefusal) return error.answer;
      throw error;
    });
    return respondLogged(c, context, "graph", reply, {
      refused: REFUSALS.includes(reply.reply),
      lost: fault?.kind === "replyLost",
    });
  };
}

/** What the next error says of its request. */
export function traceOf({ clock, world }: Context): replies.Trace {
  return { at: clock.now(), requestId: newGuid(world) };
}

async function readBody(
  c: HonoContext,
  trace: () => replies.Trace,
): Promise<Record<string, unknown>> {
  const type = c.req.header("content-type") ?? "";
  const body = /^application\/json\b/i.test(type) ? await c.req.json().catch(() => null) : null;
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new GraphRefusal(replies.badJson(trace()));
  }
  return body;
}

function audiences(origin: string): string[] {
  return [origin, GRAPH_RESOURCE].flatMap((name) => [name, `${name}/`]);
}

/** Page sizes and places are whole numbers; a size of nothing would never come to an end. */
function isUsable(option: string, value: string): boolean {
  if (option === "$top") return /^[1-9]\d*$/.test(value);
  return option !== "$skiptoken" || /^\d+$/.test(value);
}
