import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { HARMLESS_SETTINGS, PLUGIN_SETTINGS, reportKeys } from "../../config/keys.ts";
import { configSchema } from "../../config/schema.ts";

const ours = Object.keys(configSchema.shape);

/** Settings of a plugin, as its SDK lists them. */
async function settingsOf(plugin: "azuread" | "cloudflare"): Promise<string[]> {
  const vars: object = await import(`@pulumi/${plugin}/config/vars.js`);
  const { default: settings = vars } = vars as { default?: object };
  return Object.keys(settings)
    .filter((name) => name !== "__esModule" && name !== "default")
    .map((name) => `${plugin}:${name}`);
}

describe("reportKeys", () => {
  for (const plugin of ["azuread", "cloudflare"] as const) {
    it(`knows every setting of the ${plugin} plugin`, async () => {
      const settings = await settingsOf(plugin);
      assert.ok(settings.length > 4, `${settings.length} settings`);
      const known = [...ours, ...HARMLESS_SETTINGS, ...Object.keys(PLUGIN_SETTINGS)];
      assert.deepEqual(
        settings.filter((name) => !known.includes(name)),
        [],
      );
    });

    it(`refuses every setting of the ${plugin} plugin that holds a credential`, async () => {
      const secrets = (await settingsOf(plugin)).filter((name) =>
        /(secret|password|token|certificate|key)$/i.test(name),
      );
      assert.ok(secrets.length >= 3, secrets.join());
      const { problems } = reportKeys(secrets);
      assert.deepEqual(
        problems.map(({ key, rule }) => [key, /is a credential/.test(rule)]),
        secrets.map((name) => [name, true]),
      );
    });
  }

  it("takes the keys that are ours, and leaves other namespaces alone", () => {
    const names = [...ours, ...HARMLESS_SETTINGS, "aws:region", "pulumi:tags", "x:tenantId"];
    assert.deepEqual(reportKeys(names).problems, []);
  });

  const misspelt: Readonly<Record<string, string>> = {
    "azuread:tenantid": "azuread:tenantId",
    "azuread:tenant_id": "azuread:tenantId",
    "azuread:tenatId": "azuread:tenantId",
    "azuread:tentanId": "azuread:tenantId",
    "m365-smtp-relay:wait": "m365-smtp-relay:waitMinutes",
    "m365-smtp-relay:tenantId": "azuread:tenantId",
    "m365-smtp-relay:tenantID": "azuread:tenantId",
    "cloudflare:domains": "m365-smtp-relay:domains",
    "azureAD:tenantId": "azuread:tenantId",
    "azuread:enviroment": "azuread:environment",
    "m365-smtp-relay:Domains": "m365-smtp-relay:domains",
    "m365-smtp-relay:domain": "m365-smtp-relay:domains",
    "m365-smtp-relay:waitMinute": "m365-smtp-relay:waitMinutes",
    "m365_smtp_relay:senders": "m365-smtp-relay:senders",
    "m365smtprelay:senders": "m365-smtp-relay:senders",
    "m365-smpt-relay:senders": "m365-smtp-relay:senders",
  };
  for (const [name, meant] of Object.entries(misspelt)) {
    it(`names ${meant} for ${name}`, () => {
      const report = reportKeys([name]);
      assert.deepEqual([...report.meant.values()], [meant]);
      assert.equal(report.problems[0]?.fix, `rename it to ${meant}`);
    });
  }

  for (const [name, says] of [
    ["m365-smtp-relay:waitMinutes\u200b", /because it has the invisible character U\+200B/],
    ["m365-smtp-relay:\u201cwaitMinutes\u201d", /because it has the quotation mark \u201c/],
    ["m365-smtp-relay:w\u0430itMinutes", /because it has a character that is not .*\(U\+0430\)/],
    ["m365\u2011smtp\u2011relay:waitMinutes", /because it has .*\(U\+2011\)/],
    ["m365-smtp-relay:waitMinutes ", /because it ends with a space/],
  ] as const) {
    it(`says what hides that ${JSON.stringify(name)} is another key`, () => {
      const [problem] = reportKeys([name]).problems;
      assert.match(problem?.rule ?? "", says);
      assert.equal(problem?.fix, "rename it to m365-smtp-relay:waitMinutes");
    });
  }

  for (const path of ["senders[0].name", "senders.erp", "domains[0]"]) {
    it(`says that ${path} is no key but a path, and repeats nothing after its beginning`, () => {
      const [problem] = reportKeys([`m365-smtp-relay:${path}`]).problems;
      assert.equal(problem?.key, `m365-smtp-relay:${path.slice(0, 7)}`);
      assert.match(problem?.fix ?? "", /pulumi config set --path$/);
    });
  }

  it("never advises to use a key that holds a credential", () => {
    for (const name of ["azuread:clientSecert", "azuread:ClientSecret", "cloudflare:api-token"]) {
      const { problems, meant } = reportKeys([name]);
      assert.match(problems[0]?.rule ?? "", /is a credential/);
      assert.doesNotMatch(problems[0]?.fix ?? "", /rename/);
      assert.equal(meant.size, 0);
    }
  });

  it("lists the keys that there are where none is near", () =>
    assert.match(
      reportKeys(["m365-smtp-relay:hostname"]).problems[0]?.fix ?? "",
      /^use one of: m365-smtp-relay:disposable, /,
    ));
});
