import type { Hono } from "hono";
import { type Claims, isPerson } from "../entra/tokens.ts";
import { holdsApplicationRole } from "../exchange/submissionRights.ts";
import { fieldValue, type Message, parseMessage } from "../smtp/message.ts";
import { findMailbox, type Mailbox } from "../world/recipients.ts";
import type { World } from "../world/world.ts";
import { answerList, answerOne, type Entity } from "./answers.ts";
import type { Call, Guard, Rule } from "./guard.ts";
import { graphTime } from "./time.ts";

/**
 * Exchange answers for mail, and has refusals of its own. Assumed: a person who reads mail without the permission gets the
 * words that an app gets.
 */
export const deniedMail: NonNullable<Rule["denied"]> = (claims) =>
  isPerson(claims) || claims.roles.length > 0 ? "graph.access-denied" : "graph.no-permissions";

/** Who may read mail: by a permission of Graph's, or by a role of RBAC for Applications (Learn) on the mailbox. */
export const READ_MAIL: Rule = {
  roles: ["Mail.ReadBasic.All", "Mail.Read", "Mail.ReadWrite"],
  scopes: ["Mail.ReadBasic", "Mail.Read", "Mail.ReadWrite"],
  denied: deniedMail,
  others({ c, context: { world, clock }, claims }) {
    const found = lookUp(world, c.req.param("id") ?? "");
    const app = { appId: claims.appid, objectId: claims.oid };
    const roles = ["Mail.ReadBasic", "Mail.Read", "Mail.ReadWrite"].map(
      (name) => `Application ${name}`,
    );
    return typeof found === "object" && holdsApplicationRole(world, app, roles, found, clock.now());
  },
};

/** Folders that the lab puts mail into, by their well-known names ("mailFolder resource type", Learn). */
const FOLDERS = { inbox: "Inbox", junkemail: "Junk Email", sentitems: "Sent Items" } as const;
type FolderName = keyof typeof FOLDERS;

/** Adds what arrived in mailboxes, and their folders (List messages, Get mailFolder; Graph v1.0). */
export function addMailRoutes(app: Hono, guard: Guard): void {
  const listing = ["$filter", "$select", "$top", "$skiptoken"];
  app.get("/v1.0/users/:id/messages", (c) =>
    guard(c, { ...READ_MAIL, options: listing }, (call) => {
      const mailbox = mailboxOf(call);
      const kind = { segment: segmentOf(call, "messages"), type: "message", pageSize: 10 };
      const all = messagesOf(mailbox);
      const wanted = filterOf(call);
      const defaultSelect = ["id", "internetMessageId", "parentFolderId", "receivedDateTime"];
      return answerList(call, { ...kind, defaultSelect }, all.filter(wanted));
    }),
  );
  app.get("/v1.0/users/:id/mailFolders/:folder", (c) =>
    guard(c, { ...READ_MAIL, options: ["$select"] }, (call) => {
      const mailbox = mailboxOf(call);
      const given = c.req.param("folder");
      const name = (Object.keys(FOLDERS) as FolderName[]).find((one) =>
        [one, folderId(mailbox, one)].includes(given),
      );
      if (name === undefined) throw call.refusal("graph.bad-folder");
      const kind = { segment: segmentOf(call, "mailFolders"), type: "mailFolder" };
      const id = folderId(mailbox, name);
      const held = messagesOf(mailbox).filter(({ parentFolderId }) => parentFolderId === id);
      return answerOne(call, kind, {
        ...{ id, displayName: FOLDERS[name], isHidden: false },
        totalItemCount: held.length,
      });
    }),
  );
}

const segmentOf = ({ c }: Call, of: string): string => `users('${c.req.param("id")}')/${of}`;

/**
 * By `internetMessageId`, as it stands.
 *
 * @throws GraphRefusal for any other filter
 */
function filterOf({ c, refusal }: Call): (entity: Entity) => boolean {
  const filter = c.req.query("$filter");
  if (filter === undefined) return () => true;
  const [, id] = /^internetMessageId eq '((?:[^']|'')*)'$/.exec(filter.trim()) ?? [];
  if (id === undefined) throw refusal("graph.unknown-filter", { filter });
  return ({ internetMessageId }) => internetMessageId === id.replaceAll("''", "'");
}

/**
 * The mailbox of the path. A person reads none but the own one (Learn: others need permissions that end in `.Shared`).
 *
 * @throws GraphRefusal where there is none, and for a person whose it is not
 */
function mailboxOf({ c, context, claims, refusal }: Call): Mailbox {
  const id = c.req.param("id") ?? "";
  const found = lookUp(context.world, id);
  if (found === "no mailbox") throw refusal("graph.no-mailbox");
  if (found === "nobody") throw refusal("graph.invalid-user", { id });
  if (!isOwn(found, claims)) throw refusal("graph.access-denied");
  return found;
}

const isOwn = ({ externalDirectoryObjectId: id }: Mailbox, claims: Claims): boolean =>
  !isPerson(claims) || claims.oid === id;

/** By object id or user principal name. Assumed: Exchange finds a mailbox by its addresses too. */
function lookUp(world: World, id: string): Mailbox | "no mailbox" | "nobody" {
  const user = world.directory.users.find((one) =>
    [one.id, one.userPrincipalName.toLowerCase()].includes(id.toLowerCase()),
  );
  const own = world.mailboxes.find((one) => one.externalDirectoryObjectId === user?.id);
  return own ?? findMailbox(world, id) ?? (user === undefined ? "nobody" : "no mailbox");
}

const folderId = ({ guid }: Mailbox, name: FolderName): string =>
  `AQMk${Buffer.from(`${guid}/${name}`).toString("base64url")}`;

/** What arrived, and copies of what was sent; of these Graph has no headers (microsoftgraph/microsoft-graph-docs#2716). */
function messagesOf(mailbox: Mailbox): Entity[] {
  const { messages, sentItems } = mailbox;
  const entity = (at: string, raw: string, folder: FolderName, index: number) => {
    const message = parseMessage(Buffer.from(raw, "latin1").toString("utf8"));
    const id = `AAMk${Buffer.from(`${mailbox.guid}/${folder}/${index}`).toString("base64url")}`;
    return {
      ...{ id, internetMessageId: fieldValue(message, "Message-ID") ?? null },
      ...{ parentFolderId: folderId(mailbox, folder), receivedDateTime: graphTime(new Date(at)) },
      internetMessageHeaders: folder === "sentitems" ? undefined : headersOf(message),
    };
  };
  return [
    ...messages.flatMap(({ at, raw, folder }, index) =>
      folder === "quarantine"
        ? []
        : [entity(at, raw, folder === "junk" ? "junkemail" : "inbox", index)],
    ),
    ...sentItems.map(({ at, raw }, index) => entity(at, raw, "sentitems", index)),
  ];
}

/** In the order of the message, without folds (a list of 2022 at pastebin.com, Bdk35C5q, and public tests with copies). */
const headersOf = ({ fields }: Message) =>
  fields.map((field) => {
    const colon = field.indexOf(":");
    const value = field.slice(colon + 1).replace(/\r\n(?=[ \t])/g, "");
    return { name: field.slice(0, colon).trim(), value: value.trim() };
  });
