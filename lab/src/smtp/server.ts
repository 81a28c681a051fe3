import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { TLSSocket } from "node:tls";
import type { Context } from "../context.ts";
import { publicOf } from "../world/nat.ts";
import { type Input, LineTooLong, type ReadMessage, readInput } from "./input.ts";
import { parsePath } from "./path.ts";
import type { Reply, Session, Situation, SmtpRules } from "./rules.ts";
import { secure } from "./tls.ts";

/** The reply to a command; undefined when everything is sent already. */
type Answer = Reply | undefined;

/** An SMTP server on 127.0.0.1. */
export interface SmtpServer {
  /** Sessions that are going on. */
  sessions(): Session[];
  /** Listens (`port` 0: any free one) and gives the port; rejects when it is taken. */
  listen(port: number): Promise<number>;
  /** Ends all sessions; settles when nothing is done with any message. */
  close(): Promise<void>;
}

/** How long a client may say nothing, milliseconds. */
const TIMEOUT = 60_000;
/** How long a client has to hang up when the server has. */
const HANG_UP = 5_000;
const MAX_ERRORS = 10;
const MAX_HELLO = 300;
const NEED_HELLO = ["MAIL", "RCPT", "DATA", "AUTH"];

/** Makes an SMTP server (RFC 5321, RFC 3207); `rules` say what it takes, and in which words. */
export function makeSmtpServer(context: Context, rules: SmtpRules): SmtpServer {
  const running = new Map<Conversation, Promise<void>>();
  const server = createServer({ noDelay: true }, (socket) => {
    const conversation = new Conversation(socket, context, rules);
    const ended = conversation.run().finally(() => running.delete(conversation));
    running.set(conversation, ended);
  });
  return {
    sessions: () => [...running.keys()].map(({ session }) => session),
    async listen(port) {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
      const address = server.address();
      return typeof address === "object" && address ? address.port : port;
    },
    async close() {
      const closed = server.listening ? once(server, "close") : undefined;
      server.close();
      const ended = [...running.values()];
      for (const conversation of running.keys()) conversation.end();
      await Promise.all([...ended, closed]);
    },
  };
}

/** One session from the greeting to its end; the client's commands are answered one after the other. */
class Conversation {
  readonly session: Session;
  private readonly context: Context;
  private readonly rules: SmtpRules;
  private connection: Socket;
  private input: Input;
  /** What stands behind the verb of MAIL and RCPT, for the log. */
  private argument = "";
  private errors = 0;
  private isOpen = true;

  /** What answers each command: the reply to send, undefined when all is said. */
  private readonly commands: Record<string, (line: string) => Answer | Promise<Answer>> = {
    EHLO: (line) => this.hello(line),
    HELO: (line) => this.hello(line),
    STARTTLS: (line) => this.startTls(line),
    MAIL: (line) => this.mail(line),
    RCPT: (line) => this.rcpt(line),
    DATA: () => this.data(),
    RSET: () => this.reset(),
    NOOP: () => this.say("noop"),
    HELP: () => this.say("help"),
    VRFY: () => this.say("cannot-verify"),
    QUIT: () => this.hangUp("closing"),
  };

  constructor(socket: Socket, context: Context, rules: SmtpRules) {
    const { signIn } = rules;
    this.context = context;
    this.rules = rules;
    this.connection = socket;
    this.input = readInput(socket);
    this.session = {
      id: randomBytes(8).toString("hex"),
      clientAddress: publicOf(context.world, socket.remoteAddress ?? ""),
      helo: "",
      verb: "",
      tls: null,
      sender: undefined,
      recipients: [],
    };
    if (signIn) this.commands.AUTH = (line) => this.auth(line, signIn);
  }

  async run(): Promise<void> {
    this.watch();
    this.send(this.say("greeting"));
    try {
      while (this.isOpen) {
        const line = await this.input.readLine();
        if (line === undefined) return;
        await this.answer(Buffer.from(line, "latin1").toString());
        await this.drained();
      }
    } catch (error) {
      if (error instanceof LineTooLong) this.hangUp("too-many-errors");
      else this.connection.destroy();
    }
  }

  /** Ends the session for the server's own reasons. */
  end(): void {
    this.hangUp("shutting-down");
    this.connection.destroy();
  }

  private watch(): void {
    const { connection } = this;
    connection.on("error", () => connection.destroy());
    connection.setTimeout(TIMEOUT, () => this.hangUp("timed-out"));
  }

  /** Lets others have their turn, and waits for a client that sends faster than it reads. */
  private async drained(): Promise<void> {
    const { connection } = this;
    if (connection.writableNeedDrain) {
      await Promise.race([once(connection, "drain"), once(connection, "close")]);
    }
    await setImmediate();
  }

  private async answer(line: string): Promise<void> {
    const { session } = this;
    const [verb = "", ...rest] = line.split(" ");
    session.verb = verb.toUpperCase();
    this.argument = ["MAIL", "RCPT"].includes(session.verb) ? rest.join(" ") : "";
    const reply = await this.answerTo(line).catch((error: Error) => {
      if (error instanceof LineTooLong) throw error;
      const { service } = this.rules;
      this.context.log.add({ service, what: "fault of the lab", result: error.message });
      return this.say("server-error");
    });
    if (reply) this.send(reply);
  }

  private async answerTo(line: string): Promise<Answer> {
    const { helo, verb } = this.session;
    const command = this.commands[verb];
    if (!command) return this.unrecognized();
    return helo === "" && NEED_HELLO.includes(verb) ? this.say("hello-first") : command(line);
  }

