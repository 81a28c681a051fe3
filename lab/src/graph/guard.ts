import type { Context as HonoContext } from "hono";
import { type Context, newGuid } from "../context.ts";
import { GRAPH_RESOURCE } from "../entra/resource.ts";
import { type Claims, isPerson, type Tokens } from "../entra/tokens.ts";
import type { Holes, ReplyName } from "../reply.ts";
import { respondLogged } from "../web/reply.ts";
import { type DirectoryRole, holdsDirectoryRole } from "../world/directoryRoles.ts";
import type { Secrets } from "../world/secrets.ts";
import {
  type Answer,
  type GraphErrorName,
  GraphRefusal,
  graphError,
  graphFault,
  type Trace,
} from "./errors.ts";

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
  claims: Claims;
  /** The JSON object of a POST or PATCH; else empty. */
  body: Record<string, unknown>;
  /** An error to throw. */
  refusal<Name extends GraphErrorName>(name: Name, ...holes: Holes<Name>): GraphRefusal;
}

/** What a route requires of a token, and no query option but `options`. */
export interface Rule {
  /** Permissions of which any one opens the route: to an app as application, to a person as delegated permission. */
  roles: readonly string[];
  /** The delegated ones, where they are others. */
  scopes?: readonly string[];
  /** Directory roles of which a person needs one beside the permission. @default everybody may */
  people?: readonly DirectoryRole[];
  options?: readonly string[];
  /** Whether an app without any of `roles` may pass all the same. @default never */
  others?: (app: Pick<Call, "c" | "context" | "claims">) => boolean;
  /** Which refusal a token gets that the permissions don't let pass. @default the directory's */
  denied?: (
    claims: Claims,
  ) =>
    | "graph.forbidden"
    | "graph.no-permissions"
    | "graph.access-denied"
    | "graph.scopes-missing"
    | "graph.nobody-signed-in";
}

/** Whether the caller has one of these permissions, as an app or as a person. */
export const holdsAny = ({ claims }: Pick<Call, "claims">, permissions: readonly string[]) =>
  (isPerson(claims) ? claims.scopes : claims.roles).some((one) => permissions.includes(one));

/** Guards a route: faults, token, permission, query options, JSON; then `act` answers, or throws a GraphRefusal. */
export type Guard = (
  c: HonoContext,
  rule: Rule,
  act: (call: Call) => Answer | Promise<Answer>,
) => Promise<Response>;

const FAULTS = ["status", "expiredToken", "replyLost"] as const;

/** Refusals that a correct client never gets. */
const CLIENT_FAULTS: readonly (ReplyName | string)[] = [
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
  const refusal: Call["refusal"] = (name, ...holes) =>
    new GraphRefusal(graphError(name, newTrace(context), ...holes));

  async function admit(
    c: HonoContext,
    { roles, scopes = roles, people, options = [], others, denied = () => "graph.forbidden" }: Rule,
  ): Promise<Call> {
    const token = /^Bearer (\S+)$/.exec(c.req.header("authorization") ?? "")?.[1];
    if (token === undefined) throw refusal("graph.no-token");
    const verdict = await tokens.verify(token, audiences(origin));
    if ("problem" in verdict) throw refusal("graph.bad-token", { problem: verdict.problem });
    const { claims } = verdict;
    if (isPerson(claims)) {
      if (!claims.scopes.some((scope) => scopes.includes(scope))) throw refusal(denied(claims));
      if (people && !holdsDirectoryRole(claims.wids, people)) throw refusal("graph.forbidden");
    } else if (
      !claims.roles.some((role) => roles.includes(role)) &&
      others?.({ c, context, claims }) !== true
    ) {
      throw refusal(denied(claims));
    }
    const unknown = Object.entries(c.req.query()).find(
      ([option, value]) => !options.includes(option) || !isUsable(option, value),
    )?.[0];
    if (unknown !== undefined) throw refusal("graph.unknown-query", { option: unknown });
    const body = ["POST", "PATCH"].includes(c.req.method) ? await readBody(c) : {};
    if (body === undefined) throw refusal("graph.bad-json");
    return { ...parts, c, claims, body, refusal };
  }

  return async (c, rule, act) => {
    const fault = context.faults.take("graph", c.req.path, FAULTS);
    const judge = async (): Promise<Answer> => {
      if (fault?.kind === "status") {
        return graphFault(newTrace(context), fault.status, fault.retryAfter);
      }
      if (fault?.kind === "expiredToken") throw refusal("graph.bad-token", { problem: "expired" });
      return act(await admit(c, rule));
    };
    const reply = await judge().catch((error: unknown) => {
      if (error instanceof GraphRefusal) return error.answer;
      throw error;
    });
    return respondLogged(c, context, "graph", reply, {
      refused: CLIENT_FAULTS.includes(reply.reply),
      lost: fault?.kind === "replyLost",
    });
  };
}

/** What the next error says of its request. */
export function newTrace({ clock, world }: Context): Trace {
  return { at: clock.now(), requestId: newGuid(world) };
}

/** Undefined for anything but a JSON object. */
async function readBody(c: HonoContext): Promise<Record<string, unknown> | undefined> {
  const type = c.req.header("content-type") ?? "";
  const body = /^application\/json\b/i.test(type) ? await c.req.json().catch(() => null) : null;
  return typeof body === "object" && body !== null && !Array.isArray(body) ? body : undefined;
}

function audiences(origin: string): string[] {
  return [origin, GRAPH_RESOURCE].flatMap((name) => [name, `${name}/`]);
}

/** Page sizes and offsets are whole numbers; pages of size 0 would never end. */
function isUsable(option: string, value: string): boolean {
  if (option === "$top") return /^[1-9]\d*$/.test(value);
  return option !== "$skiptoken" || /^\d+$/.test(value);
}
