// Loaded before a script (`node --import`): kills its whole process group, engine included, as soon as the engine has reported
// as many events as DIE_AT_EVENT says. How many there were is written into the file that EVENTS_FILE names.
import { writeFileSync } from "node:fs";
import { type EngineEvent, Stack } from "@pulumi/pulumi/automation/index.js";

const { DIE_AT_EVENT = "Infinity", EVENTS_FILE = "" } = process.env;
let events = 0;

interface Options {
  readonly onEvent?: (event: EngineEvent) => void;
}

const operations = Stack.prototype as unknown as Record<
  string,
  (options: Options) => Promise<unknown>
>;

for (const name of ["up", "refresh", "destroy"]) {
  const operate = operations[name];
  if (operate === undefined) throw new Error(`the SDK's stack has no ${name}`);
  operations[name] = function (this: Stack, options: Options) {
    return operate.call(this, {
      ...options,
      onEvent(event: EngineEvent) {
        events += 1;
        writeFileSync(EVENTS_FILE, String(events));
        if (events >= Number(DIE_AT_EVENT)) process.kill(-process.pid, "SIGKILL");
        options.onEvent?.(event);
      },
    });
  };
}
