import type { Problem } from "../problem.ts";
import { domainProblem } from "./domain.ts";

/** Characters that Entra keeps of an issuer, a subject or an audience. */
const LONGEST = 600;

/** How a well-known identity provider writes its own name in tokens, which people often write otherwise. */
interface KnownIssuer {
  readonly provider: string;
  readonly host: RegExp;
  /** Whether the issuer ends with a slash; undefined where only its site is known. */
  readonly slash?: boolean;
  /** What to use instead of an address of the provider's site. */
  readonly instead?: string;
}

/**
 * @see https://github.com/Azure/login/issues/175 (GitHub)
 * @see https://docs.gitlab.com/ci/secrets/id_token_authentication (GitLab)
 * @see https://github.com/spring-projects/spring-boot/issues/15324 (Auth0)
 * @see https://learn.microsoft.com/azure/aks/workload-identity-deploy-cluster (AKS)
 * @see https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html (EKS)
 * @see https://support.atlassian.com/bitbucket-cloud/docs/integrate-pipelines-with-resource-servers-using-oidc (Bitbucket)
 */
const KNOWN_ISSUERS: readonly KnownIssuer[] = [
  { provider: "GitHub", host: /^token\.actions\.githubusercontent\.com$/, slash: false },
  { provider: "GitLab", host: /^gitlab\.com$/, slash: false },
  { provider: "Google", host: /^accounts\.google\.com$/, slash: false },
  { provider: "Bitbucket", host: /^api\.bitbucket\.org$/, slash: false },
  { provider: "CircleCI", host: /^oidc\.circleci\.com$/, slash: false },
  { provider: "HCP Terraform", host: /^app\.terraform\.io$/, slash: false },
  { provider: "EKS", host: /^oidc\.eks\.[\w-]+\.amazonaws\.com$/, slash: false },
  { provider: "AKS", host: /\.oic\.prod-aks\.azure\.(com|cn)$/, slash: true },
  { provider: "Auth0", host: /\.auth0\.com$/, slash: true },
  {
    provider: "GitHub",
    host: /^(www\.)?github\.com$/,
    instead: "https://token.actions.githubusercontent.com",
  },
  {
    provider: "Bitbucket",
    host: /^bitbucket\.org$/,
    instead: "https://api.bitbucket.org/2.0/workspaces/WORKSPACE/pipelines-config/identity/oidc",
  },
];

const DISCOVERY = /\/\.well-known\/(?:openid-configuration|jwks(?:\.json)?)\/*$/;

/** What a URL of an issuer may have: a host, and a path of printable ASCII without a query (RFC 8414 section 2). */
const HTTPS_URL = /^https:\/\/[^/?#\\\s]+(?:\/[!$-;=@-[\]_a-z~]*)?$/i;

/** Whether a host name can be a server on the internet: a domain name, no address, and none that is reserved. */
const isPublicHost = (host: string): boolean =>
  domainProblem("", host) === undefined &&
  !/(^|\.)(?:localhost|local|internal|invalid|test)$|\.$/.test(host);

/**
 * Says what is wrong with the issuer of a federated identity. Entra compares it with `iss` letter by letter.
 *
 * @see https://learn.microsoft.com/graph/api/resources/federatedidentitycredential
 * @see https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
 */
export function issuerProblem(key: string, value: string): Problem | undefined {
  const problem = (
    rule: string,
    fix = 'use the value of iss in the sender\'s tokens, an https URL, e.g. "https://token.actions.githubusercontent.com"',
  ): Problem => ({ key, value, rule, fix });
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isIssuer = url?.protocol === "https:" && HTTPS_URL.test(value) && url.password === "";
  if (!isIssuer || url.username !== "" || value.length > LONGEST) {
    return problem("is not the URL of a token issuer");
  }
  if (!isPublicHost(url.hostname)) {
    return problem("is at a host that Entra can't reach, so it can't read the issuer's keys");
  }
  if (DISCOVERY.test(value)) {
    const issuer = value.replace(DISCOVERY, "");
    return problem(
      "is the address of the issuer's settings",
      `use "${issuer}", or the value of issuer at that address`,
    );
  }
  const written = /^https:\/\/[^/]*/i.exec(value)?.[0];
  if (written !== url.origin) {
    return problem(
      "is not written as in tokens, and Entra compares them letter by letter",
      `use "${url.origin}${value.slice(written?.length ?? 0)}"`,
    );
  }
  if (url.pathname !== value.slice(url.origin.length) && url.pathname !== "/") {
    return problem("is not written as in tokens, and Entra compares them letter by letter");
  }
  const known = KNOWN_ISSUERS.find(({ host }) => host.test(url.hostname));
  if (known?.instead !== undefined) {
    return problem(`is ${known.provider}'s site, which issues no tokens`, `use "${known.instead}"`);
  }
  const bare = value.replace(/\/+$/, "");
  const ending = known?.slash === true ? "/" : "";
  if (known !== undefined && value !== `${bare}${ending}`) {
    const rule = known.slash
      ? `does not end with one slash, as the issuer of ${known.provider}'s tokens does`
      : `ends with a slash, and the issuer of ${known.provider}'s tokens does not`;
    return problem(rule, `use "${bare}${ending}"`);
  }
  return undefined;
}

/**
 * Says what is wrong with the subject or the audience of a federated identity.
 *
 * @see https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations (no wildcards)
 */
export function claimProblem(key: string, value: string): Problem | undefined {
  const isClaim = value.trim() === value && value !== "" && value.length <= LONGEST;
  if (isClaim && !value.includes("*")) return undefined;
  return {
    key,
    value,
    rule: isClaim
      ? "has a *, which Entra does not take for a wildcard"
      : "is empty, too long, or begins or ends with a space",
    fix: `use the value in the sender's tokens, 1 to ${LONGEST} characters without spaces around them`,
  };
}
