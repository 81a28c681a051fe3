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

it("hides packages from apt by their whole name, and leaves all others as they are", () => {
  const paragraph = (name: string) =>
    `Package: ${name}\nStatus: install ok installed\nDepends: curl`;
  const [curl, lib, msmtp, mta] = ["curl", "libcurl4", "msmtp", "msmtp-mta"].map(paragraph);
  assert.equal(
    withoutPackages(`${curl}\n\n${lib}\n\n${msmtp}\n\n${mta}\n`, ["curl", "msmtp"]),
    `${lib}\n\n${mta}\n`,
  );
});
