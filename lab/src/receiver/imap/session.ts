import { randomBytes, timingSafeEqual } from "node:crypto";
import type { TLSSocket } from "node:tls";
import type { Context } from "../../context.ts";
import { type Input, LineTooLong, readInput } from "../../smtp/input.ts";
import { publicOf } from "../../world/nat.ts";
import type { Receiver } from "../../world/outside.ts";
import { type Found, fetch, list, search, status } from "./answers.ts";
import { type Folder, findFolder, type Item, itemsIn, nextUid, uidValidity } from "./folder.ts";
import { IMAP_STYLES, type ImapStyle } from "./style.ts";
import { type Command, LITERAL, readCommand } from "./syntax.ts";
import { type Said, type Situation, type Subject, say, tell } from "./words.ts";

export interface SessionParts {
  context: Context;
  receiver: Receiver;
  /** The password of a mailbox; undefined for an address that has none. */
  passwordOf(address: string): string | undefined;
}

/** The tagged reply to a command. */
type Answer = Said | Promise<Said>;

/** How long a client may say nothing, milliseconds (RFC 3501 section 5.4). */
const TIMEOUT = 30 * 60_000;
/** Octets of a command with its literals. */
const MAX_COMMAND = 64 * 1024;
const BEFORE_SIGN_IN = ["CAPABILITY", "NOOP", "ID", "LOGOUT", "LOGIN", "AUTHENTICATE"];
const WITH_FOLDER = ["CLOSE", "UNSELECT", "SEARCH", "FETCH", "UID SEARCH", "UID FETCH"];

/** One session from the greeting to its end; commands are answered one after the other. */
export class ImapSession {
  private readonly socket: TLSSocket;
  private readonly parts: SessionParts;
  private readonly style: ImapStyle;
  /** How the server marks the session. */
  private readonly mark: string;
  private readonly input: Input;
  /** The mailbox that the client has signed in to. */
  private mailbox: string | undefined;
  private folder: Folder | undefined;
  /** What the client knows to lie in the folder. */
  private items: Item[] = [];
  private isIdle = false;
  private isOpen = true;

  private readonly commands: Record<string, (command: Command) => Answer> = {
    CAPABILITY: (command) => {
      this.send(tell(`CAPABILITY ${this.style.capability}`));
      return this.completed(command);
    },
    NOOP: (command) => this.completed(command),
    ID: (command) => {
      this.send(tell("ID NIL"));
      return this.completed(command);
    },
    LOGOUT: (command) => {
      this.send(this.say("closing"));
      this.isOpen = false;
      return this.completed(command);
    },
    LOGIN: ({ args: [user, password, ...more] }) =>
      typeof user === "string" && typeof password === "string" && more.length === 0
        ? this.signIn("LOGIN", user, password)
        : this.say("bad-arguments", { command: "LOGIN" }),
    AUTHENTICATE: (command) => this.authenticate(command),
    LIST: (command) => this.tellFound(command, list(command, this.style.folders)),
    LSUB: (command) => this.tellFound(command, list(command, this.style.folders)),
    STATUS: (command) =>
      this.tellFound(command, status(command, this.parts.receiver, this.mailbox ?? "")),
    SELECT: (command) => this.select(command),
    EXAMINE: (command) => this.select(command),
    IDLE: (command) => this.idle(command),
    CLOSE: (command) => this.unselect(command),
    UNSELECT: (command) => this.unselect(command),
    SEARCH: (command) => this.tellFound(command, search(command, this.items)),
    "UID SEARCH": (command) => this.tellFound(command, search(command, this.items)),
    FETCH: (command) => this.tellFound(command, fetch(command, this.items)),
    "UID FETCH": (command) => this.tellFound(command, fetch(command, this.items)),
  };

  constructor(socket: TLSSocket, parts: SessionParts) {
    this.socket = socket;
    this.parts = parts;
    this.style = IMAP_STYLES[parts.receiver.style];
    this.mark = markOf(parts.receiver);
    this.input = readInput(socket);
  }

  async run(): Promise<void> {
    this.socket.setTimeout(TIMEOUT, () => this.hangUp("inactive"));
    this.send(this.say("greeting"));
    try {
      while (this.isOpen) {
        const text = await this.readText();
        if (text === undefined) break;
        await this.answer(text);
      }
    } catch (error) {
      if (error instanceof LineTooLong) this.hangUp("too-long");
      else this.record("fault of the lab", (error as Error).message);
    }
    this.socket.end();
  }

  /** Tells an idle client what has come. */
  arrived(): void {
    if (this.isIdle) this.tellNew();
  }

  /** Ends the session for the server's own reasons. */
  end(): void {
    this.hangUp("shutting-down");
  }

