// Each sender, domain and secret is a stack output of its own, `senders.shop`, `dns.contoso.com`, `secrets.shop`: a preview
// prints the whole of an output in which something changes. No group has a dot in its name.

type Groups<T> = Readonly<Record<string, Readonly<Record<string, T>>>>;

/** The stack outputs of groups: `{senders: {shop}}` becomes `{"senders.shop": shop}`. */
export const outputsOf = <T>(groups: Groups<T>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(groups).flatMap(([group, values]) =>
      Object.entries(values).map(([name, value]) => [`${group}.${name}`, value] as const),
    ),
  );

/** The groups of stack outputs: `{"senders.shop": shop}` becomes `{senders: {shop}}`. What is in none stays as it is. */
export function groupOutputs<T>(
  outputs: Readonly<Record<string, T>>,
): Record<string, T | Record<string, T>> {
  const entries = Object.entries(outputs).map(([key, value]) => {
    const dot = key.indexOf(".");
    return { group: dot < 0 ? undefined : key.slice(0, dot), name: key.slice(dot + 1), value };
  });
  return Object.fromEntries(
    [...Map.groupBy(entries, ({ group, name }) => group ?? name)].map(([key, members]) => {
      const [alone] = members;
      if (alone?.group === undefined) return [key, alone?.value as T];
      return [key, Object.fromEntries(members.map(({ name, value }) => [name, value]))];
    }),
  );
}
