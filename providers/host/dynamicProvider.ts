import { flushCompileCache } from "node:module";
import { connect, type Socket } from "node:net";
import type * as pulumi from "@pulumi/pulumi";
import type { KindNeeds } from "../../mail/rights/needs.ts";

type Provider = pulumi.dynamic.ResourceProvider;
type Props = Record<string, unknown>;

/** A resource kind: every method of a dynamic provider but `configure`, and what it needs of Microsoft. */
export type Kind = Required<Omit<Provider, "configure">> & { readonly needs?: KindNeeds };

/** The property of a dynamic resource that says how to load its provider. */
const PROVIDER = "__provider";

/**
 * Thrown when an object exists, but is not as it should be: the engine keeps it in state with `properties`, shows
 * `reasons`, and calls update at the next `up`.
 */
export class HalfMade extends Error {
  override readonly name = "HalfMade";
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly reasons: readonly string[];

  constructor(id: string, properties: object, reason: string, cause?: unknown) {
    super(reason, { cause });
    this.id = id;
    this.properties = { ...properties };
    this.reasons = [reason];
  }
}

/**
 * A resource kind as a Pulumi dynamic provider. What that host needs and a kind need not know is done here: no
 * `undefined` in what is returned, the provider's own property kept in a half-made object, one sentence instead of a
 * stack trace, and an end when the engine is gone.
 */
export function asDynamicProvider(kind: Kind): Provider {
  endWithEngine();
  return {
    check: (olds: Props, news: Props) =>
      withoutStack(async () => withoutUndefined(await kind.check(olds, news))),
    diff: (id, olds: Props, news: Props) => withoutStack(() => kind.diff(id, olds, news)),
    create: (inputs: Props) =>
      withoutStack(async () => withoutUndefined(await kind.create(inputs)), inputs[PROVIDER]),
    read: (id, props: Props) =>
      withoutStack(async () => withoutUndefined(await kind.read(id, props))),
    update: (id, olds: Props, news: Props) =>
      withoutStack(async () => withoutUndefined(await kind.update(id, olds, news)), news[PROVIDER]),
    delete: (id, props: Props) => withoutStack(() => kind.delete(id, props)),
  };
}

/** `undefined` can't be written to state; the engine would lose the object that was just made. */
const withoutUndefined = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

async function withoutStack<T>(act: () => Promise<T>, provider?: unknown): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    error.stack = "";
    if (error instanceof HalfMade) {
      throw Object.assign(error, {
        properties: withoutUndefined({ ...error.properties, [PROVIDER]: provider }),
      });
    }
    throw error;
  }
}

let watching = false;

/** Milliseconds until all is loaded that a preview needs, and with the client libraries an `up`. */
const FLUSH_AFTER = [100, 3_000];

/**
 * The engine ends its providers, but a killed engine can't: without this, a create would go on unseen. Its launcher
 * may stay between the engine and this process, so what is watched is the engine's own address, which the host gets
 * as its argument.
 */
function endWithEngine(): void {
  const [, host, port] = /^(127\.0\.0\.1):(\d+)$/.exec(process.argv[2] ?? "") ?? [];
  if (watching || host === undefined) return;
  watching = true;
  // The engine kills its providers, and Node keeps compiled code at its own end alone.
  for (const ms of FLUSH_AFTER) setTimeout(flushCompileCache, ms).unref();
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
