// A process that is the dynamic provider of one run of the engine after the other: its start takes longer than most runs.
// It is Pulumi's own provider, loaded anew for each run, and so is providers/, where is kept what a run has read.
// handOver.mjs asks for it. What it prints goes to that process's output, which the engine reads.
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import Module, {
  createRequire,
  type ResolveHookSync,
  registerHooks,
  stripTypeScriptTypes,
} from "node:module";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The process of handOver.mjs, as it describes itself. */
interface Asking {
  readonly pid: number;
  readonly env: NodeJS.ProcessEnv;
  readonly argv: readonly [node: string, module: string, engine: string];
  readonly cwd: string;
}

const require = createRequire(import.meta.url);
const KINDS = join(process.cwd(), "providers", "kinds.ts");
const PROVIDERS = pathToFileURL(join(process.cwd(), "providers", "/")).href;
/** What the parent gave; Node reads it once, at its start. */
const { NODE_EXTRA_CA_CERTS } = process.env;

/** How many runs it has been asked for. */
let runs = 0;
/** The run that it works for. */
let current: { readonly output: readonly number[]; server?: Server } | undefined;
/** Requests of the engine that are not answered yet. */
let open = 0;

/** Where a module of providers/ finds what it imports, and its text without types: both are the same in each run. */
const found = new Map<string, ReturnType<ResolveHookSync>>();
const texts = new Map<string, string>();

const withoutRun = (url: string): string => url.replace(/\?.*/, "");

registerHooks({
  resolve(specifier, context, next) {
    const parent = withoutRun(context.parentURL ?? "");
    const known = `${parent} ${specifier}`;
    const target = found.get(known) ?? next(specifier, context);
    if (parent.startsWith(PROVIDERS)) found.set(known, target);
    if (!target.url.startsWith(PROVIDERS)) return { ...target, shortCircuit: true };
    return { ...target, url: `${withoutRun(target.url)}?run=${runs}`, shortCircuit: true };
  },
  load(url, context, next) {
    // Node keeps on disk what it has made of the first run's modules.
    if (!url.startsWith(PROVIDERS) || runs === 1) return next(url, context);
    const path = fileURLToPath(withoutRun(url));
    const source = texts.get(path) ?? stripTypeScriptTypes(readFileSync(path, "utf8"));
    texts.set(path, source);
    return { format: "module", source, shortCircuit: true };
  },
});

/** What is used of a server of @grpc/grpc-js. */
interface Server {
  addService(definition: object, implementation: object): void;
  forceShutdown(): void;
}

type Done = (...result: unknown[]) => void;

/** The server that Pulumi's provider makes for itself is that of the run. */
function watchServers(module: string): void {
  const { Server } = createRequire(module)("@grpc/grpc-js") as { Server: { prototype: Server } };
  const { addService } = Server.prototype;
  Server.prototype.addService = function (definition, implementation) {
    if (current !== undefined) current.server = this;
    const methods = Object.keys(definition).map((name) => {
      const answer = Reflect.get(implementation, name) as (call: unknown, done: Done) => void;
      const answerCounted = (call: unknown, done: Done) =>
        answer.call(implementation, call, counted(done));
      return [name, answerCounted];
    });
    addService.call(this, definition, Object.fromEntries(methods));
  };
}

function counted(done: Done): Done {
  open++;
  return (...result) => {
    open--;
    done(...result);
  };
}

for (const [index, stream] of [process.stdout, process.stderr].entries()) {
  stream.write = (chunk: string | Uint8Array) => {
    const to = current?.output[index];
    if (to !== undefined) writeSync(to, Buffer.from(chunk as string));
    return true;
  };
}

createServer((socket) => {
  socket.on("error", () => {});
  createInterface(socket).once("line", async (line) => {
    const asking = JSON.parse(line) as Asking;
    if (current !== undefined || !canWorkFor(asking)) {
      socket.end("no");
      return;
    }
    socket.once("close", end);
    await begin(asking);
    socket.write("yes");
  });
}).listen(process.argv[2], () => process.send?.("ready"));

function canWorkFor({ cwd, env }: Asking): boolean {
  return cwd === process.cwd() && env.NODE_EXTRA_CA_CERTS === NODE_EXTRA_CA_CERTS;
}

/** As the provider's own process begins: with its environment, and its argument, which Pulumi's module reads once. */
async function begin({ pid, env, argv: [node, module, engine] }: Asking): Promise<void> {
  if (runs++ === 0) watchServers(module);
  current = { output: [1, 2].map((fd) => openSync(`/proc/${pid}/fd/${fd}`, "w")) };
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  // `require` in a state's line would get the first run's.
  require.cache[KINDS] = Object.assign(new Module(KINDS), { exports: await import(KINDS) });
  for (const event of ["uncaughtException", "unhandledRejection", "exit"]) {
    process.removeAllListeners(event);
  }
  delete require.cache[module];
  process.argv = [node, module, engine];
  require(module);
  process.argv = [node, module];
}

/** The engine has ended its provider, and with it what it was at, if it was. */
function end(): void {
  if (open > 0) process.exit();
  current?.server?.forceShutdown();
  for (const fd of current?.output ?? []) closeSync(fd);
  current = undefined;
}
