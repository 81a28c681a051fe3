import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { SMTPConnection } from "smtp-server/lib/smtp-connection.js";

/** One reply of the library on its way out. */
export interface Saying {
  code: number;
  /** The library's text, or our own; several lines only for EHLO. */
  text: string | string[];
  /** smtp-server's name for the situation, such as MAIL_FROM_OK. */
  situation: string;
  /** The command it answers, upper case; empty before the first one. */
  verb: string;
  /** What stood behind the verb of MAIL and RCPT; empty for all others. */
  argument: string;
  /** The connection it goes to. */
  connection: TalkingConnection;
}

/** How a server talks. */
export interface Voice {
  /** The text to send in the place of the library's. */
  phrase(saying: Saying): string | string[];
  /** Told of every reply, as it went out. */
  said(saying: Saying): void;
  /** Why AUTH is refused whatever it says; undefined leaves it to the library. @default undefined */
  refuseAuth?(connection: TalkingConnection): { code: number; text: string } | undefined;
}

/** A reply for the log. What is no command may be a password, so it is not repeated. */
export function describeSaying({ verb, code, text }: Saying): { what: string; result: string } {
  if (code === 500) return { what: "(no command)", result: "500" };
  return { what: verb === "" ? "CONNECT" : verb, result: `${code} ${[text].flat()[0]}` };
}

/** smtp-server's connection with words of our own and no pause before the greeting. */
export class TalkingConnection extends SMTPConnection {
  private readonly voice: Voice;
  private verb = "";
  private argument = "";
  private helloName = "";

  constructor(server: SMTPServer, socket: Socket, voice: Voice) {
    super(server, socket);
    this.voice = voice;
  }

  override init(): void {
    this._setListeners(() => setImmediate(() => this.connectionReady()));
  }

  override _onCommand(command: Buffer, callback?: () => void): void {
    // What AUTH waits for is no command but a credential.
    if (!this._nextHandler) this.hear(command);
    super._onCommand(command, callback);
  }

  private hear(command: Buffer): void {
    const [verb = "", ...rest] = command.toString().split(" ");
    this.verb = verb.toUpperCase();
    this.argument = ["MAIL", "RCPT"].includes(this.verb) ? rest.join(" ") : "";
    if (["EHLO", "HELO"].includes(this.verb)) this.helloName = rest.join(" ").trim();
  }

  /** The library makes the name in EHLO lower case; trace fields have it as it was said. */
  override _resetSession(): void {
    super._resetSession();
    const { hostNameAppearsAs: name } = this.session;
    if (name === this.helloName.toLowerCase()) this.session.hostNameAppearsAs = this.helloName;
  }

  override handler_AUTH(command: Buffer, callback: () => void): void {
    const refusal = this.voice.refuseAuth?.(this);
    if (!refusal) {
      super.handler_AUTH(command, callback);
      return;
    }
    this.send(refusal.code, refusal.text);
    callback();
  }

  /** Every reply of the library passes here, so this is where its words are replaced. */
  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    const saying: Saying = {
      code,
      text: data ?? "",
      situation: context || "",
      verb: this.verb,
      argument: this.argument,
      connection: this,
    };
    const text = this.voice.phrase(saying);
    super.send(code, text, false);
    this.voice.said({ ...saying, text });
  }
}

/** smtp-server whose connections talk with `voice`. */
export class TalkingServer extends SMTPServer {
  private readonly voice: Voice;
  private readonly work = new Set<Promise<void>>();

  constructor(options: SMTPServerOptions, voice: Voice) {
    super({ ...options, authOptional: true, disableReverseLookup: true, logger: false });
    this.voice = voice;
  }

  /** Lets `close` wait for what is done with a message that was read. */
  async busy(work: Promise<void>): Promise<void> {
    this.work.add(work);
    try {
      await work;
    } finally {
      this.work.delete(work);
    }
  }

  /** Settles when nothing is done with any message. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.work);
  }

  override connect(socket: Socket): void {
    const connection = new TalkingConnection(this, socket, this.voice);
    this.connections.add(connection);
    connection.on("error", () => connection.close());
    connection.init();
  }
}

/** Listens on 127.0.0.1 (`port` 0: any free one); answers the port. */
export function listen(server: TalkingServer, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    const listener = server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      server.on("error", () => {});
      const address = listener.address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });
}

/** Ends all sessions and stops listening; what is done with a message goes on to its end. */
export async function close(server: TalkingServer): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const connection of server.connections) connection._socket.destroy();
    server.close(() => resolve());
  });
  await server.idle();
}

/** Reads a message to its end, one char a byte (latin1). */
export async function readAll(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("latin1");
}
