/**
 * A name for each sender of a relay that was made by hand, from the names that its connectors and apps have: lower case,
 * without accents, a hyphen for what a sender's name can't have. A second one of the same name gets `-2`.
 *
 * @param sources the names in the tenant, with the word that stands for one of which nothing is left: `connector`
 * @param longest how many characters a name can have
 * @returns names that the stack file takes, in the same order
 */
export function senderNames(
  sources: readonly { readonly name: string; readonly otherwise: string }[],
  longest: number,
): string[] {
  const taken = new Set<string>();
  return sources.map(({ name, otherwise }) => {
    const base = cut(baseOf(name) || otherwise, longest);
    let free = base;
    for (let number = 2; taken.has(free); number++) {
      const suffix = `-${number}`;
      free = `${cut(base, longest - suffix.length)}${suffix}`;
    }
    taken.add(free);
    return free;
  });
}

/** Empty where the name has no Latin letter. */
function baseOf(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/ß/g, "ss")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "");
}

const cut = (name: string, longest: number): string => name.slice(0, longest).replace(/-+$/, "");
