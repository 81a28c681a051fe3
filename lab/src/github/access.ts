import type { Sourced } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";
import type { GitHubJob, GitHubPermissions } from "../world/github.ts";
import { apiError } from "./envelope.ts";

/** What a route needs: one of these permissions. */
export type Need = readonly `${"issues" | "pull-requests"}=${"read" | "write"}`[];

/** Finds who a request comes from, by its token; a string stands for what it presented instead. */
export function callerOf(
  authorization: string | undefined,
  jobs: readonly GitHubJob[],
): GitHubJob | "nobody" | "wrong" {
  if (authorization === undefined) return "nobody";
  const [, token] = /^(?:bearer|token) (\S+)$/i.exec(authorization) ?? [];
  return jobs.find((job) => job.token === token) ?? "wrong";
}

/** The refusal of a request without a good token: a private repository is not there for nobody. */
export function refuseCaller(
  caller: "nobody" | "wrong",
  method: string,
  docs: string,
): Sourced<HttpReply> {
  if (caller === "wrong") return apiError("github.bad-credentials", "");
  return method === "GET"
    ? apiError("github.not-found", docs)
    : apiError("github.no-credentials", docs);
}

/** Whether a token has one of the permissions; who writes may read. */
export function isAllowed(permissions: GitHubPermissions, need: Need): boolean {
  return need.some((one) => {
    const [name, level] = one.split("=") as ["issues" | "pull-requests", "read" | "write"];
    return permissions[name] === "write" || permissions[name] === level;
  });
}
