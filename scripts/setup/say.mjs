/** Says one thing on stderr, so that stdout stays the script's own (`--json`). */
export function say(step, text) {
  process.stderr.write(`${step}: ${text}\n`);
}
