import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sentence } from "../../../../mail/problem.ts";
import { workloadsOf } from "../../../../mail/rights/workloads.ts";

const subjects = (options: Parameters<typeof workloadsOf>[0]) =>
  workloadsOf(options, "prod", "global").workloads.map(({ app, subject }) => [app, subject]);

describe("the workloads that may sign in", () => {
  it("at GitHub: the environment deploys, pull requests and main read", () => {
    assert.deepEqual(subjects({ github: "contoso/relay" }), [
      ["deploy", "repo:contoso/relay:environment:prod"],
      ["read", "repo:contoso/relay:pull_request"],
      ["read", "repo:contoso/relay:ref:refs/heads/main"],
    ]);
  });

  it("at GitLab: the branch main, for both", () => {
    const subject = "project_path:contoso/mail/relay:ref_type:branch:ref:main";
    assert.deepEqual(subjects({ gitlab: "contoso/mail/relay" }), [
      ["deploy", subject],
      ["read", subject],
    ]);
  });

  it("at Azure DevOps: what it shows of a service connection", () => {
    const value = "read=https://vstoken.dev.azure.com/1234,sc://contoso/mail/mail relay preview";
    assert.deepEqual(subjects({ azureDevOps: [value] }), [
      ["read", "sc://contoso/mail/mail relay preview"],
    ]);
  });

  it("each in its cloud's audience", () => {
    const { workloads } = workloadsOf({ github: "contoso/relay" }, "prod", "usgovernmentl4");
    assert.equal(workloads[0]?.audience, "api://AzureADTokenExchangeUSGov");
  });

  for (const [options, key] of [
    [{ github: "relay" }, "--github"],
    [{ github: "https://github.com/contoso/relay" }, "--github"],
    [{ gitlab: "relay" }, "--gitlab"],
    [{ azureDevOps: ["sc://contoso/mail/x"] }, "--azure-devops"],
    [{ azureDevOps: ["up=https://vstoken.dev.azure.com/1,sc://x"] }, "--azure-devops"],
  ] as const) {
    it(`refuses ${JSON.stringify(options)}`, () => {
      const { workloads, problems } = workloadsOf(options, "prod", "global");
      assert.deepEqual(workloads, []);
      assert.ok(sentence(problems[0] as never).startsWith(`${key}: "`));
    });
  }
});
