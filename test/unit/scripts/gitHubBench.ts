import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { type JobOrder, type Lab, openLab } from "../../../lab/src/lab.ts";

/** What a job of the lab's GitHub is about. */
interface Job extends Partial<JobOrder> {
  /** The event: a pull request by number, with what its event says. */
  pullRequest?: { number: number; action?: string; labels?: string[] };
}

/** A lab's GitHub over the wire, for one test file, and the environments of its jobs. */
export async function openGitHubBench(seed: string) {
  const lab: Lab = await openLab({ seed });
  // This lab alone beside the bundled ones: the roots of two labs bear the same name.
  setDefaultCACertificates([...getCACertificates("bundled"), readFileSync(lab.caFile, "utf8")]);
  const folder = await mkdtemp(join(tmpdir(), "github-"));
  const summaryFile = join(folder, "summary");
  const said: string[] = [];
  let seen = 0;
  const requests = (): string[] =>
    lab.log
      .events({ service: "github" })
      .slice(seen)
      .map(({ what }) => what);
  return {
    lab,
    /** What the scripts said. */
    said,
    say: (text: string) => void said.push(text),
    summaryFile,
    async reset(): Promise<void> {
      lab.world.github.issues.splice(0);
      Object.assign(lab.world.github, { hasIssues: true });
      for (const { id } of lab.faults.list()) lab.faults.remove(id);
      said.splice(0);
      seen = lab.log.count({ service: "github" });
      await rm(summaryFile, { force: true });
    },
    /** The environment of a job as the runner makes it. */
    async job({ pullRequest, permissions, ...order }: Job = {}): Promise<Record<string, string>> {
      const event = join(folder, "event.json");
      const { number, action = "opened", labels = [] } = pullRequest ?? {};
      const payload = {
        action,
        pull_request: { number, labels: labels.map((name) => ({ name })) },
      };
      await writeFile(event, JSON.stringify(pullRequest ? payload : {}));
      return {
        ...lab.github.startJob({
          permissions: permissions ?? { issues: "write", "pull-requests": "write" },
          ...order,
        }),
        GITHUB_EVENT_NAME: pullRequest ? "pull_request" : "schedule",
        GITHUB_EVENT_PATH: event,
        GITHUB_STEP_SUMMARY: summaryFile,
      };
    },
    summary: (): Promise<string> => readFile(summaryFile, "utf8").catch(() => ""),
    /** Requests that changed something, in this test. */
    writes: (): string[] =>
      requests().filter((what) => !what.startsWith("GET ") && !what.endsWith("/graphql")),
    async close(): Promise<void> {
      await lab.close();
      await rm(folder, { recursive: true });
    },
  };
}

export type GitHubBench = Awaited<ReturnType<typeof openGitHubBench>>;
