// `npm run record`: writes what the project does into files, so that two versions of it can be compared. See HELP.
import { subscribe } from "node:diagnostics_channel";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError, readConfig } from "../../config/read.ts";
import { readOptions } from "../../scripts/setup/options.ts";
import { BAD_CONFIGS, goodConfig, type StackConfig } from "../../test/badConfigs.ts";
import { type Lab, openLab } from "../src/lab.ts";
import { openScene, type Scene } from "../stack/scene.ts";
import { play } from "../story/play.ts";
import { STORY } from "../story/story.ts";
import { storyTable, summaryOf } from "../story/summary.ts";

const HELP = `npm run record -- [--seed TEXT]… --out FOLDER

Records what the project does, so that two versions of it can be compared. Writes into FOLDER the messages about bad
stack files. Plays the lab's story with each seed, and writes into FOLDER/SEED what the story printed, what each operation
of the engine changed and requested, the state and outputs after the first up, and the world then and at the end.

Two runs write the same bytes unless the project behaves differently: record before and after a change, and compare the
folders with diff -ru.

  --seed TEXT    a seed to play the story with; several are possible (default 1)
  --out FOLDER   the folder to write into`;

const { seed: seeds, out } = readOptions("record", HELP, {
  seed: { type: "string", multiple: true, default: ["1"] },
  out: { type: "string", default: "" },
});
if (out === "") {
  process.stderr.write(`record: --out is missing; name a folder\n\n${HELP}\n`);
  process.exit(2);
}

/** What differs from run to run, besides ids and times, and what is written instead. */
const FRESH: readonly (readonly [RegExp, string])[] = [
  [/(localhost|127\.0\.0\.1)(:|%3A)\d+/g, "$1$2<port>"],
  [/(client_secret|client_assertion)=[^&]+/g, "$1=[secret]"],
  [/(InternalId=)\d+|( ESMTPS? id | queued as )\w+|\b(08DE)[0-9A-F]{12}\b/g, "$1$2$3<id>"],
  [/( t=)\d+;/g, "$1<time>;"],
  [/( b=)[\w+/=\s]+(?=\r\n\S)|(header\.b=)"?[\w+/=]+"?/g, "$1$2<signature>"],
];
const TIME =
  /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z|(\w{3}, )?\d\d? \w{3} \d{4} \d\d:\d\d:\d\d(\.\d+)?( \+0000| \(UTC\))/g;
const ID = /(?<![0-9a-f])([0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32})(?![0-9a-f])/g;
/** Where the source stands, how many ids the world drew (as many as it was asked for tokens, among others), and its log. */
const LEFT_OUT = ["sourcePosition", "stackTrace", "drawn", "audit"];
/** The engine's mark of a secret value in a state. */
const SECRET = "4dabf18193072939515e22adb298388d";
/**
 * Calls whose number is chance. The first up looks again and again whether Exchange has made DKIM keys; a refresh and a
 * destroy make many calls at once, and each of the first ones gets a token of its own.
 */
const CHANCE = [
  [/^up$/, /[GS]et-DkimSigningConfig|^dns: CNAME /],
  [/^(drift|up-2|destroy)/, /openid-configuration|oauth2\/v2\.0\/token/],
] as const;
/** That Exchange was asked to use keys that it was still making. */
const TOO_EARLY = /dkim-no-keys/;

