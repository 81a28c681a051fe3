import type { Context as HonoContext } from "hono";
import type { Context } from "../context.ts";
import { issueAssertion } from "../entra/outsideIssuer.ts";
import { type Sourced, withSource } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";
import type { Secrets } from "../world/secrets.ts";
import { apiError } from "./envelope.ts";

/** Where a job requests its OIDC token: the runner's own service. */
export const ID_TOKEN_PATH = "/_apis/actions/idtoken";

/** Who signs the OIDC tokens of GitHub Actions. */
const ISSUER = "https://token.actions.githubusercontent.com";

/** Issues the OIDC token of the job whose bearer asks, for the audience of the query. */
export async function issueIdToken(
  c: HonoContext,
  parts: { context: Context; secrets: Secrets },
): Promise<Sourced<HttpReply>> {
  const [, bearer] = /^Bearer (\S+)$/i.exec(c.req.header("authorization") ?? "") ?? [];
  const job = parts.secrets.githubJobs.find(({ idToken }) => idToken?.bearer === bearer);
  if (bearer === undefined || !job?.idToken) return apiError("github.bad-credentials", "");
  const { owner } = parts.context.world.github;
  const audience = c.req.query("audience") ?? `https://github.com/${owner}`;
  const { subject } = job.idToken;
  const value = await issueAssertion({ issuer: ISSUER, subject, audience }, parts);
  return withSource("github.id-token", { status: 200, body: { value } });
}
