// Clients that are not ours against the lab's port 587: swaks by LOGIN, curl and msmtp by XOAUTH2. Each is skipped
// where it is not installed.
import assert from "node:assert/strict";
import { type ExecFileException, execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { loopbackOf } from "../../lab/world/nat.ts";
import { onPath } from "../../scripts/engine/onPath.ts";
import { openSubmissionScene, type SubmissionScene } from "../unit/lab/submissionScene.ts";

const HOST = "smtp.office365.com";
const without = (program: string) =>
  onPath(program) === undefined
    ? `${program} is not installed (Debian's package ${program})`
    : false;

describe("client submission by other people's clients", () => {
  let scene: SubmissionScene;
  let folder: string;
  before(async () => {
    scene = await openSubmissionScene(process.env.LAB_SEED ?? "1");
    folder = mkdtempSync(join(tmpdir(), "submission-clients-"));
    await scene.reset();
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await scene.lab.close();
  });

  /** A program's exit code and what it wrote. */
  function run(
    program: string,
    args: string[],
    input = "",
  ): Promise<{ code: number; said: string }> {
    return new Promise((resolve) => {
      const told = (error: ExecFileException | null, stdout: string, stderr: string) =>
        resolve({ code: Number(error?.code ?? 0), said: stdout + stderr });
      execFile(program, args, told).stdin?.end(input);
    });
  }
  /** The messages that arrive outside while something is done. */
  async function arriving(act: () => Promise<void>): Promise<string[]> {
    const count = scene.lab.mailbox().length;
    await act();
    await scene.lab.settle();
    return scene.lab
      .mailbox()
      .slice(count)
      .map(({ raw }) => raw);
  }

  describe("swaks by LOGIN", { skip: without("swaks") }, () => {
    function swaks(...options: string[]) {
      const { lab, anna, bea, world } = scene;
      const [customer] = world.addresses.customer;
      return run("swaks", [
        ...["--server", `127.0.0.1:${lab.ports.submission}`],
        ...["--local-interface", loopbackOf(customer)],
        ...["--from", anna.address, "--to", bea, ...options],
      ]);
    }
    const login = (password: string) => [
      ...["--tls", "--auth", "LOGIN"],
      ...["--auth-user", scene.anna.address, "--auth-password", password],
    ];

    it("delivers", async () => {
      const messages = await arriving(async () => {
        const { code, said } = await swaks(...login(scene.password));
        assert.equal(code, 0, said);
      });
      assert.equal(messages.length, 1);
      assert.match(messages[0] ?? "", /^X-MS-Exchange-CrossTenant-AuthAs: Internal\r$/m);
    });

    it("is refused with a wrong password, without TLS, without AUTH, and by PLAIN", async () => {
      const messages = await arriving(async () => {
        const wrong = await swaks(...login("wrong"));
        assert.equal(wrong.code, 28, wrong.said);
        assert.match(wrong.said, /535 5\.7\.139 Authentication unsuccessful/);
        const clear = await swaks();
        assert.equal(clear.code, 23, clear.said);
        assert.match(clear.said, /451 5\.7\.3 STARTTLS is required to send mail/);
        const stranger = await swaks("--tls");
        assert.equal(stranger.code, 23, stranger.said);
        assert.match(stranger.said, /530 5\.7\.57 Client not authenticated to send mail/);
        const plain = await swaks(...login(scene.password), "--auth", "PLAIN");
        assert.equal(plain.code, 28, plain.said);
      });
      assert.deepEqual(messages, []);
    });
  });

  describe("curl by XOAUTH2", { skip: without("curl") }, () => {
    function curl(token: string) {
      const { lab, anna, bea, world } = scene;
      const [customer] = world.addresses.customer;
      const { submission } = lab.ports;
      return run(
        "curl",
        [
          ...["--silent", "--show-error", "--verbose", "--ssl-reqd", "--cacert", lab.caFile],
          ...["--interface", loopbackOf(customer)],
          ...["--resolve", `${HOST}:${submission}:127.0.0.1`],
          ...["--user", `${anna.address}:`, "--oauth2-bearer", token],
          ...["--mail-from", anna.address, "--mail-rcpt", bea, "--upload-file", "-"],
          `smtp://${HOST}:${submission}/curl.${world.tenant.domain}`,
        ],
        scene.message(),
      );
    }

    it("delivers, with the certificate of smtp.office365.com", async () => {
      const messages = await arriving(async () => {
        const { code, said } = await curl(scene.token);
        assert.equal(code, 0, said);
        assert.match(said, /AUTH XOAUTH2/);
      });
      assert.equal(messages.length, 1);
    });

    it("is refused with a bad token", async () => {
      const messages = await arriving(async () => {
        const { code, said } = await curl("nonsense");
        assert.equal(code, 67, said);
        assert.match(said, /535 5\.7\.3 Authentication unsuccessful/);
      });
      assert.deepEqual(messages, []);
    });
  });

  describe("msmtp by XOAUTH2", { skip: without("msmtp") }, () => {
    function msmtp(token: string, from = scene.anna.address) {
      const { lab, anna, bea, world } = scene;
      const tokenFile = join(folder, "token");
      writeFileSync(tokenFile, token);
      const settings = [
        "account relay",
        "host 127.0.0.1",
        `port ${lab.ports.submission}`,
        `source_ip ${loopbackOf(world.addresses.customer[0])}`,
        "tls on",
        "tls_starttls on",
        `tls_trust_file ${lab.caFile}`,
        `tls_host_override ${HOST}`,
        "auth xoauth2",
        `user ${anna.address}`,
        `passwordeval cat ${tokenFile}`,
        `from ${from}`,
      ];
      const file = join(folder, "msmtprc");
      writeFileSync(file, `${settings.join("\n")}\n`, { mode: 0o600 });
      return run("msmtp", [`--file=${file}`, "--account=relay", bea], scene.message());
    }

    it("delivers", async () => {
      const messages = await arriving(async () => {
        const { code, said } = await msmtp(scene.token);
        assert.equal(code, 0, said);
      });
      assert.equal(messages.length, 1);
    });

    it("is refused with a bad token, and as somebody else", async () => {
      const messages = await arriving(async () => {
        const bad = await msmtp("nonsense");
        assert.notEqual(bad.code, 0);
        assert.match(bad.said, /535 5\.7\.3 Authentication unsuccessful/);
        const other = await msmtp(scene.token, scene.postmaster.address);
        assert.notEqual(other.code, 0);
        assert.match(other.said, /554 5\.2\.252 SendAsDenied; /);
      });
      assert.deepEqual(messages, []);
    });
  });
});