/** Brings what was recorded of a lab into a form that is the same in each run. */
function makeForm(lab: Lab) {
  const began = lab.clock.now().getTime();
  const drawn = [...new Set(JSON.stringify(lab.dump()).match(ID))];
  const ids = new Map(drawn.map((id) => [id, id]));
  const named = (text: string) => text.replace(ID, (id) => ids.get(id) ?? "<id>");
  const isOfRun = (time: string) =>
    Math.abs(Date.parse(time.replace(/[()]/g, "")) - began) < 3_600_000;
  const steady = (text: string) =>
    FRESH.reduce((one, [from, to]) => one.replace(from, to), text).replace(TIME, (time) =>
      isOfRun(time) ? "<time>" : time,
    );

  /** Much is made at the same time, so that the order in which it stands in lists is chance. */
  function ordered(value: unknown, key = ""): unknown {
    if (typeof value === "string") {
      if (key === "publicKey" && value !== "") return "<key>";
      return value.includes("\n") ? steady(value).split(/(?<=\n)/) : steady(value);
    }
    if (Array.isArray(value)) {
      const items = value.map((item): [string, unknown] => {
        const one = ordered(item);
        return [named(JSON.stringify(one)), one];
      });
      if (items.every(([text]) => /^(\{|"urn:pulumi:)/.test(text))) {
        items.sort(([a], [b]) => (a < b ? -1 : 1));
      }
      return items.map(([, one]) => one);
    }
    if (typeof value !== "object" || value === null) return value;
    if (SECRET in value) return "[secret]";
    if ("issuer" in value && "certificate" in value) return { ...value, certificate: "<key>" };
    // Of the rules for outbound mail, the one that is made last comes first.
    const isRule = "priority" in value && "guid" in value;
    const steadied = isRule ? { ...value, priority: "<number>" } : value;
    const entries = Object.entries(steadied).filter(([name]) => !LEFT_OUT.includes(name));
    return Object.fromEntries(entries.map(([name, one]) => [name, ordered(one, name)]));
  }
  const json = (value: unknown) => `${JSON.stringify(ordered(value), null, 2)}\n`;

  return {
    /** Numbers the ids that are new in it. */
    nameIds(value: unknown): void {
      for (const id of json(value).match(ID) ?? []) {
        if (!ids.has(id)) ids.set(id, `<id ${ids.size - drawn.length + 1}>`);
      }
    },
    text: (value: string) => named(steady(value)),
    json: (value: unknown) => named(json(value)),
    /** How often an operation did each of these calls. */
    tally(operation: string, calls: readonly string[]): string {
      const isChance = (text: string) =>
        CHANCE.some(([of, calls]) => of.test(operation) && calls.test(text));
      const counts = new Map<string, number | "some">();
      for (const text of calls.map((one) => named(steady(one))).sort()) {
        if (TOO_EARLY.test(text)) continue;
        counts.set(text, isChance(text) ? "some" : Number(counts.get(text) ?? 0) + 1);
      }
      return `${JSON.stringify(Object.fromEntries(counts), null, 2)}\n`;
    },
  };
}

/** Everything that this process was asked over HTTPS: method, address and body. */
const requests: string[] = [];
subscribe("http.server.request.start", (message) => {
  const { request } = message as { request: IncomingMessage };
  const index = requests.push(`${request.method} ${decodeURIComponent(request.url ?? "")} `) - 1;
  const push = request.push.bind(request);
  request.push = (chunk: Buffer | null, encoding) => {
    requests[index] += String(chunk ?? "");
    return push(chunk, encoding);
  };
});

/** The scene with a stack that keeps what its operations did, and asked for, under their names. */
function watched(scene: Scene, kept: Map<string, unknown>): Scene {
  const { lab, stack } = scene;
  const watch = (op: "preview" | "drift" | "up" | "destroy") => async (options?: object) => {
    const name = kept.has(op) ? `${op}-2` : op;
    const [logged, asked] = [lab.log.count(), requests.length];
    const act: (options?: object) => Promise<unknown> = stack[op];
    const done = await act(options);
    const calls = lab.log.events().slice(logged);
    kept.set(name, done).set(`${name}-requests`, requests.slice(asked));
    kept.set(
      `${name}-calls`,
      calls.map(({ at, service, what, result, ...more }) =>
        `${service}: ${what} -> ${result} ${JSON.stringify(more)}`.replace(/ \{\}$/, ""),
      ),
    );
    if (name === "up") {
      const { deployment } = await stack.exportState();
      kept.set("state-after-up", (deployment as { resources: unknown }).resources);
      kept.set("world-after-up", lab.dump());
      kept.set("outputs", (done as Awaited<ReturnType<typeof stack.up>>).outputs);
    }
    return done as never;
  };
  const [preview, drift] = [watch("preview"), watch("drift")];
  return {
    ...scene,
    stack: { ...stack, preview, drift, up: watch("up"), destroy: watch("destroy") },
  };
}

async function record(seed: string): Promise<void> {
  const temporary = await mkdtemp(join(tmpdir(), "m365-record-"));
  const kept = new Map<string, unknown>();
  const lab = await openLab({ seed });
  const form = makeForm(lab);
  let scene: Scene | undefined;
  try {
    scene = await openScene(lab, temporary);
    const summary = summaryOf(scene, await play(STORY, watched(scene, kept)));
    await lab.settle();
    kept.set("world-after-destroy", lab.dump());
    // The state first: its resources have names, so that they have one order.
    for (const name of ["state-after-up", "world-after-up", "world-after-destroy"]) {
      form.nameIds(kept.get(name));
    }
    const lines = summary.lines.map(
      ({ id, title, green, said }) => `${green ? "ok " : "RED"} ${id}: ${title}\n      ${said}\n`,
    );
    const files = [...kept].map(([name, value]): [string, string] => {
      const [operation = name, isTally] = name.split(/-(?=calls$|requests$)/);
      return [
        `${name}.json`,
        isTally ? form.tally(operation, value as string[]) : form.json(value),
      ];
    });
    files.push(["story.txt", form.text(`${lines.join("")}\n${storyTable(summary)}\n`)]);
    await mkdir(join(out, seed), { recursive: true });
    for (const [name, text] of files) {
      const isLeak = lab.secrets().some((secret) => text.includes(secret));
      if (isLeak) throw new Error(`${name}: a secret of the lab would stand there`);
      await writeFile(join(out, seed, name), text);
    }
  } finally {
    await scene?.close();
    await lab.close();
    await rm(temporary, { recursive: true, force: true });
  }
}

/** The messages about every bad stack file, alone and together with each other one. */
function badConfigs(): string {
  const verdictOn = (...wrongs: (typeof BAD_CONFIGS)[number][]): string => {
    const config: StackConfig = goodConfig();
    for (const { spoil } of wrongs) spoil(config);
    const raw = Object.entries(config).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
    const title = wrongs.map((wrong) => wrong.title).join(" + ") || "a good configuration";
    try {
      readConfig(Object.fromEntries(raw), "prod");
      return `${title}\n  no problems\n`;
    } catch (error) {
      if (error instanceof ConfigError) return `${title}\n${error.message}\n`;
      throw error;
    }
  };
  const pairs = BAD_CONFIGS.flatMap((one, index) =>
    BAD_CONFIGS.slice(index + 1).map((other) => verdictOn(one, other)),
  );
  return [verdictOn(), ...BAD_CONFIGS.map((one) => verdictOn(one)), ...pairs].join("\n");
}

await mkdir(out, { recursive: true });
await writeFile(join(out, "bad-configs.txt"), badConfigs());
for (const seed of seeds) {
  await record(seed);
  console.log(`record: ${join(out, seed)}`);
}
