// Loaded by every Node process of a test's engine (`--import`). One that would become a dynamic provider asks the host of
// the test's fixture to be it, and only stays for the engine to see and to end. Without the host, or while the host
// works for another run, it becomes the provider itself, as it does for users.
import { connect } from "node:net";

const { PROVIDER_HOST } = process.env;
const [, module = "", engine] = process.argv;
if (PROVIDER_HOST && module.includes("dynamic-provider") && engine !== undefined) {
  await handOver(PROVIDER_HOST);
}

/** Resolves when the host declines; else this process ends with the run, or with the engine. */
function handOver(/** @type {string} */ path) {
  return new Promise((resolve) => {
    const { pid, ppid, env, argv } = process;
    const host = connect(path);
    host.write(`${JSON.stringify({ pid, env, argv, cwd: process.cwd() })}\n`);
    host.once("error", resolve);
    host.once("data", (answer) => {
      if (`${answer}` === "no") return resolve(host.destroy());
      host
        .removeAllListeners("error")
        .on("error", () => process.exit())
        .on("close", process.exit);
      setInterval(() => process.ppid !== ppid && process.exit(), 500);
    });
  });
}