  private say(situation: Situation): Reply {
    return this.rules.say(situation, this.session);
  }

  private send(reply: Reply, more: readonly string[] = []): void {
    const { code } = reply;
    const lines = [...reply.text.split("\n"), ...more].map((line) =>
      line.replaceAll(/\p{Cc}/gu, " "),
    );
    const last = lines.length - 1;
    if (!this.connection.writable) return;
    this.connection.write(
      lines.map((line, index) => `${code}${index < last ? "-" : " "}${line}\r\n`).join(""),
    );
    this.record(code, lines[0] ?? "");
  }

  /** Logs a reply. What is no command may be a password, so it is not repeated. */
  private record(code: number, text: string): void {
    const { verb, clientAddress } = this.session;
    this.context.log.add({
      service: this.rules.service,
      what: code === 500 ? "(no command)" : verb || "CONNECT",
      result: code === 500 ? "500" : `${code} ${text}`,
      ...([500, 504].includes(code) && { refused: true }),
      detail: { client: clientAddress, argument: this.argument },
    });
  }

  /** Ends the session with a last reply. What the client still says is not read. */
  private hangUp(situation: Situation): undefined {
    const { connection } = this;
    if (!this.isOpen) return;
    this.isOpen = false;
    this.send(this.say(situation));
    this.input.stop();
    connection.end();
    connection.resume();
    setTimeout(() => connection.destroy(), HANG_UP).unref();
  }

  private unrecognized(): Answer {
    this.errors += 1;
    return this.errors < MAX_ERRORS ? this.say("unrecognized") : this.hangUp("too-many-errors");
  }

  private reset(): Answer {
    this.resetTransaction();
    return this.say("reset");
  }

  private resetTransaction(): void {
    this.session.sender = undefined;
    this.session.recipients = [];
  }

  private hello(line: string): Answer {
    const { session, rules } = this;
    const [, name = "", ...others] = line.trim().split(/\s+/);
    if (name === "" || others.length > 0) return this.say("hello-without-domain");
    if (name.length > MAX_HELLO || /\p{Cc}/u.test(name)) return this.say("bad-hello-domain");
    session.helo = name;
    this.resetTransaction();
    const extensions = session.verb === "EHLO" ? rules.extensions(session) : [];
    this.send(this.say("hello"), extensions);
    return undefined;
  }

  private async startTls(line: string): Promise<Answer> {
    const { session, connection } = this;
    if (line.trim().includes(" ")) return this.say("bad-arguments");
    if (session.tls) return this.say("tls-twice");
    this.send(this.say("start-tls"));
    // What came in clear behind the command may be somebody else's (RFC 3207 section 6).
    this.input.stop();
    connection.setTimeout(0);
    this.isOpen = false;
    const secured = await secure(connection, this.rules.tls).catch(() => connection.destroy());
    if (!(secured instanceof TLSSocket)) return undefined;
    this.isOpen = true;
    session.tls = secured;
    this.connection = secured;
    this.input = readInput(secured);
    this.watch();
    session.helo = "";
    this.resetTransaction();
    return undefined;
  }

  private async auth(line: string, signIn: NonNullable<SmtpRules["signIn"]>): Promise<Answer> {
    const [, mechanism = "", ...rest] = line.trim().split(/\s+/);
    const request = { mechanism: mechanism.toUpperCase(), initial: rest };
    return signIn(request, this.session, (challenge) => {
      this.send(challenge);
      return this.input.readLine();
    });
  }

  private mail(line: string): Answer {
    const { session, rules } = this;
    const path = parsePath("MAIL", line);
    if (!path) return this.say("bad-sender");
    if (!path.hasGoodParameters) return this.say("bad-arguments");
    if (session.sender !== undefined) return this.say("sender-twice");
    if (path.size > rules.maxSize) return this.say("too-big");
    const refusal = rules.refuseByFault("MAIL") ?? rules.refuseSender(path.address, session);
    if (refusal) return refusal;
    session.sender = path.address;
    return this.say("sender-ok");
  }

  private rcpt(line: string): Answer {
    const { session, rules } = this;
    const path = parsePath("RCPT", line);
    if (!path) return this.say("bad-recipient");
    if (session.sender === undefined) return this.say("need-mail");
    if (!path.hasGoodParameters) return this.say("bad-arguments");
    const { address } = path;
    const others = session.recipients.filter(
      (other) => other.toLowerCase() !== address.toLowerCase(),
    );
    const refusal = rules.refuseByFault("RCPT") ?? rules.refuseRecipient(address, session);
    if (refusal) return refusal;
    session.recipients = [...others, address];
    return this.say("recipient-ok");
  }

  private async data(): Promise<Answer> {
    const { session, rules } = this;
    if (session.recipients.length === 0) return this.say("need-rcpt");
    this.send(this.say("start-input"));
    const message = await this.input.readMessage(rules.maxSize);
    if (!message) return undefined;
    const reply = await this.judge(message);
    this.errors = 0;
    this.resetTransaction();
    return reply;
  }

  private async judge({ raw, isTooBig }: ReadMessage): Promise<Reply> {
    const { session, rules } = this;
    const refusal = rules.refuseByFault("DATA");
    if (refusal) return refusal;
    return isTooBig ? rules.say("too-big", session) : rules.accept(raw, session);
  }
}
