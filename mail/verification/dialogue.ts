import type { Line } from "./verification.ts";

const HIDDEN = "(not shown)";

/**
 * A dialogue without what the client signs in with: of AUTH the mechanism is left, and of what the client says until the
 * server has decided nothing is.
 */
export function withoutSecrets(dialogue: readonly Line[]): Line[] {
  let isSigningIn = false;
  return dialogue.map((line) => {
    if (line.by === "server") {
      isSigningIn &&= line.text.startsWith("334");
      return line;
    }
    const [, command] = /^(AUTH +\S+)/i.exec(line.text) ?? [];
    if (command === undefined) return isSigningIn ? { ...line, text: HIDDEN } : line;
    isSigningIn = true;
    return { ...line, text: line.text === command ? command : `${command} ${HIDDEN}` };
  });
}

/** The address that the server saw the client connect from, as Exchange says it in its reply to EHLO. */
export function seenAddress(dialogue: readonly Line[]): string | undefined {
  const hello = dialogue.findLast(
    ({ by, text }) => by === "server" && /^250[ -]\S+ Hello \[/.test(text),
  );
  return /Hello \[([^\]\s]+)\]/.exec(hello?.text ?? "")?.[1];
}
