/** dpkg's database of what is installed, without some packages: apt then fetches those, whether they are there or not. */
export function withoutPackages(status: string, names: readonly string[]): string {
  const paragraphs = status.split(/\n{2,}/);
  return paragraphs
    .filter((paragraph) => !names.includes(/^Package: (\S+)$/m.exec(paragraph)?.[1] ?? ""))
    .join("\n\n");
}
