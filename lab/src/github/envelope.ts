import {
  buildReply,
  type Holes,
  type ReplyName,
  type ReplyWith,
  type Sourced,
  withSource,
} from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";

interface ErrorForm {
  status: 400 | 401 | 403 | 404 | 410 | 422 | 429;
  /** What is wrong with a value; GitHub then says "Validation Failed" before it. */
  error?: { resource: string; code: string; field: string };
}

const DOCS = "https://docs.github.com/rest";

/**
 * A refusal in GitHub's envelope.
 *
 * @param docs the page that the answer names, such as `issues/comments#create-an-issue-comment`
 */
export function apiError<Name extends ReplyWith<ErrorForm>>(
  name: Name,
  docs: string,
  ...holes: Holes<Name>
): Sourced<HttpReply> {
  const { text, ...form } = buildReply(name, ...holes);
  const { status, error }: ErrorForm = form;
  return withSource(name, {
    status,
    body: {
      ...(error === undefined
        ? { message: text }
        : { message: "Validation Failed", errors: [{ ...error, message: text }] }),
      documentation_url: docs === "" ? DOCS : `${DOCS}/${docs}`,
      status: String(status),
    },
  });
}

/** The refusal of a client that asks too often; `retryAfter` in seconds. */
export function secondaryLimit(
  status: 403 | 429,
  retryAfter: number | undefined,
): Sourced<HttpReply> {
  const { text: message } = buildReply("github.secondary-limit");
  return withSource("github.secondary-limit", {
    status,
    ...(retryAfter !== undefined && { headers: { "retry-after": String(retryAfter) } }),
    body: {
      message,
      documentation_url: `${DOCS}/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits`,
      status: String(status),
    },
  });
}

/** What a GitHub in trouble answers: HTTP 429 or 5xx. */
export function apiFault(
  status: 429 | 500 | 502 | 503 | 504,
  retryAfter: number | undefined,
): Sourced<HttpReply> {
  if (status === 429) return secondaryLimit(status, retryAfter);
  const { text: message } = buildReply("github.fault");
  return withSource("github.fault", { status, body: { message } });
}

/** An answer with one object, or what became of it. */
export function succeeded(
  name: ReplyName,
  body: object | null,
  status: 200 | 201 | 204 = 200,
): Sourced<HttpReply> {
  return withSource(name, { status, body });
}

/** How many entries a page has, at most and without `per_page`. */
const PAGE = { most: 100, usual: 30 };

/**
 * Cuts the page that `page` and `per_page` ask for, with links to the ones around it. Numbers that make no sense count as
 * the usual ones.
 *
 * @param path where the list is, by the repository's id
 */
export function pageOf(
  values: readonly object[],
  query: Readonly<Record<string, string>>,
  url: string,
): Sourced<HttpReply> {
  const size = Math.min(wholeNumber(query.per_page) ?? PAGE.usual, PAGE.most);
  const page = wholeNumber(query.page) ?? 1;
  const last = Math.max(1, Math.ceil(values.length / size));
  const link = (to: number, rel: string): string =>
    `<${url}?${new URLSearchParams({ ...query, page: String(to) })}>; rel="${rel}"`;
  const links = [
    ...(page > 1 ? [link(Math.min(page - 1, last), "prev")] : []),
    ...(page < last ? [link(page + 1, "next"), link(last, "last")] : []),
    ...(page > 1 ? [link(1, "first")] : []),
  ];
  return withSource("github.page", {
    status: 200,
    ...(links.length > 0 && { headers: { link: links.join(", ") } }),
    body: values.slice((page - 1) * size, page * size),
  });
}

const wholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
