import type { Hono, Context as HonoContext } from "hono";
import type { DirectoryRole } from "../world/directoryRoles.ts";
import type { World } from "../world/world.ts";
import {
  type AnswerKind,
  answerDone,
  answerList,
  answerOne,
  type Entity,
  readFilter,
} from "./answers.ts";
import type { Answer } from "./errors.ts";
import type { Call, Guard, Rule } from "./guard.ts";

/** An entity set of Graph's: what its objects are in the world, and what clients may do with them. */
export interface EntitySet<Item> extends AnswerKind {
  /** Permissions of which any one lets a caller read. */
  readonly readers: readonly string[];
  /** Permissions of which any one lets a caller create; `updaters` and `removers` are the same without a list. */
  readonly writers: readonly string[];
  readonly updaters?: readonly string[];
  readonly removers?: readonly string[];
  /** Directory roles of which a person who writes needs one. @default everybody may */
  readonly people?: readonly DirectoryRole[];
  /** Properties that `$filter` may name. */
  readonly filters: readonly string[];
  /** What only Graph's beta version has. */
  readonly beta?: Entity;
  items(world: World): Item[];
  /** The names by which a path finds an object, in lower case. */
  keysOf(item: Item): string[];
  entityOf(item: Item, call: Call): Entity;
  /** @throws GraphRefusal, as `update` and `remove` do */
  create(call: Call): Item;
  update(call: Call, item: Item): void;
  remove(call: Call, item: Item): void;
}

/** A handler for a path with an object's `:id`. */
export type MemberRoute<Item> = (
  rule: Rule | readonly string[],
  act: (call: Call, item: Item) => Answer,
) => (c: HonoContext) => Promise<Response>;

/** Adds the routes that every set has. The function it returns makes the handlers of the set's own ones. */
export function addEntitySet<Item>(
  app: Hono,
  guard: Guard,
  set: EntitySet<Item>,
): MemberRoute<Item> {
  const { readers, writers, updaters = writers, removers = writers, people, segment } = set;
  const member: MemberRoute<Item> = (given, act) => {
    const rule = "roles" in given ? given : { roles: given };
    return (c) => guard(c, rule, (call) => act(call, find(call, set)));
  };
  const writing = (roles: readonly string[]): Rule => ({ roles, ...(people && { people }) });
  const path = `/v1.0/${segment}`;

  app.post(path, (c) =>
    guard(c, writing(writers), (call) => {
      const item = set.create(call);
      set.items(call.context.world).push(item);
      call.context.changed();
      return answerOne(call, set, set.entityOf(item, call), 201);
    }),
  );
  const listing = { roles: readers, options: ["$filter", "$select", "$top", "$skiptoken"] };
  app.get(path, (c) =>
    guard(c, listing, (call) => {
      const passes = readFilter(call, set.filters);
      const all = set.items(call.context.world).map((item) => set.entityOf(item, call));
      return answerList(call, set, all.filter(passes));
    }),
  );
  const get = (extra: Entity) =>
    member({ roles: readers, options: ["$select"] }, (call, item) =>
      answerOne(call, set, { ...set.entityOf(item, call), ...extra }),
    );
  app.get(`${path}/:id`, get({}));
  app.get(`/beta/${segment}/:id`, get(set.beta ?? {}));
  app.patch(
    `${path}/:id`,
    member(writing(updaters), (call, item) => {
      set.update(call, item);
      return answerDone(call);
    }),
  );
  app.delete(
    `${path}/:id`,
    member(writing(removers), (call, item) => {
      set.remove(call, item);
      return answerDone(call);
    }),
  );
  return member;
}

function find<Item>({ c, context, refusal }: Call, set: EntitySet<Item>): Item {
  const id = c.req.param("id") ?? "";
  const item = set.items(context.world).find((one) => set.keysOf(one).includes(id.toLowerCase()));
  if (item === undefined) throw refusal("graph.not-found", { id });
  return item;
}
