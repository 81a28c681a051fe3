import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { withoutPackages } from "./aptInstalled.ts";
import { aptSettings } from "./aptSettings.ts";
import { type SourcesFormat, withSourcePackages } from "./aptSources.ts";
import { command } from "./command.ts";
import { CLIENTS } from "./wanted.ts";

/** The machine's own settings for apt, its sources among them. */
const MACHINE = "/etc/apt";
/** dpkg's database of what is installed. */
const INSTALLED = "/var/lib/dpkg/status";

/**
 * Runs apt-get on a state of its own, which knows what this machine has, but for its mail clients (tests run the
 * fetched ones on every machine), and changes nothing of it.
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
  writeFileSync(at("status"), withoutPackages(readFileSync(INSTALLED, "utf8"), CLIENTS));
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
