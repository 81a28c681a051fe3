import type { Hono, Context as HonoContext } from "hono";
import { type Deleted, type DeletedItems, forgetExpired } from "../world/deletedItems.ts";
import { answerDone, answerList, answerOne, type Entity, readFilter } from "./answers.ts";
import { APPLICATIONS } from "./application.ts";
import type { EntitySet } from "./entitySet.ts";
import type { Answer } from "./errors.ts";
import { type Call, type Guard, holdsAny } from "./guard.ts";
import { checkOwnership } from "./owners.ts";
import { SERVICE_PRINCIPALS } from "./servicePrincipal.ts";
import { graphTime } from "./time.ts";
import { USERS } from "./user.ts";

/** One type of deleted items. */
interface DeletedType {
  /** What they were while they were there. */
  readonly set: Pick<EntitySet<unknown>, "segment" | "type" | "defaultSelect" | "filters">;
  /** Permissions of which any one lets a caller read them. */
  readonly readers: readonly string[];
  /** Permissions of which any one lets a caller delete them for good. */
  readonly purgers: readonly string[];
  /** Those that are still kept. */
  entities(call: Call): Entity[];
  purge(call: Call, id: unknown): void;
}

function deletedType<Item extends { id: string; owners?: string[] }>(
  set: EntitySet<Item>,
  items: (all: DeletedItems) => Deleted<Item>[],
  purgers = set.writers,
): DeletedType {
  const kept = ({ context: { world, clock } }: Call): Deleted<Item>[] => {
    forgetExpired(world, clock.now());
    return items(world.deletedItems);
  };
  return {
    set,
    readers: [...set.readers, ...purgers],
    purgers,
    entities: (call) =>
      kept(call).map((item) => ({
        ...set.entityOf(item, call),
        deletedDateTime: graphTime(new Date(item.deletedDateTime)),
      })),
    purge(call, id) {
      const all = kept(call);
      const index = all.findIndex((item) => item.id === id);
      const owners = all[index]?.owners;
      if (owners !== undefined) checkOwnership(call, owners);
      all.splice(index, 1);
      const { world, clock } = call.context;
      for (const mailbox of world.deletedItems.mailboxes) {
        if (mailbox.externalDirectoryObjectId !== id) continue;
        mailbox.accountPurged = clock.now().toISOString();
      }
    },
  };
}

/** Who may do what: "List deletedItems" and "Permanently delete item (directory object)", Graph v1.0 of 2026-05. */
const TYPES = [
  deletedType(APPLICATIONS, ({ applications }) => applications),
  deletedType(SERVICE_PRINCIPALS, ({ servicePrincipals }) => servicePrincipals),
  deletedType(USERS, ({ users }) => users, ["User.DeleteRestore.All"]),
];

/**
 * Adds the deleted items: the list of each type, one item, and its deletion for good. Nothing restores one here.
 *
 * @see https://learn.microsoft.com/graph/api/directory-deleteditems-list, -get, -delete
 */
export function addDeletedItemRoutes(app: Hono, guard: Guard): void {
  for (const { set, readers, entities } of TYPES) {
    const rule = { roles: readers, options: ["$filter", "$select", "$top", "$skiptoken"] };
    app.get(`/v1.0/directory/deletedItems/microsoft.graph.${set.type}`, (c) =>
      guard(c, rule, (call) => {
        const passes = readFilter(call, set.filters);
        return answerList(call, set, entities(call).filter(passes));
      }),
    );
  }
  const path = "/v1.0/directory/deletedItems/:id";
  const read = member("readers", (call, { set }, entity) =>
    answerOne(call, { ...set, segment: "directoryObjects" }, entity),
  );
  const purge = member("purgers", (call, type, { id }) => {
    type.purge(call, id);
    return answerDone(call);
  });
  app.get(path, (c) => read(c, guard));
  app.delete(path, (c) => purge(c, guard));
}

/** A handler for the path of one item. Which permissions open it goes by the item's type. */
function member(
  which: "readers" | "purgers",
  act: (call: Call, type: DeletedType, entity: Entity) => Answer,
) {
  const roles = TYPES.flatMap((type) => type[which]);
  return (c: HonoContext, guard: Guard) =>
    guard(c, { roles, options: ["$select"] }, (call) => {
      const id = c.req.param("id") ?? "";
      for (const type of TYPES) {
        const entity = type.entities(call).find((one) => one.id === id.toLowerCase());
        if (entity === undefined) continue;
        if (holdsAny(call, type[which])) return act(call, type, entity);
        throw call.refusal("graph.forbidden");
      }
      throw call.refusal("graph.not-found", { id });
    });
}
