import { senderOfOwner } from "../ownership.ts";
import type { Problem } from "../problem.ts";
import { type Properties, text } from "../properties.ts";

/** A resource of a stack, as Pulumi is about to make it or has it already. */
export interface GuardedResource {
  /** Its kind: the last part of its type, e.g. `InboundConnector`, or `Application` of azuread. */
  readonly kind: string;
  /** Its logical name. */
  readonly name: string;
  /** Its inputs after the provider's check. What is not known yet is left out. */
  readonly inputs: Properties;
  /** Its outputs, where it exists and the caller knows them. */
  readonly outputs?: Properties;
  /** What the last run left of it, where the caller knows that: a review does, a policy pack of Pulumi does not. */
  readonly former?: Properties;
  readonly isProtected: boolean;
}

/** What no change of a stack should do to its mail. */
export interface Guardrail {
  /** Lower-case words with hyphens; the name of its policy. */
  readonly id: string;
  /** What it forbids, a sentence without a full stop. */
  readonly title: string;
  /** `dangerous`: an `up` has to be stopped. `look`: a person has to look at it. */
  readonly severity: "dangerous" | "look";
  /** The page or standard that it rests on. */
  readonly source: string;
  /** The rules of CISA's baseline for Exchange Online that it covers. */
  readonly scuba?: readonly string[];
  /** Whether it is only for those who follow that baseline, and off otherwise. */
  readonly isOptIn?: true;
  /** What one resource breaks. Every caller asks this before the resource is made. */
  readonly judgeResource?: (resource: GuardedResource, now: Date) => readonly Problem[];
  /** What only all resources together show. */
  readonly judgeStack?: (resources: readonly GuardedResource[], now: Date) => readonly Problem[];
}

/** CISA's secure configuration baseline for Exchange Online (SCuBA). */
export const BASELINE =
  "https://github.com/cisagov/ScubaGear/blob/main/PowerShell/ScubaGear/baselines/exo.md";

/** A resource of a sender as messages name it: `connector of erp`, or by its logical name where it has no owner. */
export const named = (what: string, { name, inputs }: GuardedResource): string =>
  `${what} of ${senderOfOwner(text(inputs.owner)) || name}`;

/** The problems among the answers of some rules. */
export const found = (...answers: readonly (Problem | undefined)[]): Problem[] =>
  answers.filter((problem) => problem !== undefined);
