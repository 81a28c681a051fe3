// The scripts that the how-to gives for Azure Pipelines and GitLab, as they stand there, against a small stand-in of the
// two services. `npm` is played: what it is called with is looked at, and it leaves a report and an exit code.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, beforeEach, describe, it } from "node:test";
import which from "which";
import { parse } from "yaml";
import { projectRoot } from "../../../scripts/setup/root.ts";

/** A comment, at either service. */
interface Note {
  id: number;
  author: string;
  body: string;
}

const missing = ["bash", "curl", "jq"].find((name) => !which.sync(name, { nothrow: true }));

describe("the how-to for other pipelines", { skip: missing && `there is no ${missing}` }, () => {
  let server: Server;
  let url: string;
  let folder: string;
  let scripts: { azure: string; gitlab: string };
  let notes: Note[];
  before(async () => {
    scripts = await readScripts();
    server = createServer(async (request, response) => {
      const body = await text(request);
      const [status, answer] = answerOf(request.method ?? "", request.url ?? "", body);
      const known = request.headers.authorization ?? request.headers["private-token"];
      const allowed = known === "Bearer token" || known === "token";
      response.writeHead(allowed ? status : 401).end(JSON.stringify(answer));
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    folder = await mkdtemp(join(tmpdir(), "pipeline-"));
    const npm = '#!/bin/sh\necho "$@" > args\necho "$REPORT" > report.md\nexit "$CODE"\n';
    await writeFile(join(folder, "npm"), npm);
    await chmod(join(folder, "npm"), 0o755);
  });
  after(async () => {
    server?.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    notes = [{ id: 7, author: "mallory", body: "<!-- review -->\nnothing dangerous" }];
  });

  function answerOf(method: string, path: string, body: string): [number, unknown] {
    const { pathname, searchParams } = new URL(path, "http://host");
    const azure = "/org/project-id/_apis/git/repositories/repository-id/pullRequests/12/threads";
    const gitlab = "/api/v4/projects/34/merge_requests/12/notes";
    const asThread = ({ id, author, body: content }: Note) => ({
      id,
      comments: [{ id: 1, author: { id: author }, content }],
    });
    const write = (id: number | undefined, content: string): [number, unknown] => {
      const note = notes.find((one) => one.id === id);
      if (note) note.body = content;
      else notes.push({ id: 8, author: "me", body: content });
      return [200, {}];
    };
    const [, list = "", id] =
      /^(.*(?:threads|notes))(?:\/(\d+)(?:\/comments\/1)?)?$/.exec(pathname) ?? [];
    const number = id === undefined ? undefined : Number(id);
    if (pathname === "/org/_apis/connectionData") return [200, { authenticatedUser: { id: "me" } }];
    if (pathname === "/api/v4/user") return [200, { username: "me" }];
    if (list === azure && searchParams.get("api-version") === "7.1") {
      if (method === "GET") return [200, { value: notes.map(asThread) }];
      const given = JSON.parse(body);
      if (method === "PATCH") return write(number, given.content);
      if (method === "POST") return write(undefined, given.comments[0].content);
    }
    if (list === gitlab) {
      const shown = notes.map((note) => ({ ...note, author: { username: note.author } }));
      if (method === "GET") return [200, shown];
      const given = new URLSearchParams(body).get("body") ?? "";
      if (method === "PUT") return write(number, given);
      if (method === "POST") return write(undefined, given);
    }
    return [404, { message: `${method} ${path}` }];
  }

  /** Runs a script as the pipeline does, after the review has ended with this code. */
  async function run(script: string, env: Record<string, string>, code = 0): Promise<number> {
    const variables = {
      SYSTEM_ACCESSTOKEN: "token",
      SYSTEM_COLLECTIONURI: `${url}/org/`,
      SYSTEM_TEAMPROJECTID: "project-id",
      SYSTEM_PULLREQUEST_PULLREQUESTID: "12",
      SYSTEM_PULLREQUEST_TARGETBRANCH: "refs/heads/main",
      BUILD_REPOSITORY_ID: "repository-id",
      REVIEW_TOKEN: "token",
      CI_API_V4_URL: `${url}/api/v4`,
      CI_PROJECT_ID: "34",
      CI_MERGE_REQUEST_IID: "12",
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
      CI_MERGE_REQUEST_LABELS: "",
      servicePrincipalId: "app",
      idToken: "jwt",
      CODE: String(code),
      PATH: `${folder}:${process.env.PATH}`,
      ...env,
    };
    const { promise, resolve } = Promise.withResolvers<number>();
    const options = { cwd: folder, env: variables };
    const child = execFile("bash", ["-e", "-c", script], options, (error) =>
      resolve(error === null ? 0 : Number(child.exitCode)),
    );
    return promise;
  }
  const args = async () => (await readFile(join(folder, "args"), "utf8")).trim();

  for (const service of ["azure", "gitlab"] as const) {
    it(`has one comment on ${service}, which is ours and edited in place`, async () => {
      for (const REPORT of ["one & two", "three"]) {
        assert.equal(await run(scripts[service], { REPORT }), 0);
        assert.deepEqual(
          notes.map(({ author, body }) => [author, body.trimEnd()]),
          [
            ["mallory", "<!-- review -->\nnothing dangerous"],
            ["me", `<!-- review -->\n${REPORT}`],
          ],
        );
      }
      assert.equal(
        await args(),
        "run --silent review -- --stack test --stack prod --base origin/main --markdown report.md",
      );
    });

    it(`ends as the review does on ${service}, after the comment`, async () => {
      assert.equal(await run(scripts[service], { REPORT: "dangerous" }, 3), 3);
      assert.equal(notes.length, 2);
      const accepted = {
        ACCEPT: "--accept dangerous",
        CI_MERGE_REQUEST_LABELS: "a,mail-change-accepted",
      };
      assert.equal(await run(scripts[service], { REPORT: "dangerous", ...accepted }), 0);
      assert.match(await args(), / --accept dangerous$/);
    });
  }
});

/** The scripts in the how-to's two pipelines. */
async function readScripts(): Promise<{ azure: string; gitlab: string }> {
  const path = join(projectRoot, "docs/how-to/review-on-azure-pipelines-and-gitlab.md");
  const blocks = (await readFile(path, "utf8")).matchAll(/^```yaml\n([\s\S]*?)^```$/gm);
  const [azure, gitlab] = [...blocks].map(([, yaml = ""]) => parse(yaml));
  return { azure: azure.steps[2].inputs.inlineScript, gitlab: gitlab.review.script[0] };
}
