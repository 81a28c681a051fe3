import { connect, type Socket } from "node:net";
import type * as pulumi from "@pulumi/pulumi";
import { HalfMade } from "./halfMade.ts";

type Kind = pulumi.dynamic.ResourceProvider;
type Props = Record<string, unknown>;

/** The property of a dynamic resource that says how to load its provider. */
const PROVIDER = "__provider";

/**
 * Runs a resource kind as a Pulumi dynamic provider. What that host wants and a kind need not know stands here:
 * no `undefined` in what is returned, the provider's own property kept through a half-made object, one sentence
 * instead of a stack trace, and an end when the engine is gone.
 */
export function hosted(kind: Required<Omit<Kind, "configure">>): Kind {
  endWithEngine();
  return {
    check: (olds: Props, news: Props) => told(async () => plain(await kind.check(olds, news))),
    diff: (id, olds: Props, news: Props) => told(() => kind.diff(id, olds, news)),
    create: (inputs: Props) => told(async () => plain(await kind.create(inputs)), inputs[PROVIDER]),
    read: (id, props: Props) => told(async () => plain(await kind.read(id, props))),
    update: (id, olds: Props, news: Props) =>
      told(async () => plain(await kind.update(id, olds, news)), news[PROVIDER]),
    delete: (id, props: Props) => told(() => kind.delete(id, props)),
  };
}

/** `undefined` can't be written to state; the engine would lose the object that was just made. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

async function told<T>(act: () => Promise<T>, provider?: unknown): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    error.stack = "";
    if (error instanceof HalfMade) {
      throw Object.assign(error, {
        properties: plain({ ...error.properties, [PROVIDER]: provider }),
      });
    }
    throw error;
  }
}

let watching = false;

/**
 * The engine ends its providers, but a killed engine can't: without this, a create would go on unseen. Its launcher
 * may stay between the engine and this process, so what is watched is the engine's own address, which the host gets
 * as its argument.
 */
function endWithEngine(): void {
  const [, host, port] = /^(127\.0\.0\.1):(\d+)$/.exec(process.argv[2] ?? "") ?? [];
  if (watching || host === undefined) return;
  watching = true;
  setInterval(() => {
    connect({ host, port: Number(port) })
      .once("connect", function (this: Socket) {
        this.destroy();
      })
      .once("error", (error: NodeJS.ErrnoException) => {
        if (error.code === "ECONNREFUSED") process.exit(3);
      })
      .unref();
  }, 1000).unref();
}
