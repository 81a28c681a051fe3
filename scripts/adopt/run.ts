import { describeAdoptedRelay } from "../../mail/adopt/describe.ts";
import { type Adoption, type AdoptOptions, adoptRelay } from "./adopt.ts";

interface RunOptions extends Omit<AdoptOptions, "onProgress"> {
  readonly json: boolean;
  /** Takes lines of progress. */
  readonly say: (line: string) => void;
}

/**
 * Adopts a relay and prints what became of it: what a person reads to stderr; to stdout the stack file where it was not
 * written, or one object as JSON.
 *
 * @throws Error as `adoptRelay`
 */
export async function runAdopt({ json, say, ...options }: RunOptions): Promise<void> {
  const { stack } = options;
  const adoption = await adoptRelay({ ...options, onProgress: say });
  const { relay, text, file } = adoption;
  for (const line of describeAdoptedRelay(relay)) process.stderr.write(`${line}\n`);
  if (file !== undefined) say(`written to ${file}; next: ${nextStep(stack, adoption)}`);
  if (json) {
    const { senders, domains, left } = relay;
    const adopted = {
      senders: senders.map(({ name, source, notes }) => ({ name, source, notes })),
      domains: domains.map(({ name, unmanaged, notes }) => ({ name, unmanaged, notes })),
    };
    console.log(JSON.stringify({ stack, file: file ?? null, ...adopted, left, text }, null, 2));
  } else if (file === undefined) process.stdout.write(text);
}

const nextStep = (stack: string, { isBeside, file }: Adoption): string =>
  isBeside
    ? `the stack file has a relay already and stays as it is; take over from ${file} what you want`
    : `npm run pulumi -- preview --stack ${stack} --suppress-outputs, then up: neither writes anything outside`;
