import type { Sourced } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";
import type { GitHubIssue } from "../world/github.ts";
import { apiError } from "./envelope.ts";

const KNOWN = ["page", "per_page", "state", "labels", "creator"];

/** The issues and pull requests that a query asks for, newest first; open ones unless it says otherwise. */
export function listIssues(
  issues: readonly GitHubIssue[],
  query: Readonly<Record<string, string>>,
  docs: string,
): GitHubIssue[] | Sourced<HttpReply> {
  const unknown = Object.keys(query).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) return apiError("github.unknown-query", docs, { name: unknown });
  const { state = "open", labels = "", creator } = query;
  if (!["open", "closed", "all"].includes(state))
    return apiError("github.bad-state", docs, { value: state });
  const wanted = labels.split(",").filter((label) => label !== "");
  return issues
    .filter((issue) => state === "all" || issue.state === state)
    .filter((issue) => wanted.every((label) => issue.labels.includes(label)))
    .filter(({ author }) => creator === undefined || author === creator)
    .toReversed();
}
