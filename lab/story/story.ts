import { MAIL_LINES } from "./mailLines.ts";
import type { Line } from "./play.ts";
import { FIRST_LINES, LAST_LINES } from "./stackLines.ts";

/** The lab's story, in order: what a newcomer watches, what the tests hold on to, what sabotage turns red. */
export const STORY: readonly Line[] = [...FIRST_LINES, ...MAIL_LINES, ...LAST_LINES];
