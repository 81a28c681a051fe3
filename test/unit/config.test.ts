import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { ConfigError, readConfig } from "../../config/read.ts";
import { projectRoot } from "../../scripts/setup/root.ts";
import { BAD_CONFIGS, goodConfig, type StackConfig } from "../badConfigs.ts";

/** As Pulumi hands configuration over: text as it is, everything else as JSON. */
const raw = (config: StackConfig): Record<string, string> =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );

function problemsOf(config: StackConfig, stack = "prod"): string[] {
  try {
    readConfig(raw(config), stack);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split("\n").slice(1);
  }
}

describe("readConfig", () => {
  it("takes a good configuration, and gives every default", () => {
    const config = readConfig(raw(goodConfig()), "prod");
    assert.equal(config.environment, "global");
    assert.equal(config.waitMinutes, 15);
    assert.deepEqual(config.senders[1]?.egress, []);
  });

  for (const stack of ["prod", "test"]) {
    it(`finds nothing wrong with the template Pulumi.${stack}.yaml but its tenant`, async () => {
      const text = await readFile(join(projectRoot, `Pulumi.${stack}.yaml`), "utf8");
      const { config } = parse(text) as { config: StackConfig };
      const problems = problemsOf(config, stack);
      assert.equal(problems.length, 1, problems.join("\n"));
      assert.match(problems[0] ?? "", /azuread:tenantId: ".*" is a placeholder/);
      assert.match(text, /# Quote an entry that begins with \*/);
    });
  }

  for (const [environment, audience] of [
    ["global", "api://AzureADTokenExchange"],
    ["usgovernmentl4", "api://AzureADTokenExchangeUSGov"],
    ["usgovernmentl5", "api://AzureADTokenExchangeUSGov"],
    ["china", "api://AzureADTokenExchangeChina"],
  ] as const) {
    it(`takes the audience of outside tokens from the cloud ${environment}, unless it is given`, () => {
      const identity = { issuer: "https://idp.example", subject: "shop" };
      const audienceOf = (federatedIdentity: object) => {
        const config = goodConfig();
        const sender = { name: "shop", from: ["shop@contoso.com"], authentication: ["oauth"] };
        const senders = [{ ...sender, federatedIdentity }];
        const read = readConfig(
          raw({
            ...config,
            "azuread:environment": environment,
            "m365-smtp-relay:senders": senders,
          } as StackConfig),
          "prod",
        );
        return read.senders[0]?.federatedIdentity?.[0]?.audience;
      };
      assert.equal(audienceOf(identity), audience);
      assert.equal(audienceOf({ ...identity, audience: "api://own" }), "api://own");
    });

    it(`takes each sender of Pulumi.prod.yaml in the cloud ${environment}, but for a method that this lacks`, async () => {
      const text = await readFile(join(projectRoot, "Pulumi.prod.yaml"), "utf8");
      const { config } = parse(text) as { config: StackConfig };
      const { "azuread:tenantId": tenant } = goodConfig();
      const there = { "azuread:tenantId": tenant, "azuread:environment": environment };
      const refused = problemsOf({ ...config, ...there }, "prod").map(
        (problem) => /senders\["\w+"\]\.\w+/.exec(problem)?.[0] ?? problem,
      );
      const expected = environment === "global" ? [] : ['senders["intranet"].authentication'];
      assert.deepEqual(refused, expected);
    });
  }

  it("is not disposable unless the file says so", () => {
    const { "m365-smtp-relay:disposable": _, ...rest } = goodConfig();
    assert.equal(readConfig(raw(rest as StackConfig), "prod").disposable, false);
  });

  it("brings values into canonical form", () => {
    const config = goodConfig();
    config["m365-smtp-relay:domains"] = [{ name: "CONTOSO.com" }];
    Object.assign(config["m365-smtp-relay:senders"][1] ?? {}, {
      certificateName: "Relay.Contoso.com",
    });
    Object.assign(config["m365-smtp-relay:senders"][0] ?? {}, {
      egress: ["198.51.100.7/32"],
      from: ["Invoices@CONTOSO.com"],
    });
    const { domains, senders } = readConfig(raw(config), "prod");
    assert.deepEqual(domains, [
      {
        name: "contoso.com",
        dns: { host: "cloudflare" },
        dkim: { records: "publish" },
        dmarc: { rua: [], adopt: false },
        unmanaged: [],
        retire: false,
      },
    ]);
    assert.deepEqual(senders[0]?.egress, ["198.51.100.7"]);
    assert.deepEqual(senders[0]?.from, ["invoices@contoso.com"]);
    assert.equal(senders[1]?.certificateName, "relay.contoso.com");
  });

  it("leaves keys of other plugins alone", () => {
    const others = { "aws:region": "x", "pulumi:disable-default-providers": "y" };
    const config = { ...goodConfig(), ...others, "azuread:partnerId": "z" };
    assert.deepEqual(problemsOf(config as StackConfig), []);
  });

  for (const { title, spoil, fixed, says } of BAD_CONFIGS) {
    it(`refuses ${title} in one sentence`, () => {
      const config = goodConfig();
      spoil(config);
      const problems = problemsOf(config);
      assert.equal(problems.length, 1, problems.join("\n"));
      assert.match(problems[0] ?? "", says);
      assert.match(problems[0] ?? "", /; \w+/, "names a fix");
    });
    it(`takes what the message about ${title} says to do`, () => {
      const config = goodConfig();
      spoil(config);
      fixed(config);
      assert.deepEqual(problemsOf(config), []);
    });
  }

  it("tells every problem at once", () => {
    const config = goodConfig();
    config["azuread:tenantId"] = "x";
    Object.assign(config["m365-smtp-relay:senders"][0] ?? {}, {
      egress: ["10.0.0.1", "::1"],
      from: ["no"],
    });
    assert.equal(problemsOf(config).length, 4);
  });

  it("tells what is wrong beneath and beside misspelt keys, in the same round", () => {
    const { "azuread:tenantId": tenantID } = goodConfig();
    const problems = problemsOf({
      "azuread:tentanId": tenantID,
      "m365-smtp-relay:domain": [{ nmae: "contoso.com", dsn: { hots: "extern" } }],
      "m365-smtp-relay:Senders": [
        { name: "erp", form: ["*@fabrikam.com"], auth: ["staticIP"], egres: ["10.0.0.1"] },
        { name: "crm", from: ["*@fabrikam.com"], authentication: "certificate", "smtp!": 1 },
      ],
    } as unknown as StackConfig);
    const expected = [
      /azuread:tentanId: is not a known key; rename it to azuread:tenantId$/,
      /:domain: is not a known key; rename it to m365-smtp-relay:domains$/,
      /:Senders: is not a known key; rename it to m365-smtp-relay:senders$/,
      /domains\["contoso\.com"\]\.nmae: is not a known key; rename it to name$/,
      /domains\["contoso\.com"\]\.dsn: is not a known key; rename it to dns$/,
      /domains\["contoso\.com"\]\.dns\.hots: is not a known key; rename it to host$/,
      /senders\["erp"\]\.form: is not a known key; rename it to from$/,
      /senders\["erp"\]\.auth: is not a known key; rename it to authentication$/,
      /senders\["erp"\]\.egres: is not a known key; rename it to egress$/,
      /senders\[1\]: has a key that is not known \(not shown\); use one of/,
      /domains\["contoso\.com"\]\.dns\.host: "extern" is not an allowed value/,
      /senders\["erp"\]\.authentication\[0\]: "staticIP" is not an allowed value/,
      /senders\["erp"\]\.egress\[0\]: "10\.0\.0\.1" is a private address/,
      /senders\["crm"\]\.authentication: "certificate" is not a list/,
      /senders\["erp"\]\.from\[0\]: "\*@fabrikam\.com" is in none of the stack's domains \(contoso\.com\)/,
      /senders\["crm"\]\.from\[0\]: "\*@fabrikam\.com" is in none of the stack's domains/,
    ];
    for (const line of expected) {
      assert.ok(
        problems.some((problem) => line.test(problem)),
        `${line}\n${problems.join("\n")}`,
      );
    }
    assert.equal(problems.length, expected.length, problems.join("\n"));
  });

  it("says once that a number is too large", () => {
    const problems = problemsOf({ ...goodConfig(), "m365-smtp-relay:waitMinutes": 1e20 });
    assert.equal(problems.length, 1, problems.join("\n"));
    assert.match(problems[0] ?? "", /is more than 60/);
  });

  it("tells what is wrong between senders beside what is wrong in one", () => {
    const config = goodConfig();
    const [erp, billing] = config["m365-smtp-relay:senders"];
    const other = { ...erp, name: "other", from: ["a@fabrikam.com"] };
    config["m365-smtp-relay:senders"] = [
      { ...erp, egres: [] },
      { ...billing, name: "erp", from: ["no"] },
      other,
    ];
    config["m365-smtp-relay:domains"].push({ name: "Contoso.com" });
    const problems = problemsOf(config).join("\n");
    assert.match(problems, /senders\[0\]\.egres: is not a known key/);
    assert.match(problems, /senders\[1\]\.name: "erp" is already the name of another sender/);
    assert.match(problems, /domains\[1\]\.name: "contoso\.com" is listed already/);
    assert.match(problems, /senders\[1\]\.from\[0\]: "no" is not an email address/);
    assert.match(problems, /senders\["other"\]\.from\[0\]: "a@fabrikam\.com" is in none/);
    assert.match(
      problems,
      /senders\["other"\]\.egress: "198\.51\.100\.7" is matched by "erp" already/,
    );
  });

  it("refuses a stack whose name makes a connector's name too long", () =>
    assert.match(
      problemsOf(goodConfig(), "x".repeat(60)).join("\n"),
      /relay-x+-erp" has 70 characters/,
    ));
});
