// The workloads that may sign in as the apps: jobs of GitHub Actions, Azure Pipelines, GitLab.
import { CLOUDS, type Environment } from "../clouds.ts";
import type { Problem } from "../problem.ts";
import type { AppName } from "./rights.ts";

/** Outside tokens that an app takes in place of a credential of its own. */
export interface Workload {
  readonly app: AppName;
  /** Unique in the app. */
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
  /** Which jobs these are, for people. */
  readonly what: string;
}

/** What of the command line names workloads. */
export interface WorkloadOptions {
  /** `owner/repository` */
  readonly github?: string;
  /** `group/project`, of any depth. */
  readonly gitlab?: string;
  /** `deploy=ISSUER,SUBJECT` or `read=ISSUER,SUBJECT`, as Azure DevOps shows them for the service connection. */
  readonly azureDevOps?: readonly string[];
}

const GITHUB = "https://token.actions.githubusercontent.com";
const GITLAB = "https://gitlab.com";

/**
 * The workloads that the options name. Jobs that only read: of pull requests and of the branch main. Jobs that deploy: at
 * GitHub those of the environment with the stack's name, at GitLab those of the branch main.
 *
 * @returns problems where an option can't be read
 * @see https://docs.github.com/actions/reference/security/oidc (subjects)
 * @see https://docs.gitlab.com/ci/secrets/id_token_authentication/ (sub)
 */
export function workloadsOf(
  { github, gitlab, azureDevOps = [] }: WorkloadOptions,
  stack: string,
  environment: Environment,
): { readonly workloads: readonly Workload[]; readonly problems: readonly Problem[] } {
  const audience = CLOUDS[environment].federationAudience;
  const problems: Problem[] = [];
  const workloads: Workload[] = [];
  if (github !== undefined) {
    if (/^[\w.-]+\/[\w.-]+$/.test(github)) {
      const at = { issuer: GITHUB, audience };
      const subject = (rest: string) => `repo:${github}:${rest}`;
      workloads.push(
        {
          ...at,
          app: "deploy",
          name: `github-environment-${stack}`,
          subject: subject(`environment:${stack}`),
          what: `jobs of ${github} in the environment ${stack}`,
        },
        {
          ...at,
          app: "read",
          name: "github-pull-request",
          subject: subject("pull_request"),
          what: `jobs of ${github} for pull requests`,
        },
        {
          ...at,
          app: "read",
          name: "github-branch-main",
          subject: subject("ref:refs/heads/main"),
          what: `jobs of ${github} on the branch main`,
        },
      );
    } else problems.push(malformed("--github", github, "owner/repository, such as contoso/relay"));
  }
  if (gitlab !== undefined) {
    if (/^[\w.-]+(\/[\w.-]+)+$/.test(gitlab)) {
      const subject = `project_path:${gitlab}:ref_type:branch:ref:main`;
      const what = `jobs of ${gitlab} on the branch main`;
      for (const app of ["deploy", "read"] as const) {
        workloads.push({
          app,
          name: "gitlab-branch-main",
          issuer: GITLAB,
          subject,
          audience,
          what,
        });
      }
    } else problems.push(malformed("--gitlab", gitlab, "group/project, such as contoso/relay"));
  }
  for (const value of azureDevOps) {
    const [, app, issuer, subject] = /^(deploy|read)=(https:\/\/[^\s,]+),(\S.*)$/.exec(value) ?? [];
    if (issuer === undefined || subject === undefined) {
      const form = "deploy=ISSUER,SUBJECT or read=ISSUER,SUBJECT, as Azure DevOps shows them";
      problems.push(malformed("--azure-devops", value, form));
      continue;
    }
    const what = `jobs of the service connection ${subject}`;
    const name = "azure-devops-service-connection";
    workloads.push({ app: app as AppName, name, issuer, subject: subject.trim(), audience, what });
  }
  return { workloads, problems };
}

const malformed = (key: string, value: string, form: string): Problem => ({
  key,
  value,
  rule: "can't be read",
  fix: `write ${form}`,
});
