import { Client, GraphError, type GraphRequest } from "@microsoft/microsoft-graph-client";
import { type Connection, holdsScope, PERSON_TOKENS, type Person, signIn } from "./connection.ts";

/** What a request needs of a person. */
export interface PersonNeed {
  /** Delegated permission on Microsoft Graph. */
  readonly scope: string;
  /** Directory roles of which one is needed beside it, as a clause. */
  readonly role: string;
}

/**
 * Microsoft Graph v1.0 of one tenant. Both throw Error with Graph's own words and what is missing: of an app the permission, of
 * a person the delegated permission or the directory role.
 */
export interface GraphClient {
  /** Every object of a list, page by page. */
  list<T>(path: string, need: string | PersonNeed): Promise<readonly T[]>;
  /** One request; of a write the answer may be empty. A 404 is "not there". */
  ask<T>(
    method: "GET" | "PATCH" | "POST" | "DELETE",
    path: string,
    need: string | PersonNeed,
    body?: object,
  ): Promise<T | "not there">;
}

/** No single answer is waited for longer, in milliseconds: nothing else ends a call of a provider. */
const LONGEST_CALL = 60_000;

/** Busy answers are tried again by Microsoft's client itself. */
export function graphClient(connection: Connection): GraphClient {
  const { graph: origin } = connection.cloud;
  const client = Client.initWithMiddleware({
    baseUrl: origin,
    defaultVersion: "v1.0",
    customHosts: new Set([new URL(origin).hostname]),
    authProvider: {
      getAccessToken: async () => (await signIn(connection, origin)).token,
    },
  });
  const { longestCall = LONGEST_CALL } = connection;
  async function request(path: string): Promise<GraphRequest> {
    // Microsoft's client takes a sign-in that failed for an answer that was lost.
    await signIn(connection, origin);
    return client.api(path).option("signal", AbortSignal.timeout(longestCall));
  }

  return {
    async list<T>(path: string, need: string | PersonNeed) {
      const items: T[] = [];
      const seen = new Set<string>();
      let next: string | undefined = path;
      try {
        while (next !== undefined && !seen.has(next)) {
          seen.add(next);
          const page: Page<T> = await (await request(next)).get();
          connection.onAnswer?.();
          items.push(...page.value);
          next = page["@odata.nextLink"];
        }
      } catch (cause) {
        throw toGraphError(cause, `GET ${path}`, need, connection);
      }
      return items;
    },
    async ask(method, path, need, body) {
      const act = { GET: "get", PATCH: "patch", POST: "post", DELETE: "delete" } as const;
      try {
        const answer = await (await request(path))[act[method]](body);
        connection.onAnswer?.();
        return answer;
      } catch (cause) {
        if (cause instanceof GraphError && cause.statusCode === 404) return "not there";
        throw toGraphError(cause, `${method} ${path}`, need, connection);
      }
    },
  };
}

/** Whether Graph has refused a request because the app lacks a permission. */
export const isForbidden = ({ cause }: Error): boolean =>
  cause instanceof GraphError && cause.statusCode === 403;

interface Page<T> {
  readonly value: readonly T[];
  readonly "@odata.nextLink"?: string;
}

function toGraphError(
  cause: unknown,
  what: string,
  need: string | PersonNeed,
  { person }: Connection,
): unknown {
  if (!(cause instanceof GraphError)) return cause;
  const { statusCode, message } = cause;
  // Microsoft's client has -1 where nothing came back.
  const words = statusCode < 0 ? `no answer (${message})` : message || `HTTP ${statusCode}`;
  const isPassing = statusCode < 0 || statusCode === 429 || statusCode >= 500;
  const missing =
    typeof need === "string"
      ? `grant the app ${need} (Microsoft Graph, application permission) with admin consent`
      : missingOf(need, person);
  const fix = statusCode === 403 ? `; ${missing}` : isPassing ? "; run it again" : "";
  return new Error(`Graph ${what}: ${words}${fix}`, { cause });
}

function missingOf({ scope, role }: PersonNeed, person: Person | undefined): string {
  const who = person?.userPrincipalName;
  return person === undefined || holdsScope(person, scope)
    ? `sign in as somebody with the directory role ${role}, not as ${who}`
    : `the access token of ${who} lacks the delegated permission ${scope}; export one that has it as ${PERSON_TOKENS.graph}`;
}
