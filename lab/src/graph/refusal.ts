import type { Sourced } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";

/** Ends a request before it changed anything; `answer` is what the client gets. */
export class GraphRefusal extends Error {
  readonly answer: Sourced<HttpReply>;

  constructor(answer: Sourced<HttpReply>) {
    super(answer.reply);
    this.answer = answer;
  }
}
