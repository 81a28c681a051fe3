// Debian's Postfix, in a folder of its own: nothing of it is installed, and it needs no root. Debian's nss_wrapper gives it
// the users that it runs as and the lab's host names, uid_wrapper lets it change to them (https://cwrap.org).
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ClientSettings } from "../../../mail/clients/settings.ts";
import type { FoundOracles } from "../../../scripts/oracles/oracles.ts";
import { type Bench, type Ended, libraryFile, runProgram } from "./runClient.ts";

/** A Postfix that runs, with a printed configuration. */
export interface Postfix {
  /** Where systems sign in to it, if the configuration says so. */
  submissionPort: number;
  /** Runs one of its commands. */
  run(command: string, args: readonly string[], input?: string): Promise<Ended>;
  /** Everything logged so far, once a line of it matches. @throws Error when none comes */
  logged(pattern: RegExp): Promise<string>;
  close(): Promise<void>;
}

const LIMIT_MS = 30_000;
const PAUSE_MS = 20;

/**
 * Starts it with the printed main.cf in the bench's folder, and a printed addition to master.cf, once the commands in
 * main.cf's comments have run.
 *
 * @param accountPassword for the system that signs in to it
 */
export async function openPostfix(
  bench: Bench,
  { host }: ClientSettings,
  accountPassword = "",
): Promise<Postfix> {
  const { oracles, folder } = bench;
  const own = join(folder, "postfix");
  const log = join(own, "log");
  for (const name of QUEUE_FOLDERS) mkdirSync(join(own, "spool", name), { recursive: true });
  mkdirSync(join(own, "data"));
  const env = placeUsers(oracles, own, host);
  for (const command of commandsIn(readFileSync(join(folder, "main.cf"), "utf8"))) {
    // Without a terminal to ask at, it takes the password from standard input.
    const piped = command.replace(/^saslpasswd2 /, "$&-p ");
    const options = { input: accountPassword, more: env };
    const { code, said } = await runProgram(oracles, "/bin/sh", ["-c", piped], options);
    if (code !== 0) throw new Error(`${piped} ended with ${code}: ${said}`);
  }
  const submissionPort = await freePort();
  configure(bench, own, Object.keys(env), submissionPort);
  const program = join(oracles.root, "usr/lib/postfix/sbin/master");
  const master = spawn("/bin/sh", ["-c", UNTIL_INPUT_ENDS, program, "-s", "-c", folder], {
    env: { ...process.env, ...oracles.env, ...env },
    stdio: ["pipe", "ignore", "ignore"],
  });
  const closed = once(master, "close");
  const logged = (pattern: RegExp) => linesOf(log, pattern, master);
  await logged(/ daemon started /);
  return {
    submissionPort,
    run: (command, args, input = "") =>
      runProgram(oracles, join(oracles.root, "usr/sbin", command), args, { input, more: env }),
    logged,
    async close() {
      master.stdin.end();
      await closed;
    },
  };
}

/** Runs a program, and ends it when standard input ends: with whoever holds that, even if it is killed. */
const UNTIL_INPUT_ENDS = `exec 3<&0
"$0" "$@" & program=$!
{ read -r _; kill "$program"; } <&3 &
wait "$program"`;

