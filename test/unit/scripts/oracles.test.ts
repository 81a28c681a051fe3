// Does not prove that apt takes the sources: the tests in test/oracles do, where they are not skipped.
import assert from "node:assert/strict";
import { it } from "node:test";
import { withoutPackages, withSourcePackages } from "../../../scripts/oracles/apt.ts";

it("asks a one-line source for source packages too, and leaves comments alone", () => {
  const text =
    "# deb http://mirror.example old\ndeb [arch=amd64] http://mirror.example stable main\n";
  assert.equal(
    withSourcePackages(text, "list"),
    `${text}deb-src [arch=amd64] http://mirror.example stable main\n`,
  );
});

it("asks each deb822 stanza of binary packages for source packages too", () => {
  const text =
    "Types: deb\nURIs: http://mirror.example\n\nTypes: deb-src\nURIs: http://other.example\n";
  assert.equal(
    withSourcePackages(text, "sources"),
    text.replace("Types: deb\n", "Types: deb deb-src\n"),
  );
});

it("hides packages from apt by their whole name or what they provide, and leaves all others as they are", () => {
  const paragraph = (name: string, more = "") =>
    `Package: ${name}\nStatus: install ok installed\n${more}Depends: curl`;
  const [curl, lib, msmtp] = ["curl", "libcurl4", "msmtp"].map((name) => paragraph(name));
  const server = paragraph("exim", "Provides: default-mta, mail-transport-agent (= 4)\n");
  const other = paragraph("msmtp-gnome", "Provides: msmtp-gui\n");
  assert.equal(
    withoutPackages(`${curl}\n\n${lib}\n\n${msmtp}\n\n${server}\n\n${other}\n`, [
      ...["curl", "msmtp", "mail-transport-agent"],
    ]),
    `${lib}\n\n${other}\n`,
  );
});
