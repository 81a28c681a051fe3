import { spawn } from "node:child_process";

const SHOWN_LINES = 15;

/**
 * Runs npm quietly in `root`; where it fails, the error ends with what npm said of it.
 *
 * @param {string} root
 * @param {readonly string[]} args
 */
export async function npm(root, args) {
  /** @type {Buffer[]} */
  const said = [];
  const code = await new Promise((resolve, reject) => {
    const [command, ...first] = npmCommand();
    const child = spawn(command, [...first, ...args], { cwd: root });
    child.stdout.on("data", (data) => said.push(data));
    child.stderr.on("data", (data) => said.push(data));
    child.on("error", reject);
    child.on("close", (status, signal) => resolve(status ?? signal));
  });
  if (code === 0) return;
  throw new Error(`\`npm ${args.join(" ")}\` failed (${code}):\n  ${cause(said).join("\n  ")}`);
}

/**
 * npm begins its error lines with the cause (and ends them with its usage).
 *
 * @param {readonly Buffer[]} said
 */
function cause(said) {
  const lines = Buffer.concat(said).toString().trimEnd().split("\n");
  const errors = lines.filter((line) => /^npm (error|ERR!) ./.test(line));
  return errors.length > 0 ? errors.slice(0, SHOWN_LINES) : lines.slice(-SHOWN_LINES);
}

/**
 * The npm that started this script is the one to use: there may be another on PATH.
 *
 * @returns {[string, ...string[]]}
 */
function npmCommand() {
  const running = process.env.npm_execpath;
  return running?.endsWith("npm-cli.js") ? [process.execPath, running] : ["npm"];
}
