import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { constants } from "node:os";

/**
 * Runs a command in the foreground and resolves to its exit code (128 + n for signal n). This
 * process never ends before it. At a terminal Ctrl-C reaches both, so it is not sent on (an engine
 * that hears it twice stops at once and leaves work pending); without a terminal it is.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
export function runForeground(command, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: "inherit", env });
    /** @type {Map<NodeJS.Signals, number>} */
    const sentAt = new Map();
    const sendOn = (/** @type {NodeJS.Signals} */ signal) => {
      // npm sends its own copy of a signal after the one to the whole group: one is enough.
      const now = Date.now();
      if (now - (sentAt.get(signal) ?? 0) < 1000) return;
      sentAt.set(signal, now);
      child.kill(signal);
    };
    const onInterrupt = () => {
      if (!atTerminal()) sendOn("SIGINT");
    };
    const onTerminate = () => sendOn("SIGTERM");
    process.on("SIGINT", onInterrupt);
    process.on("SIGTERM", onTerminate);
    const stopListening = () => {
      process.off("SIGINT", onInterrupt);
      process.off("SIGTERM", onTerminate);
    };
    child.on("error", (error) => {
      stopListening();
      reject(error);
    });
    child.on("exit", (code, signal) => {
      stopListening();
      resolve(code ?? 128 + constants.signals[/** @type {NodeJS.Signals} */ (signal)]);
    });
  });
}

function atTerminal() {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}
