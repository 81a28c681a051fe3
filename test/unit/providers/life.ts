import { isDeepStrictEqual } from "node:util";
import type * as pulumi from "@pulumi/pulumi";

type Kind = Required<Omit<pulumi.dynamic.ResourceProvider, "configure">>;

/** A resource as state has it. */
export interface Made<I, O> {
  readonly id: string;
  readonly inputs: I;
  readonly outs: O;
}

/** What comes of one `up` of one resource. */
export type Step = "create" | "same" | "update" | "replace";

/**
 * A resource's life as the engine leads it, with what passes between engine and provider as JSON: check gets the
 * inputs of the last run, diff the outputs (without its answer the inputs are compared), and refresh writes what read returned as outputs and, if it gives any, inputs.
 *
 * @param open the kind as a run of the engine has it
 */
export function lifeOf<I extends object, O extends object>(open: () => Kind) {
  type One = Made<I, O>;
  const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

  /** The reasons of a check that refuses; none of one that passes. */
  async function refusals(news: object, made?: One, kind = open()): Promise<string[]> {
    const { failures = [] } = await kind.check(plain(made?.inputs ?? {}), plain(news));
    return failures.map(({ property, reason }) => `${property}: ${reason}`);
  }

  async function checked(news: object, made?: One, kind = open()): Promise<I> {
    const { inputs, failures = [] } = await kind.check(plain(made?.inputs ?? {}), plain(news));
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
    return plain(inputs) as I;
  }

  async function create(inputs: I, kind = open()): Promise<One> {
    const { id, outs } = await kind.create(plain(inputs));
    return { id, inputs, outs: plain(outs) };
  }

  return {
    refusals,
    checked,
    create,
    /** One `up`: what it did, and what state has then. */
    async up(news: object, made?: One, kind = open()): Promise<One & { step: Step }> {
      const inputs = await checked(news, made, kind);
      if (made === undefined) return { ...(await create(inputs, kind)), step: "create" };
      const { id, outs: olds } = made;
      const differs = !isDeepStrictEqual(plain(made.inputs), inputs);
      const answer = await kind.diff(id, plain(olds), plain(inputs));
      const { changes = differs, replaces = [] } = answer;
      if (!changes) return { id, inputs, outs: olds, step: "same" };
      if (replaces.length > 0) {
        await kind.delete(id, plain(olds));
        return { ...(await create(inputs, kind)), step: "replace" };
      }
      const { outs } = await kind.update(id, plain(olds), plain(inputs));
      return { id, inputs, outs: plain(outs) as O, step: "update" };
    },
    /** One `refresh`: whether it sees drift, and what state has then; undefined when the object is gone. */
    async refresh(made: One, kind = open()): Promise<(One & { drift: boolean }) | undefined> {
      const { id, props, inputs } = await kind.read(made.id, plain(made.outs));
      if (id === undefined || id === "") return undefined;
      const kept = plain(inputs ?? made.inputs);
      const differs = !isDeepStrictEqual(kept, plain(made.inputs));
      const { changes = differs } = await kind.diff(id, plain(props), plain(made.inputs));
      return { id, inputs: kept, outs: plain(props), drift: changes };
    },
    /** One `destroy`. */
    destroy: ({ id, outs }: One, kind = open()): Promise<void> => kind.delete(id, plain(outs)),
  };
}
