// Runs clients with the text that `npm run senders` prints. The text says Exchange's names and the lab's ports; where these
// names lead, and whom to trust, each client is told beside it.
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ClientSettings } from "../../../mail/clients/settings.ts";
import { projectRoot } from "../../../scripts/setup/root.ts";
import { openPostfix, type Postfix } from "./postfix.ts";
import { type Bench, type Ended, libraryFile, runClient, runProgram } from "./runClient.ts";

type Run = (settings: ClientSettings, bench: Bench) => Promise<Ended>;

const message = ({ from }: ClientSettings, { to }: Bench) =>
  `From: ${from}\r\nTo: ${to}\r\nSubject: test\r\n\r\nhello\r\n`;

/** Trust in the lab's root, and the way to its hosts for programs that read these. */
const environment = ({ oracles, folder, caFile, source }: Bench, { host }: ClientSettings) => ({
  PATH: `${oracles.clients}:${process.env.PATH}`,
  CURL_HOME: folder,
  NODE_EXTRA_CA_CERTS: caFile,
  SSL_CERT_FILE: caFile,
  LAB_HOST: host,
  LAB_SOURCE: source,
});

/** What curl reads by itself before the printed file. */
function placeCurlrc({ folder, caFile, source }: Bench, { host, port }: ClientSettings): void {
  const lines = [
    `cacert = "${caFile}"`,
    `resolve = "${host}:${port}:127.0.0.1"`,
    `interface = "${source}"`,
  ];
  writeFileSync(join(folder, ".curlrc"), `${lines.join("\n")}\n`);
}

const NODE_ROUTES = `
import dns from "node:dns";
import promises from "node:dns/promises";
import net from "node:net";
import { syncBuiltinESMExports } from "node:module";
dns.Resolver.prototype.resolve4 = (host, answer) => answer(null, ["127.0.0.1"]);
dns.Resolver.prototype.resolve6 = (host, answer) => answer(null, []);
promises.resolve4 = async () => ["127.0.0.1"];
const { lookup } = dns;
dns.lookup = (host, ...rest) => lookup(host === process.env.LAB_HOST ? "127.0.0.1" : host, ...rest);
const { connect } = net;
net.connect = (options, ...rest) =>
  connect({ ...options, localAddress: process.env.LAB_SOURCE }, ...rest);
syncBuiltinESMExports();
`;

const PYTHON_ROUTES = `
import os, runpy, socket, sys
connect = socket.create_connection
def to_lab(address, timeout=None, source_address=None, **rest):
    host, port = address
    if host == os.environ["LAB_HOST"]:
        host, source_address = "127.0.0.1", (os.environ["LAB_SOURCE"], 0)
    return connect((host, port), timeout, source_address, **rest)
socket.create_connection = to_lab
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
`;

/** By the client's name. */
export const PRINTED: Readonly<Record<string, Run>> = {
  msmtp(settings, bench) {
    const { oracles, folder, caFile, source, to } = bench;
    placeCurlrc(bench, settings);
    const printed = readFileSync(join(folder, ".msmtprc"), "utf8");
    // Of two lines with one setting the later counts.
    const lab = [
      "host 127.0.0.1",
      `tls_host_override ${settings.host}`,
      `tls_trust_file ${caFile}`,
      `source_ip ${source}`,
    ];
    const file = join(folder, "msmtprc.lab");
    const text = printed.replace(/^account default/m, `${lab.join("\n")}\n$&`);
    writeFileSync(file, text, { mode: 0o600 });
    return runProgram(oracles, join(oracles.clients, "msmtp"), [`--file=${file}`, to], {
      input: message(settings, bench),
      more: environment(bench, settings),
    });
  },
  curl(settings, bench) {
    const { oracles, folder, to } = bench;
    placeCurlrc(bench, settings);
    const file = join(folder, "message.eml");
    writeFileSync(file, message(settings, bench));
    const args = [join(folder, `${settings.sender}-send`), to, file];
    return runProgram(oracles, "/bin/sh", args, { more: environment(bench, settings) });
  },
  nodemailer(settings, bench) {
    const { oracles, folder, to } = bench;
    symlinkSync(join(projectRoot, "node_modules"), join(folder, "node_modules"));
    const routes = join(folder, "routes.mjs");
    writeFileSync(routes, NODE_ROUTES);
    const args = ["--import", routes, join(folder, `${settings.sender}-send.mjs`), to];
    return runProgram(oracles, process.execPath, args, { more: environment(bench, settings) });
  },
  python(settings, bench) {
    const { oracles, folder, to } = bench;
    const args = ["-c", PYTHON_ROUTES, join(folder, `${settings.sender}-send.py`), to];
    return runProgram(oracles, oracles.python, args, { more: environment(bench, settings) });
  },
  "s-nail": (settings, bench) => {
    const { oracles, folder } = bench;
    placeCurlrc(bench, settings);
    const hosts = join(folder, "hosts");
    writeFileSync(hosts, `127.0.0.1 ${settings.host}\n`);
    return runProgram(oracles, "/bin/sh", [join(folder, `${settings.sender}-send`)], {
      input: message(settings, bench).replaceAll("\r\n", "\n"),
      more: {
        ...environment(bench, settings),
        LD_PRELOAD: libraryFile(oracles, "libnss_wrapper.so"),
        NSS_WRAPPER_HOSTS: hosts,
      },
    });
  },
  postfix: (settings, bench) =>
    throughPostfix(settings, bench, (server) => {
      const args = ["-i", "-f", settings.from, bench.to];
      return server.run("sendmail", args, message(settings, bench));
    }),
  "postfix-sasl": (settings, bench) =>
    throughPostfix(settings, bench, (server) => signIn(server, settings, bench)),
};

/** Hands a message to a Postfix, and waits for what becomes of it there. */
async function throughPostfix(
  settings: ClientSettings,
  bench: Bench,
  hand: (server: Postfix) => Promise<Ended>,
): Promise<Ended> {
  const server = await openPostfix(bench, settings, ACCOUNT_PASSWORD);
  try {
    const handed = await hand(server);
    if (handed.code !== 0) return handed;
    const said = await server.logged(/ status=/);
    return { code: / status=sent /.test(said) ? 0 : 1, said };
  } finally {
    await server.close();
  }
}

export const ACCOUNT_PASSWORD = "rope-4711";

/** Hands a message to Postfix as a system that signs in, or as `change` has it, in swaks's words. */
export function signIn(
  { submissionPort }: Postfix,
  settings: ClientSettings,
  bench: Bench,
  change: Readonly<Record<string, string | true | undefined>> = {},
): Promise<Ended> {
  const options: Readonly<Record<string, string | true | undefined>> = {
    ...{ server: "127.0.0.1", port: String(submissionPort), helo: "scanner.example" },
    ...{ tls: true, "tls-verify": true, "tls-ca-path": bench.caFile },
    ...{ auth: "LOGIN", "auth-user": settings.sender, "auth-password": ACCOUNT_PASSWORD },
    ...{ from: settings.from, to: bench.to, data: message(settings, bench) },
    ...change,
  };
  const args = Object.entries(options).flatMap(([name, value]): string[] => {
    if (value === undefined) return [];
    return value === true ? [`--${name}`] : [`--${name}`, value];
  });
  return runClient(bench.oracles, "swaks", args);
}
