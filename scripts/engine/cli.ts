// `npm run pulumi -- ARGUMENT…`: the engine's own command line, with the right Node.
import { runForeground } from "../setup/foreground.mjs";
import { say } from "../setup/say.mjs";
import { engineEnv } from "./engine.ts";
import { findEngine } from "./find.ts";

/** Commands that run the program, with their aliases. */
const RUN_PROGRAM = ["preview", "pre", "up", "update", "upgrade", "import", "watch"];

const engine = await findEngine();
if (engine.kind === "missing") {
  say("engine", `no pulumi engine found: ${engine.reason}`);
  process.exitCode = 1;
} else {
  const env = { ...process.env, ...engineEnv(engine) };
  const args = process.argv.slice(2);
  process.exitCode = await runForeground(engine.pulumi, args, env);
  const ranProgram = args.some((argument) => RUN_PROGRAM.includes(argument));
  if (process.exitCode !== 0 && ranProgram && !engine.languageHost) {
    say(
      "engine",
      "pulumi's own error is above. If it is about a language plugin: this pulumi was built from its Go module " +
        "and has no Node language host, which commands that run the program (preview, up, import …) need; " +
        "install pulumi to run them (`npm run lab` works without it)",
    );
  }
}
