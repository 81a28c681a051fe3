// apt on a state of its own: it knows what the machine has, and changes nothing of it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { text } from "node:stream/consumers";
import { CLIENTS, SERVERS } from "./oracles.ts";

/** The machine's own settings for apt, its sources among them. */
const MACHINE = "/etc/apt";
/** dpkg's database of what is installed. */
const INSTALLED = "/var/lib/dpkg/status";

/** By package or by what it provides. Debian lets a machine have one mail server only; Exim is what it installs by itself. */
const HIDDEN = [
  ...[...CLIENTS, ...SERVERS, "mail-transport-agent"],
  ...["exim4", "exim4-base", "exim4-config"],
];

/**
 * Runs apt-get on a state of its own, which knows what this machine has, but for its mail clients and servers (tests run
 * the fetched ones on every machine), and changes nothing of it.
 */
export interface Apt {
  /** Where `install --download-only` puts the packages. */
  archives: string;
  run(args: readonly string[], cwd?: string): Promise<void>;
}

/** Lays out apt's own state in a folder: settings, sources, what is installed, lists and archives. */
export function openApt(folder: string): Apt {
  const at = (name: string) => join(folder, name);
  for (const name of ["lists/partial", "archives/partial", "sources", "state", "log"]) {
    mkdirSync(at(name), { recursive: true });
  }
  copySources(at("sources"));
  writeFileSync(at("status"), withoutPackages(readFileSync(INSTALLED, "utf8"), HIDDEN));
  writeFileSync(at("apt.conf"), aptSettings(at));
  return {
    archives: at("archives"),
    run: (args, cwd = folder) => command("apt-get", ["-c", at("apt.conf"), ...args], cwd),
  };
}

function copySources(folder: string): void {
  const files = globSync(["sources.list", "sources.list.d/*.{list,sources}"], {
    cwd: MACHINE,
  });
  for (const file of files) {
    const format: SourcesFormat = file.endsWith(".sources") ? "sources" : "list";
    const content = readFileSync(join(MACHINE, file), "utf8");
    writeFileSync(join(folder, basename(file)), withSourcePackages(content, format));
  }
}

/**
 * Settings for an apt that keeps everything in a folder of its own. What the machine's settings say stays (a proxy,
 * say), but for the hooks, which touch the system, and the lists that are of no use here.
 *
 * @param at the path of something in that folder
 */
function aptSettings(at: (name: string) => string): string {
  return `#clear APT::Update;
APT::Update::Error-Mode "any";
#clear DPkg;
#clear Acquire::IndexTargets;
${indexTarget("deb::Packages", "binary-$(ARCHITECTURE)/Packages", "Packages")}
${indexTarget("deb-src::Sources", "source/Sources", "Sources")}
Acquire::Languages "none";
Acquire::Retries "1";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
APT::Sandbox::User "";
Debug::NoLocking "true";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "${at("sources")}";
Dir::State "${at("state")}";
Dir::State::lists "${at("lists")}";
Dir::State::status "${at("status")}";
Dir::Cache "${at("")}";
Dir::Cache::archives "${at("archives")}";
Dir::Cache::pkgcache "packages.bin";
Dir::Cache::srcpkgcache "";
Dir::Log "${at("log")}";
`;
}

function indexTarget(name: string, key: string, flat: string): string {
  return `Acquire::IndexTargets::${name} {
  MetaKey "$(COMPONENT)/${key}"; flatMetaKey "${flat}"; ShortDescription "${flat}";
  Description "$(RELEASE)/$(COMPONENT) ${flat}"; flatDescription "$(RELEASE) ${flat}"; Optional "0";
};`;
}

/** How apt writes down where packages are: one line each, or deb822 stanzas. */
type SourcesFormat = "list" | "sources";

/** The machine's own sources, asked for source packages too. */
export function withSourcePackages(text: string, format: SourcesFormat): string {
  if (format === "list") {
    return text.replace(
      /^[ \t]*deb[ \t].*$/gm,
      (line) => `${line}\n${line.replace("deb", "deb-src")}`,
    );
  }
  return text.replace(/^Types:[ \t]*deb[ \t]*$/gim, "Types: deb deb-src");
}

/**
 * dpkg's database of what is installed, without packages that have, or provide, one of the names: apt then fetches them,
 * whether they are there or not.
 */
export function withoutPackages(status: string, names: readonly string[]): string {
  const hidden = new Set(names);
  const namesOf = (paragraph: string) =>
    [...paragraph.matchAll(/^(?:Package|Provides): (.*)$/gm)].flatMap(([, list = ""]) =>
      list.split(",").map((one) => one.trim().split(" ", 1)[0] ?? ""),
    );
  const paragraphs = status.split(/\n{2,}/);
  return paragraphs
    .filter((paragraph) => !namesOf(paragraph).some((name) => hidden.has(name)))
    .join("\n\n");
}

const LIMIT_MS = 240_000;
const SHOWN_LINES = 4;

/** Runs a command; where it fails, the error has the first lines of its stderr. */
export async function command(name: string, args: readonly string[], cwd: string): Promise<void> {
  const child = spawn(name, args, {
    cwd,
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, LC_ALL: "C.UTF-8", DEBIAN_FRONTEND: "noninteractive" },
    timeout: LIMIT_MS,
  });
  const stop = () => child.kill();
  process.once("SIGTERM", stop);
  const [stderr, [code, signal]] = await Promise.all([text(child.stderr), once(child, "close")]);
  process.off("SIGTERM", stop);
  if (code === 0) return;
  const words = stderr.trim().split("\n").slice(0, SHOWN_LINES).join(" ");
  const verb = args.find((arg) => /^[a-z]+$/.test(arg)) ?? "";
  throw new Error(`\`${name} ${verb}\` ended with ${code ?? signal}: ${words || "no words"}`);
}
