import { visible } from "../../mail/message/visible.ts";

/** A line of progress; what servers said in it has no escape sequences. */
export const say = (text: string): void =>
  void process.stderr.write(`verify: ${visible(text, 1000)}\n`);
