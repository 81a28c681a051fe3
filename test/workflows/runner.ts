// Runs the jobs of a workflow from its YAML, step by step, as a runner of GitHub Actions does, as far as our workflows need
// it. Whatever it does not know is an error: a workflow that needs more has to teach it first.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { parse } from "yaml";
import { type Contexts, evaluate, interpolate, isTrue } from "./expressions.ts";

interface Step {
  name?: string;
  id?: string;
  if?: string;
  uses?: string;
  with?: object;
  run?: string;
  shell?: string;
  env?: Record<string, unknown>;
}

interface Job {
  name?: string;
  if?: string;
  needs?: string;
  "runs-on"?: string;
  "timeout-minutes"?: number;
  environment?: string;
  permissions?: Record<string, string>;
  strategy?: { "fail-fast"?: boolean; "max-parallel"?: number; matrix: Record<string, unknown> };
  env?: Record<string, unknown>;
  steps?: Step[];
}

interface Workflow {
  name?: string;
  on: Record<string, unknown>;
  permissions?: object;
  concurrency?: object;
  env?: Record<string, unknown>;
  jobs: Record<string, Job>;
}

/** Where and for what a workflow runs. */
export interface Run {
  /** The repository's working tree. */
  readonly workspace: string;
  /** `pull_request`, … */
  readonly event: string;
  /** What the event says of itself. */
  readonly payload: object;
  /** `github`, without the token; `vars`, `secrets`, `inputs`. */
  readonly contexts: Contexts & { github: Readonly<Record<string, unknown>> };
  /** The machine's own environment. */
  readonly machine: Readonly<Record<string, string>>;
  /** What GitHub gives a job by its permissions: its token, and where it requests an OIDC token. */
  startJob(job: {
    permissions: Record<string, string>;
    environment?: string;
  }): Record<string, string>;
}

/** What became of a job. */
export interface JobResult {
  readonly conclusion: "success" | "failure" | "skipped";
  /** What its steps printed, to stdout and stderr. */
  readonly log: string;
  /** Exit code of the step that failed. */
  readonly exitCode: number;
  /** What its steps wrote into their summaries. */
  readonly summary: string;
}

/** Actions that need nothing here: the workspace is checked out, and Node is there. */
const KNOWN_ACTIONS = /^actions\/(checkout|setup-node)@v\d+\.\d+\.\d+$/;

/** How a step's shell is called: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax */
const SHELLS: Readonly<Record<string, readonly string[]>> = {
  "": ["bash", "-e"],
  bash: ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail"],
};

/**
 * Runs every job of a workflow, one after the other.
 *
 * @returns results by the job's id; those of a matrix by `id (value)`
 * @throws Error for what it does not know
 */
export async function runWorkflow(file: string, run: Run): Promise<Record<string, JobResult>> {
  const workflow = parse(await readFile(file, "utf8")) as Workflow;
  refuseUnknown("the workflow", workflow, [
    ...["name", "on", "permissions", "concurrency", "env", "jobs"],
  ]);
  if (!(run.event in workflow.on)) throw new Error(`${file} does not run on ${run.event}`);
  const results: Record<string, JobResult> = {};
  for (const [id, job] of Object.entries(workflow.jobs)) {
    refuseUnknown(`job ${id}`, job, [
      ...["name", "if", "needs", "runs-on", "timeout-minutes", "environment", "permissions"],
      ...["strategy", "env", "steps"],
    ]);
    const needed = job.needs === undefined ? undefined : results[job.needs];
    const status = (needed?.conclusion ?? "success") === "success" ? "success" : "failure";
    const contexts = { ...run.contexts, job: { status } };
    if (!isTrue(conditionOf(job.if, contexts))) {
      results[id] = { conclusion: "skipped", log: "", exitCode: 0, summary: "" };
      continue;
    }
    const [[name, values] = [], ...more] = Object.entries(job.strategy?.matrix ?? {});
    if (more.length > 0) throw new Error(`job ${id} has a matrix of several dimensions`);
    if (name === undefined) {
      results[id] = await runJob(job, workflow, { ...run, contexts });
      continue;
    }
    for (const value of interpolate(values, contexts) as unknown[]) {
      const inMatrix = { ...contexts, matrix: { [name]: value } };
      results[`${id} (${value})`] = await runJob(job, workflow, { ...run, contexts: inMatrix });
    }
  }
  return results;
}

