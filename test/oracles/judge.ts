import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { FoundOracles } from "../../scripts/oracles/oracles.ts";

/** What judge.py is asked. */
export interface Task {
  /** Port on 127.0.0.1 of the only name server there is. */
  dns: number;
  spf: { ip: string; from: string; helo: string };
  /** A whole message, to be judged by dkimpy, authheaders and OpenDMARC too. */
  message?: string | Buffer;
}

/** What judge.py says. */
export interface Verdict {
  /** pyspf's result, and its words. */
  spf: string;
  why: string;
  /** dkimpy's result for each signature. */
  dkim: string[];
  /** Whether a signature that passes is of the organisation of From. */
  aligned: boolean;
  /** authheaders's result, and the policy that it found. */
  dmarc: string;
  policy: string;
  /** OpenDMARC's result, which has SPF's from pyspf and DKIM's from dkimpy. */
  opendmarc: string;
  /** What authres reads in the message's topmost Authentication-Results field; null without one. */
  says: { spf: string[]; dkim: string[]; dmarc: string[] } | null;
}

/** A judge.py that runs. */
export interface Judge {
  /** One task at a time. @throws Error with what Python raised */
  ask(task: Task): Promise<Verdict>;
  close(): Promise<void>;
}

/** Starts judge.py with Debian's packages. */
export function openJudge({ python, env }: FoundOracles): Judge {
  const child = spawn(python, [join(import.meta.dirname, "judge.py")], {
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  // A child that has ended shows in what is read.
  child.stdin.on("error", () => {});
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const closed = new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve());
  });
  return {
    async ask({ message, ...task }) {
      const text =
        message === undefined ? {} : { message: Buffer.from(message).toString("base64") };
      child.stdin.write(`${JSON.stringify({ ...task, ...text })}\n`);
      const { value } = await lines.next();
      if (value === undefined) throw new Error("judge.py ended; see its words on stderr");
      const answer: Verdict & { crashed?: string } = JSON.parse(value);
      if (answer.crashed !== undefined) throw new Error(`judge.py: ${answer.crashed}`);
      return answer;
    },
    close() {
      child.stdin.end();
      return closed;
    },
  };
}