/** The commands that a configuration's comments say, each on a line of its own. */
const commandsIn = (text: string): string[] =>
  [...text.matchAll(/^# {3}(\S.*)$/gm)].map(([, command = ""]) => command);

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function linesOf(log: string, pattern: RegExp, master: ChildProcess): Promise<string> {
  const end = Date.now() + LIMIT_MS;
  for (;;) {
    const text = existsSync(log) ? readFileSync(log, "utf8") : "";
    if (pattern.test(text)) return text;
    if (master.exitCode !== null)
      throw new Error(`Postfix ended with ${master.exitCode}:\n${text}`);
    if (Date.now() > end) throw new Error(`Postfix logged no ${pattern}:\n${text}`);
    await sleep(PAUSE_MS);
  }
}

const QUEUE_FOLDERS = [
  ...["active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming"],
  ...["maildrop", "pid", "private", "public", "saved", "trace"],
];

/** Writes users, groups and hosts down, and tells where in the environment's terms. */
function placeUsers(oracles: FoundOracles, own: string, host: string): Record<string, string> {
  const at = (name: string, lines: readonly string[]) => {
    const file = join(own, name);
    writeFileSync(file, `${lines.join("\n")}\n`);
    return file;
  };
  // Whoever is not root can give a folder to itself alone.
  const { uid = 0, gid = 0 } = { uid: process.getuid?.(), gid: process.getgid?.() };
  const [user, group] = [uid || 4111, gid || 4111];
  const users = [
    "root:x:0:0::/:/bin/sh",
    `postfix:x:${user}:${group}::/:/bin/false`,
    "nobody:x:4112:4112::/:/bin/false",
  ];
  const groups = ["root:x:0:", `postfix:x:${group}:`, "nogroup:x:4112:", "postdrop:x:4113:"];
  return {
    LD_PRELOAD: ["libnss_wrapper.so", "libuid_wrapper.so"]
      .map((name) => libraryFile(oracles, name))
      .join(" "),
    LD_LIBRARY_PATH: `${join(oracles.root, "usr/lib/postfix")}:${oracles.env.LD_LIBRARY_PATH}`,
    NSS_WRAPPER_PASSWD: at("passwd", users),
    NSS_WRAPPER_GROUP: at("group", groups),
    NSS_WRAPPER_HOSTS: at("hosts", ["127.0.0.1 localhost", `127.0.0.1 ${host}`]),
    UID_WRAPPER: "1",
    UID_WRAPPER_ROOT: "1",
    MAIL_CONFIG: join(own, ".."),
    PATH: `${join(oracles.root, "usr/sbin")}:${process.env.PATH}`,
    SASL_PATH: (oracles.env.LD_LIBRARY_PATH ?? "")
      .split(":")
      .flatMap((path) => [join(path, "sasl2"), join(path.slice(oracles.root.length), "sasl2")])
      .join(":"),
  };
}

/** Appends to the printed main.cf what belongs to a folder and to the lab, and completes Debian's master.cf. */
function configure(
  bench: Bench,
  own: string,
  variables: readonly string[],
  submissionPort: number,
): void {
  const { oracles, folder, caFile, source } = bench;
  const lines = [
    // As Debian's own main.cf has it.
    "compatibility_level = 3.6",
    `command_directory = ${join(oracles.root, "usr/sbin")}`,
    `daemon_directory = ${join(oracles.root, "usr/lib/postfix/sbin")}`,
    `shlib_directory = ${join(oracles.root, "usr/lib/postfix")}`,
    `meta_directory = ${folder}`,
    `queue_directory = ${join(own, "spool")}`,
    `data_directory = ${join(own, "data")}`,
    `maillog_file = ${join(own, "log")}`,
    `maillog_file_prefixes = ${own}`,
    `import_environment = ${variables.join(" ")}`,
    `export_environment = ${variables.join(" ")}`,
    "inet_interfaces = 127.0.0.1",
    "smtp_host_lookup = native",
    `smtp_bind_address = ${source}`,
    `smtp_tls_CAfile = ${caFile}`,
  ];
  appendFileSync(join(folder, "main.cf"), `${lines.join("\n")}\n`);
  const debians = readFileSync(join(oracles.root, "usr/share/postfix/master.cf.dist"), "utf8");
  const services = debians
    .replace(/^smtp +inet .*$/m, "")
    // chroot, which is root's alone.
    .replace(/^(\S+ +unix\S* +\S+ +\S+ +)y/gm, "$1n");
  const master = join(folder, "master.cf");
  const printed = existsSync(master) ? readFileSync(master, "utf8") : "";
  writeFileSync(master, services + printed.replace(/^submission /m, `${submissionPort} `));
  age(folder);
}

/** Postfix waits up to 2 s before it reads a file that has just been written. */
function age(folder: string): void {
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { name } of files) utimesSync(join(folder, name), 0, 0);
}
