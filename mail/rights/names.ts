import type { Problem } from "../problem.ts";
import { objectNameProblem } from "../senders/names.ts";
import type { AppName } from "./rights.ts";

/**
 * Name of an app that bootstrap makes, and of the role group that it is in.
 *
 * @param stack without organisation and project
 */
export const appTitle = (stack: string, app: AppName): string => `m365-smtp-relay ${stack} ${app}`;

/** Name of the management role with the few cmdlets of Role Management that the app that reads may run. */
export const roleReaderTitle = (stack: string): string =>
  `m365-smtp-relay ${stack} service principal reader`;

/** Says that a stack's name makes names that Exchange does not take. */
export const bootstrapNameProblem = (stack: string): Problem | undefined =>
  objectNameProblem("--stack", roleReaderTitle(stack), "a management role's");

/**
 * The text that marks what bootstrap made for a stack: an app's notes, a role group's description. It is not the mark of a
 * stack's own objects, which a teardown removes.
 *
 * @param owner `project/stack`
 */
export const bootstrapMark = (owner: string, app: AppName): string =>
  `Made by npm run bootstrap for ${owner}: ${app}`;