async function runJob(job: Job, workflow: Workflow, run: Run): Promise<JobResult> {
  const folder = await mkdtemp(join(tmpdir(), "runner-"));
  try {
    const given = run.startJob({
      permissions: job.permissions ?? {},
      ...(job.environment !== undefined && {
        environment: String(interpolate(job.environment, run.contexts)),
      }),
    });
    const { GITHUB_TOKEN: token = "", ...ofRunner } = given;
    const files = { event: join(folder, "event.json"), summary: join(folder, "summary") };
    const variables = { env: join(folder, "env"), output: join(folder, "output") };
    await writeFile(files.event, JSON.stringify(run.payload));
    const runner = {
      ...run.machine,
      ...ofRunner,
      CI: "true",
      GITHUB_ACTIONS: "true",
      GITHUB_EVENT_NAME: run.event,
      GITHUB_EVENT_PATH: files.event,
      GITHUB_STEP_SUMMARY: files.summary,
      GITHUB_ENV: variables.env,
      GITHUB_OUTPUT: variables.output,
      GITHUB_WORKSPACE: run.workspace,
    };
    const steps: Record<string, { outputs: Record<string, string> }> = {};
    let exported: Record<string, string> = {};
    let log = "";
    let summary = "";
    let failedWith = 0;
    for (const step of job.steps ?? []) {
      refuseUnknown("a step", step, ["name", "id", "if", "uses", "with", "run", "shell", "env"]);
      const contexts: Contexts = {
        ...run.contexts,
        github: { ...run.contexts.github, token },
        job: { status: failedWith === 0 ? "success" : "failure" },
        steps,
      };
      if (!isTrue(conditionOf(step.if, contexts))) continue;
      if (step.uses !== undefined) {
        if (!KNOWN_ACTIONS.test(step.uses))
          throw new Error(`the runner has no action ${step.uses}`);
        continue;
      }
      for (const file of [files.summary, variables.env, variables.output])
        await writeFile(file, "");
      const own = [workflow.env, job.env, step.env].map((env) => texts(env, contexts));
      const env = Object.assign({}, ...own.slice(0, 2), exported, own[2], runner);
      const ended = await runScript(step, { env, cwd: run.workspace, folder });
      log += ended.log;
      summary += await readFile(files.summary, "utf8");
      exported = { ...exported, ...(await readVariables(variables.env)) };
      if (step.id !== undefined)
        steps[step.id] = { outputs: await readVariables(variables.output) };
      if (ended.code !== 0 && failedWith === 0) failedWith = ended.code;
    }
    const conclusion = failedWith === 0 ? "success" : "failure";
    return { conclusion, log, exitCode: failedWith, summary };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function runScript(
  { run = "", shell = "" }: Step,
  { env, cwd, folder }: { env: Record<string, string>; cwd: string; folder: string },
): Promise<{ code: number; log: string }> {
  if (run.includes("${{")) throw new Error(`an expression stands in a script: ${run}`);
  const [command = "", ...args] = SHELLS[shell] ?? [];
  if (command === "") throw new Error(`the runner has no shell "${shell}"`);
  const script = join(folder, "step.sh");
  await writeFile(script, run);
  const child = spawn(command, [...args, script], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return { code: code ?? 1, log: `${out}${err}` };
}

/** An `if:`; without a function of its own it holds only while nothing has failed. */
function conditionOf(condition: string | undefined, contexts: Contexts): unknown {
  const text = String(condition ?? "success()").replace(/^\s*\$\{\{|\}\}\s*$/g, "");
  return /\b(always|success)\(\)/.test(text)
    ? evaluate(text, contexts)
    : evaluate(`success() && (${text})`, contexts);
}

const texts = (env: Record<string, unknown> = {}, contexts: Contexts): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, String(interpolate(value, contexts) ?? "")]),
  );

/** Lines `NAME=value` of a file of variables. */
async function readVariables(file: string): Promise<Record<string, string>> {
  const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
      if (name === undefined || value === undefined) throw new Error(`can't read "${line}"`);
      return [name, value];
    }),
  );
}

function refuseUnknown(what: string, object: object, known: readonly string[]): void {
  const unknown = Object.keys(object).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new Error(`${what} has "${unknown}", which the runner does not know`);
}
