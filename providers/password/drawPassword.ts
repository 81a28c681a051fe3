import { randomInt } from "node:crypto";

/** Characters that nobody takes for one another (0 and O, 1, l and I), as people type them into devices. */
const CHARACTERS = [..."abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"];
/** Each character is worth 5.8 bits. */
const LENGTH = 24;
const KINDS = [/[a-z]/, /[A-Z]/, /\d/];

/**
 * Draws a password that Entra takes: it asks for three kinds of character.
 *
 * @see https://learn.microsoft.com/entra/identity/authentication/concept-sspr-policy (password policies)
 */
export function drawPassword(): string {
  for (;;) {
    const drawn = Array.from({ length: LENGTH }, () => CHARACTERS[randomInt(CHARACTERS.length)]);
    const password = drawn.join("");
    if (KINDS.every((kind) => kind.test(password))) return password;
  }
}
