/**
 * Says one thing on stderr, so that stdout stays the script's own (`--json`).
 *
 * @param {string} step
 * @param {string} text
 */
export function say(step, text) {
  process.stderr.write(`${step}: ${text}\n`);
}
