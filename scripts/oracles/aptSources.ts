/** How apt writes down where packages are: one line each, or deb822 stanzas. */
export type SourcesFormat = "list" | "sources";

/** The machine's own sources, asked for source packages too. */
export function withSourcePackages(text: string, format: SourcesFormat): string {
  if (format === "list") {
    return text.replace(
      /^[ \t]*deb[ \t].*$/gm,
      (line) => `${line}\n${line.replace("deb", "deb-src")}`,
    );
  }
  return text.replace(/^Types:[ \t]*deb[ \t]*$/gim, "Types: deb deb-src");
}
