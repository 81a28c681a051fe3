import type { Context } from "../context.ts";
import type { Sourced } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";
import type { GitHubComment, GitHubIssue } from "../world/github.ts";
import type { World } from "../world/world.ts";
import { apiError } from "./envelope.ts";

/** The JSON object of a request. */
export type Body = Readonly<Record<string, unknown>>;
type Refusal = Sourced<HttpReply>;

/** A new id of a comment or an issue, growing as GitHub's do. */
function newId(world: World): number {
  world.drawn += 1;
  return 3_000_000_000 + world.drawn;
}

/** Characters of the longest text by GitHub's words, and bytes by what was measured. */
const LIMITS = { characters: 65_536, bytes: 262_144 };

/** Whether GitHub takes no text of this length: sources count differently, see `Settings.githubLimit`. */
function isTooLong(text: string, { settings }: World): boolean {
  return settings.githubLimit === "characters"
    ? [...text].length > LIMITS.characters
    : Buffer.byteLength(text) > LIMITS.bytes;
}

/** The text of a new or edited comment, or why it can't be one. */
export function commentBody(body: Body, world: World, docs: string): string | Refusal {
  const unknown = Object.keys(body).find((key) => key !== "body");
  if (unknown !== undefined) return apiError("github.unknown-field", docs, { name: unknown });
  const text = body.body;
  if (typeof text !== "string" || text.trim() === "") return apiError("github.no-body", docs);
  return isTooLong(text, world) ? apiError("github.comment-too-long", docs) : text;
}

/** Appends a comment. */
export function addComment(
  issue: GitHubIssue,
  { body, author }: Pick<GitHubComment, "body" | "author">,
  { world, clock, changed }: Context,
): GitHubComment {
  const now = clock.now().toISOString();
  const comment = { id: newId(world), body, author, createdAt: now, updatedAt: now };
  issue.comments.push(comment);
  issue.updatedAt = now;
  changed();
  return comment;
}

/** What may be written of an issue: closing says why, and GitHub shows it. */
const FIELDS = ["title", "body", "state", "state_reason", "labels"];

/** The values of a new or edited issue, or why they can't be. */
export function issueDraft(
  body: Body,
  world: World,
  docs: string,
): Partial<Pick<GitHubIssue, "title" | "body" | "state" | "labels">> | Refusal {
  const unknown = Object.keys(body).find((key) => !FIELDS.includes(key));
  if (unknown !== undefined) return apiError("github.unknown-field", docs, { name: unknown });
  const { title, body: text, state, labels } = body;
  if (title !== undefined && (typeof title !== "string" || title.trim() === ""))
    return apiError("github.no-title", docs);
  if (text !== undefined && typeof text !== "string") return apiError("github.bad-text", docs);
  if (text !== undefined && isTooLong(text, world)) return apiError("github.issue-too-long", docs);
  if (state !== undefined && state !== "open" && state !== "closed")
    return apiError("github.bad-state", docs, { value: String(state) });
  if (labels !== undefined && !isNames(labels)) return apiError("github.bad-labels", docs);
  return {
    ...(title !== undefined && { title }),
    ...(text !== undefined && { body: text }),
    ...(state !== undefined && { state }),
    ...(labels !== undefined && { labels }),
  };
}

const isNames = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((name) => typeof name === "string");

/** Appends an issue or a pull request under the next number. */
export function addIssue(
  {
    isPullRequest,
    ...draft
  }: Partial<GitHubIssue> & Pick<GitHubIssue, "title" | "author" | "isPullRequest">,
  { world, clock, changed }: Context,
): GitHubIssue {
  const now = clock.now().toISOString();
  const { issues } = world.github;
  const issue: GitHubIssue = {
    body: "",
    state: "open",
    labels: [],
    ...draft,
    id: newId(world),
    number: (issues.at(-1)?.number ?? 0) + 1,
    isPullRequest,
    comments: [],
    createdAt: now,
    updatedAt: now,
    closedAt: null,
  };
  issues.push(issue);
  changed();
  return issue;
}

/** Writes the values of a draft. */
export function editIssue(
  issue: GitHubIssue,
  draft: Partial<Pick<GitHubIssue, "title" | "body" | "state" | "labels">>,
  { clock, changed }: Context,
): void {
  const now = clock.now().toISOString();
  if (draft.state !== undefined && draft.state !== issue.state)
    issue.closedAt = draft.state === "closed" ? now : null;
  Object.assign(issue, draft, { updatedAt: now });
  changed();
}
