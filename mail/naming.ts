/** Names in a sentence: `sender "erp"`, or `senders "erp", "crm"`. */
export const naming = (noun: string, names: readonly string[]): string =>
  `${noun}${names.length === 1 ? "" : "s"} ${names.map((name) => `"${name}"`).join(", ")}`;