  private hangUp(situation: Situation): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.send(this.say(situation));
    this.input.stop();
    this.socket.end();
  }

  /** A command with its literals, each of which is asked for where the client waits for that. */
  private async readText(): Promise<string | undefined> {
    let text = "";
    for (;;) {
      const line = await this.input.readLine();
      if (line === undefined) return undefined;
      text += line;
      const [, length, isSent] = LITERAL.exec(line) ?? [];
      if (length === undefined) return text;
      if (text.length + Number(length) > MAX_COMMAND) throw new LineTooLong();
      if (isSent === "") this.send(this.say("read-literal"), "+");
      const octets = await this.input.readOctets(Number(length));
      if (octets === undefined) return undefined;
      text += `\r\n${octets}`;
    }
  }

  private async answer(text: string): Promise<void> {
    const command = readCommand(text);
    if (command === undefined || !("name" in command)) {
      const reply = this.say("no-command");
      this.record("(no command)", reply.text, true);
      this.send(reply, command?.tag ?? "*");
      return;
    }
    const reply = await this.answerTo(command);
    if (!["FETCH", "SEARCH"].includes(command.name)) this.tellNew();
    this.record(command.name, reply.text, reply.text.startsWith("BAD"));
    this.send(reply, command.tag);
  }

  private answerTo(command: Command): Answer {
    const { name } = command;
    const run = this.commands[name];
    if (this.mailbox === undefined && !BEFORE_SIGN_IN.includes(name)) {
      return this.say("not-signed-in", { command: name });
    }
    if (!run) return this.say("unknown-command", { command: name });
    if (!this.folder && WITH_FOLDER.includes(name)) return this.say("nothing-selected");
    return run(command);
  }

  private say(situation: Situation, subject: Subject = {}): Said {
    const { world } = this.parts.context;
    const client = publicOf(world, this.socket.remoteAddress ?? "");
    const { words, capability } = this.style;
    return say(words, situation, { client, capability, mark: this.mark, ...subject });
  }

  private completed({ name }: Command): Said {
    return this.say("completed", { command: name.replace("UID ", "") });
  }

  private badArguments({ name }: Command): Said {
    return this.say("bad-arguments", { command: name });
  }

  private send({ text }: Said, tag = "*"): void {
    if (this.socket.writable) this.socket.write(Buffer.from(`${tag} ${text}\r\n`, "latin1"));
  }

  /** Logs what was answered, never what was asked: that may be a password. */
  private record(what: string, result: string, refused = false): void {
    this.parts.context.log.add({ service: "imap", what, result, ...(refused && { refused }) });
  }

  private signIn(command: string, user: string, password: string): Said {
    const wanted = Buffer.from(this.parts.passwordOf(user) ?? "");
    const given = Buffer.from(password, "latin1");
    const isRight =
      wanted.length > 0 && wanted.length === given.length && timingSafeEqual(wanted, given);
    if (!isRight) return this.say("wrong-credential", { command });
    this.mailbox = user;
    this.folder = undefined;
    return this.say("signed-in", { command, user });
  }

  /** PLAIN (RFC 4616), with its response behind the command (RFC 4959) or asked for. */
  private async authenticate({ name, args: [mechanism, initial] }: Command): Promise<Said> {
    if (String(mechanism).toUpperCase() !== "PLAIN") return this.say("unknown-mechanism");
    if (initial === undefined) this.send(this.say("challenge"), "+");
    const response = initial ?? (await this.input.readLine()) ?? "*";
    if (response === "*") return this.say("aborted");
    const parts = Buffer.from(String(response), "base64").toString("latin1").split("\0");
    const [, user = "", password = ""] = parts;
    return parts.length === 3
      ? this.signIn(name, user, password)
      : this.say("bad-arguments", { command: name });
  }

  private select(command: Command): Said {
    const { name, args } = command;
    const [wanted, ...more] = args;
    if (typeof wanted !== "string" || more.length > 0) return this.badArguments(command);
    this.folder = this.folderOf(wanted);
    if (!this.folder) return this.say("unknown-folder", { folder: wanted });
    const { receiver } = this.parts;
    this.items = this.itemsOf(this.folder);
    for (const line of [
      "FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)",
      "OK [PERMANENTFLAGS ()] Read-only mailbox.",
      `${this.items.length} EXISTS`,
      "0 RECENT",
      `OK [UIDVALIDITY ${uidValidity(receiver)}] UIDs valid`,
      `OK [UIDNEXT ${nextUid(receiver)}] Predicted next UID`,
    ]) {
      this.send(tell(line));
    }
    return this.say("selected", { command: name, folder: this.folder.name });
  }

  private unselect(command: Command): Said {
    this.folder = undefined;
    return this.completed(command);
  }

  /** IDLE (RFC 2177): until the client's next line. */
  private async idle(command: Command): Promise<Said> {
    this.send(this.say("idling"), "+");
    this.isIdle = true;
    this.tellNew();
    const line = await this.input.readLine();
    this.isIdle = false;
    return line?.toUpperCase() === "DONE" ? this.completed(command) : this.badArguments(command);
  }

  /** Sends what a command found, and says how it ended. */
  private tellFound(command: Command, found: Found): Said {
    if ("situation" in found) {
      return this.say(found.situation, { command: command.name, ...found.more });
    }
    for (const line of found.lines) this.send(tell(line));
    return this.completed(command);
  }

  private folderOf(name: string): Folder | undefined {
    return findFolder(this.style.folders, name);
  }

  private itemsOf(folder: Folder): Item[] {
    return itemsIn(this.parts.receiver, this.mailbox ?? "", folder);
  }

  /** Tells of messages that the client does not know yet. */
  private tellNew(): void {
    if (!this.folder) return;
    const known = this.items.at(-1)?.uid ?? 0;
    const fresh = this.itemsOf(this.folder).filter(({ uid }) => uid > known);
    if (fresh.length === 0) return;
    this.items.push(...fresh);
    this.send(tell(`${this.items.length} EXISTS`));
  }
}

/** Exchange tells the name of its server, in base64 of UTF-16; Gmail's marks are random. */
function markOf(receiver: Receiver): string {
  return receiver.style === "outlook"
    ? Buffer.from(receiver.tenant.servers.mailbox, "utf16le").toString("base64")
    : randomBytes(8).toString("hex");
}
