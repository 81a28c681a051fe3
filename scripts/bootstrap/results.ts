// What bootstrap hands on: the example of an environment file, and what a pipeline has to know.
import { appTitle } from "../../mail/rights/names.ts";
import { APP_NAMES, type AppName } from "../../mail/rights/rights.ts";
import type { Workload } from "../../mail/rights/workloads.ts";
import { tokenInstructions } from "./cloudflare.ts";
import type { World } from "./world.ts";

/** Client ids of the two apps. */
export type ClientIds = Readonly<Record<AppName, string>>;

/** The text of `relay.env.example`: variables of both apps, without any credential. */
export function envExample({ stack, config, rights }: World, ids: ClientIds): string {
  const hasZones = rights.deploy.some(({ kind }) => kind === "zone");
  const ofApp = (app: AppName) => [
    `# ${appTitle(stack, app)}: ${app === "deploy" ? "up and destroy" : "preview, review, drift"}`,
    `${app === "deploy" ? "" : "# "}ARM_CLIENT_ID=${ids[app]}`,
  ];
  return [
    `# Written by npm run bootstrap for stack ${stack}. It holds no secret, and may be committed.`,
    "# Copy it to a file that is not committed, complete it there, and read it with: set -a; . ./FILE; set +a",
    `ARM_TENANT_ID=${config.tenantId}`,
    ...ofApp("deploy"),
    ...ofApp("read"),
    "# The certificate with its key (PEM or PKCS#12); in a pipeline ARM_USE_OIDC=true in its place",
    "ARM_CLIENT_CERTIFICATE_PATH=",
    ...(hasZones ? ["# API token of the app above", "CLOUDFLARE_API_TOKEN="] : []),
    "",
  ].join("\n");
}

/** What is left to a person, a line each. */
export function nextLines(
  world: World,
  ids: ClientIds,
  { workloads, file }: { workloads: readonly Workload[]; file: string },
): string[] {
  const { stack } = world;
  const onGitHub = workloads.some(({ name }) => name.startsWith("github-"));
  const onGitLab = workloads.some(({ name }) => name.startsWith("gitlab-"));
  const tokens = APP_NAMES.flatMap((app) => tokenInstructions(world, app));
  return [
    `client id of the app that deploys: ${ids.deploy}`,
    `client id of the app that reads:   ${ids.read}`,
    `${file} has them as variables, without any secret`,
    ...(onGitHub
      ? [
          `GitHub, variables; create the environment ${stack} first:`,
          `  gh variable set DEPLOY_CLIENT_ID --env ${stack} --body ${ids.deploy}`,
          `  gh variable set PREVIEW_CLIENT_ID --body ${ids.read}`,
          "  this one is of all stacks of the repository; for stacks in several tenants see docs/how-to/deploy-from-github-actions.md",
          `  RELAY_STACKS, of the repository, has to list "${stack}"`,
          ...(tokens.length > 0
            ? [
                `  secrets: CLOUDFLARE_API_TOKEN in the environment ${stack}, CLOUDFLARE_READ_TOKEN of the repository`,
              ]
            : []),
        ]
      : []),
    ...(onGitLab
      ? [
          `GitLab: the jobs' variable ARM_CLIENT_ID is ${ids.deploy} to deploy, ${ids.read} to read`,
          "  merge requests come from any branch, so the app that reads needs one more federated credential, made by hand: docs/how-to/review-on-azure-pipelines-and-gitlab.md",
        ]
      : []),
    ...tokens,
    `when it has spread (minutes, at times an hour): npm run bootstrap -- --stack ${stack} --check`,
  ];
}
