import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parse, stringify } from "yaml";
import type { Lab } from "../../lab/src/lab.ts";
import { type AttachedPlugins, attachPlugins } from "../../lab/stack/plugins.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";
import { openFixture } from "../engine/fixture.ts";
import { cloneProject } from "./clone.ts";
import { type JobResult, runWorkflow } from "./runner.ts";

/** A stack file's `config:`. */
export type Config = Record<string, unknown>;
export type Named = { name: string };

/** A run of one of the shipped workflows. */
export interface WorkflowRun {
  /** `preview`, … */
  readonly workflow: string;
  readonly event: "pull_request" | "schedule" | "workflow_dispatch";
  readonly payload?: object;
  readonly inputs?: Readonly<Record<string, string>>;
  /** Whose branch it is, where not the repository's: then GitHub gives it no credential. */
  readonly fork?: string;
}

/** What GitHub's machine knows of the lab: its places, and no credential. */
const PLACES = [
  "ARM_METADATA_HOSTNAME",
  "CLOUDFLARE_BASE_URL",
  "M365_SMTP_RELAY_DNS_SERVER",
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
];

/** Who signs the OIDC tokens of GitHub's jobs. */
const ISSUER = "https://token.actions.githubusercontent.com";
const AUDIENCE = "api://AzureADTokenExchange";

const STACK = "lab";
const STACK_FILE = `Pulumi.${STACK}.yaml`;

/**
 * A lab with the stack `lab`, which has the sender erp, deployed from `main`; a clone on a branch; and the app that reads,
 * which trusts the jobs of the lab's repository, as the app that deploys trusts those of the environment `lab`.
 */
export async function openWorkflowBench() {
  const fixture = await openFixture({ passphrase: true });
  const { lab } = fixture;
  const repository = lab.env.GITHUB_REPOSITORY ?? "";
  const config = labConfig(lab.world);
  const senders = config["m365-smtp-relay:senders"] as Named[];
  const named = (wanted: string): Named[] => senders.filter(({ name }) => name === wanted);
  const stack = await fixture.open({
    config: { ...config, "m365-smtp-relay:senders": named("erp") },
  });
  await stack.up({ skipPreview: true });
  const stackFile = await readFile(join(fixture.folder, STACK_FILE), "utf8");
  const deployed = parse(stackFile) as { config: Config };
  const folder = join(fixture.folder, "clone");
  const clone = await cloneProject(folder, { [STACK_FILE]: stackFile });
  const reader = lab.readerEnvs["role-group"] ?? {};
  await trustJobs(lab, repository);
  const reads = await attachPlugins({ ...lab.env, ...reader });
  const deploys = await attachPlugins(lab.env);

  const machine = (plugins: AttachedPlugins): Record<string, string> => {
    const { HOME = "", PATH = "" } = process.env;
    const places = PLACES.map((name) => [name, lab.env[name] ?? ""]);
    const path = `${dirname(process.execPath)}:${PATH}`;
    return { ...Object.fromEntries(places), ...plugins.env, HOME, PATH: path };
  };
  return {
    lab,
    stack: stack as OpenedStack,
    repository,
    /** The customer's sender of this name, as the stack file would have it. */
    named,
    /** Puts an edited stack file on the branch; the edit begins with what is deployed. */
    change: (edit: (config: Config) => Config): Promise<void> => {
      const edited = edit(structuredClone(deployed.config));
      return clone.change(STACK_FILE, stringify({ ...deployed, config: edited }));
    },
    /** Runs every job of a workflow from its YAML. */
    run({
      workflow,
      event,
      payload = {},
      inputs = {},
      fork,
    }: WorkflowRun): Promise<Record<string, JobResult>> {
      const of = event === "pull_request" ? "pull_request" : "ref:refs/heads/main";
      return runWorkflow(join(folder, ".github/workflows", `${workflow}.yml`), {
        workspace: folder,
        event,
        payload,
        contexts: {
          github: { repository, ref: "refs/heads/main", base_ref: "main", event: payload },
          inputs,
          vars: {
            RELAY_STACKS: JSON.stringify([STACK]),
            PREVIEW_CLIENT_ID: reader.ARM_CLIENT_ID,
            DEPLOY_CLIENT_ID: lab.env.ARM_CLIENT_ID,
            PULUMI_BACKEND_URL: `file://${stack.stateFolder}`,
          },
          secrets:
            fork === undefined
              ? {
                  CLOUDFLARE_READ_TOKEN: reader.CLOUDFLARE_API_TOKEN,
                  CLOUDFLARE_API_TOKEN: lab.env.CLOUDFLARE_API_TOKEN,
                  PULUMI_CONFIG_PASSPHRASE: "test",
                }
              : {},
        },
        machine: machine(workflow === "teardown" ? deploys : reads),
        startJob: ({ permissions, environment }) =>
          lab.github.startJob({
            permissions:
              fork === undefined ? permissions : { issues: "read", "pull-requests": "read" },
            subject: `repo:${repository}:${environment === undefined ? of : `environment:${environment}`}`,
          }),
      });
    },
    async close(): Promise<void> {
      await Promise.all([reads.close(), deploys.close()]);
      await fixture.close();
    },
  };
}

export type WorkflowBench = Awaited<ReturnType<typeof openWorkflowBench>>;

/** Lets jobs of the repository sign in as the apps that read and deploy. */
async function trustJobs(lab: Lab, repository: string): Promise<void> {
  const { readers, deployer, directory } = lab.world;
  const trusted = (of: string) => ({
    issuer: ISSUER,
    subject: `repo:${repository}:${of}`,
    audience: AUDIENCE,
  });
  const reader = readers.find(({ name }) => name === "role-group");
  assert.ok(reader);
  reader.federatedCredentials = ["pull_request", "ref:refs/heads/main"].map(trusted);
  // The issuer begins with its first token.
  await lab.issueAssertion({ issuer: ISSUER, subject: "nobody", audience: AUDIENCE });
  const certificate = directory.issuers.find(({ issuer }) => issuer === ISSUER)?.certificate;
  assert.ok(certificate);
  deployer.federatedCredentials.push({ ...trusted(`environment:${STACK}`), certificate });
}
