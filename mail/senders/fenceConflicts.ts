import type { DeclaredFence, FenceForm } from "../exchange/fence.ts";
import { isOwnedBy, type Owners, ownerOf, senderOfOwner } from "../ownership.ts";
import type { Problem } from "../problem.ts";
import { MOST_RULES, patternTotalProblem } from "./fence.ts";
import { nameTaken, sameName } from "./names.ts";

/** A mail flow rule of the tenant, in the form of a fence, with Exchange's own id. */
export interface TenantRule extends FenceForm {
  readonly guid: string;
  /** Characters of all its patterns. */
  readonly patternCharacters: number;
}

/**
 * What of the tenant's mail flow rules keeps a stack's fences from being made: a name that somebody else has, and the limits of all
 * rules together.
 *
 * @param ownersOf who manages a fence, and who did before the stack was renamed
 */
export function fenceConflicts(
  rules: readonly TenantRule[],
  fences: readonly DeclaredFence[],
  ownersOf: (fence: DeclaredFence) => Owners,
): Problem[] {
  const isOurs = (rule: TenantRule) =>
    fences.some((fence) => isOwnedBy(ownerOf(rule.comments), ownersOf(fence)));
  const others = rules.filter((rule) => !isOurs(rule));
  const taken = fences.flatMap((fence) => {
    const rule = others.find(({ name }) => sameName(name, fence.name));
    if (rule === undefined) return [];
    const { name, guid, comments } = rule;
    const problem = nameTaken({ what: "a mail flow rule", name, guid }, ownerOf(comments));
    return [{ ...problem, key: `fence of ${senderOfOwner(fence.owner)}: ${problem.key}` }];
  });
  const count = others.length + fences.length;
  const tooMany: Problem[] =
    count <= MOST_RULES
      ? []
      : [
          {
            key: "tenantId",
            value: undefined,
            rule: `has ${others.length} mail flow rules beside the stack's ${fences.length}, and Exchange takes ${MOST_RULES}`,
            fix: "remove rules that nobody needs, or remove fence from some senders",
          },
        ];
  const characters = others.reduce((sum, rule) => sum + rule.patternCharacters, 0);
  return [
    ...taken,
    ...tooMany,
    ...[patternTotalProblem("tenantId", fences, characters) ?? []].flat(),
  ];
}
