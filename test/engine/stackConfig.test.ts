// A script of ours sees of a stack's configuration what `pulumi config` shows, wherever it stands and however it is
// written, and what the program would get.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import * as auto from "@pulumi/pulumi/automation/index.js";
import { ConfigError, readConfig } from "../../config/read.ts";
import { workspaceEngine } from "../../scripts/engine/find.ts";
import { configOf } from "../../scripts/stack/config.ts";
import { STACK_FILE } from "../stackFile.ts";

const PROJECT = "name: m365-smtp-relay\nruntime: nodejs\n";

describe("configOf", () => {
  let folder: string;
  let pulumi: string;
  const environment = { ...process.env };
  const project = () => join(folder, "project");

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "m365-test-config-"));
    await mkdir(project());
    await mkdir(join(folder, "state"));
    process.env.PULUMI_BACKEND_URL = `file://${join(folder, "state")}`;
    process.env.PULUMI_CONFIG_PASSPHRASE = "test";
    await files({});
    const { pulumiCommand, envVars } = await workspaceEngine();
    pulumi = pulumiCommand.command;
    const options = { workDir: project(), pulumiCommand, envVars };
    const workspace = await auto.LocalWorkspace.create(options);
    await workspace.createStack("prod");
  });
  after(async () => {
    process.env = environment;
    await rm(folder, { recursive: true, force: true });
  });

  /** Gives the project's folder these files, beside Pulumi.yaml and a stack file. */
  async function files(others: Readonly<Record<string, string>>): Promise<void> {
    await rm(project(), { recursive: true });
    const all = { "Pulumi.yaml": PROJECT, "Pulumi.prod.yaml": STACK_FILE, ...others };
    for (const [name, text] of Object.entries(all)) {
      await mkdir(join(project(), name, ".."), { recursive: true });
      await writeFile(join(project(), name), text);
    }
  }

  /** `pulumi config set` in the project. */
  async function set(key: string, value: string, ...flags: string[]): Promise<void> {
    const args = ["config", "set", ...flags, key, value, "--stack", "prod"];
    await promisify(execFile)(pulumi, args, { cwd: project() });
  }

  async function textOfFiles(): Promise<string[]> {
    const names = await readdir(project(), { recursive: true });
    const texts = names.sort().map(async (name) => {
      const text = await readFile(join(project(), name), "utf8").catch(() => "");
      return `${name}: ${text}`;
    });
    return Promise.all(texts);
  }

  const read = async (stack = "prod") => {
    const { raw, secretKeys, ...found } = await configOf(stack, project());
    return readConfig(raw, found.stack, secretKeys);
  };
  const refusal = async (stack = "prod"): Promise<string> => {
    const error = await read(stack).then(() => undefined, String);
    assert.ok(error, "refused");
    return error;
  };

  it("reads values that pulumi config has written, secret ones decrypted", async () => {
    await files({ "Pulumi.prod.yaml": "config: {}\n" });
    await set("azuread:tenantId", "aaaabbbb-0000-cccc-1111-dddd2222eeee", "--secret");
    await set("waitMinutes", "20");
    await set("disposable", "true");
    await set("domains[0].name", "contoso.com", "--path");
    await set("domains[0].mtaSts.id", "20261123", "--path");
    await set("domains[0].dmarc.adopt", "true", "--path");
    await set("senders[0].name", "erp", "--path");
    await set("senders[0].from[0]", "*@contoso.com", "--path");
    await set("senders[0].authentication[0]", "staticIp", "--path");
    await set("senders[0].egress[0]", "198.51.100.7", "--path", "--secret");
    const { tenantId, waitMinutes, disposable, domains, senders } = await read();
    assert.deepEqual(
      [tenantId, waitMinutes, disposable, domains[0]?.mtaSts, domains[0]?.dmarc.adopt],
      ["aaaabbbb-0000-cccc-1111-dddd2222eeee", 20, true, { id: "20261123" }, true],
    );
    assert.deepEqual(senders[0]?.egress, ["198.51.100.7"]);
    const { secretKeys } = await configOf("prod", project());
    assert.deepEqual([...secretKeys].sort(), ["azuread:tenantId", "m365-smtp-relay:senders"]);
    await set("senders[0].egress[0]", "10.77.0.1", "--path", "--secret");
    assert.doesNotMatch(await refusal(), /10\.77/);
  });

  it("names the file and the key of a secret value that can't be decrypted", async (t) => {
    await files({
      "Pulumi.yaml": `${PROJECT}stackConfigDir: stacks\n`,
      "stacks/Pulumi.prod.yaml": STACK_FILE,
    });
    await set("waitMinutes", "20", "--secret");
    await set("senders[0].egress[0]", "198.51.100.7", "--path", "--secret");
    const file = join(project(), "stacks/Pulumi.prod.yaml");
    const text = await readFile(file, "utf8");
    const before = await textOfFiles();
    t.after(() => {
      process.env.PULUMI_CONFIG_PASSPHRASE = "test";
    });
    process.env.PULUMI_CONFIG_PASSPHRASE = "another";
    assert.match(
      await refusal(),
      /stacks\/Pulumi\.prod\.yaml: m365-smtp-relay:senders, m365-smtp-relay:waitMinutes can't be decrypted: incorrect passphrase; export PULUMI_CONFIG_PASSPHRASE/,
    );
    process.env.PULUMI_CONFIG_PASSPHRASE = "test";
    assert.deepEqual(await textOfFiles(), before);
    await writeFile(file, text.replace(/(waitMinutes:\s*secure: v1:)\S{8}/, "$1AAAAAAAA"));
    assert.match(
      await refusal(),
      /stacks\/Pulumi\.prod\.yaml: m365-smtp-relay:waitMinutes can't be decrypted: .*; set each again with pulumi config set --secret/,
    );
  });

  it("reads values and defaults of Pulumi.yaml", async () => {
    const config = `config:
  m365-smtp-relay:waitMinutes:
    default: 5
  applicationAccess: classic
  azuread:environment:
    value: china
`;
    await files({ "Pulumi.yaml": `${PROJECT}${config}` });
    const { waitMinutes, applicationAccess, environment: cloud } = await read();
    assert.deepEqual([waitMinutes, applicationAccess, cloud], [5, "classic", "china"]);
  });

  it("reads a stack file in stackConfigDir, and a stack by its full name", async () => {
    await files({
      "Pulumi.yaml": `${PROJECT}stackConfigDir: stacks\n`,
      "Pulumi.prod.yaml": "",
      "stacks/Pulumi.prod.yaml": STACK_FILE,
    });
    for (const name of ["prod", "organization/m365-smtp-relay/prod"]) {
      assert.equal((await read(name)).senders[0]?.name, "erp");
      assert.equal((await configOf(name, project())).stack, "prod");
    }
  });

  it("reads short keys, anchors, merge keys and aliases", async () => {
    await files({
      "Pulumi.prod.yaml": `x-device: &device
  authentication: [staticIp]
  from: ["*@contoso.com"]
config:
  azuread:tenantId: aaaabbbb-0000-cccc-1111-dddd2222eeee
  waitMinutes: 7
  m365-smtp-relay:config:disposable: true
  domains: &domains
    - name: contoso.com
  senders:
    - <<: *device
      name: erp
      egress: [198.51.100.7]
    - <<: *device
      name: scanner
      egress: [198.51.100.8]
`,
    });
    const { waitMinutes, disposable, domains, senders } = await read();
    assert.deepEqual([waitMinutes, disposable, domains[0]?.name], [7, true, "contoso.com"]);
    assert.deepEqual(
      senders.map(({ name, from }) => [name, ...from]),
      [
        ["erp", "*@contoso.com"],
        ["scanner", "*@contoso.com"],
      ],
    );
  });

  it("reads the files of a stack that is not in the backend, and changes none of them", async () => {
    await files({ "Pulumi.new.yaml": STACK_FILE });
    const before = await textOfFiles();
    assert.equal((await read("new")).senders[0]?.name, "erp");
    assert.equal((await read("contoso/m365-smtp-relay/new")).senders[0]?.name, "erp");
    assert.deepEqual(await textOfFiles(), before);
  });

  it("says of an ESC environment who can resolve it", async () => {
    await files({ "Pulumi.prod.yaml": `environment: [contoso/mail]\n${STACK_FILE}` });
    assert.match(await refusal(), /Pulumi ESC environments require.*; import no environments/);
  });

  it("repeats where YAML is broken, and nothing of the file", async () => {
    const text = STACK_FILE.replace('"*@contoso.com"', "*@contoso.com, Winter2026!");
    await files({ "Pulumi.prod.yaml": text });
    const message = await refusal();
    assert.match(message, /can't be read: .*yaml: line \d+: .*; correct the file/);
    assert.doesNotMatch(message, /Winter2026|\n/);
  });

  it("says on which line a key is there twice, whether or not the backend can be reached", async () => {
    const twice = STACK_FILE.replace(/^ +azuread:tenantId: .*$/m, "$&\n$&");
    await files({ "Pulumi.prod.yaml": twice });
    const says =
      /can't be read: yaml: unmarshal errors: line 3: mapping key … already defined at line 2; correct the file/;
    assert.match(await refusal(), says);
    const { PULUMI_BACKEND_URL: backend } = process.env;
    process.env.PULUMI_BACKEND_URL = "https://127.0.0.1:1";
    try {
      assert.match(await refusal(), says);
    } finally {
      process.env.PULUMI_BACKEND_URL = backend;
    }
  });

  it("says what to set where the passphrase of a secret is missing or wrong", async () => {
    await files({ "Pulumi.prod.yaml": "config: {}\n" });
    await set("azuread:tenantId", "hunter2", "--secret");
    process.env.PULUMI_CONFIG_PASSPHRASE = "wrong";
    try {
      assert.match(await refusal(), /azuread:tenantId can't be decrypted: .*passphrase/);
    } finally {
      process.env.PULUMI_CONFIG_PASSPHRASE = "test";
    }
  });

  it("says that there is no stack file", async () => {
    await files({});
    assert.match(await refusal("nobody"), /there is no stack file Pulumi\.nobody\.yaml/);
  });

  it("tells every problem of the program's own message", async () => {
    await files({ "Pulumi.prod.yaml": STACK_FILE.replace("198.51.100.7", "10.0.0.1") });
    await assert.rejects(read(), (error) => error instanceof ConfigError);
  });
});
