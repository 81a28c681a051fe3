import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { characterProblem } from "../../../mail/characters.ts";

describe("characterProblem", () => {
  for (const fine of ["", "erp@contoso.com", "Relay from ERP", "münchen.example", "中文", "a\nb"]) {
    it(`takes ${JSON.stringify(fine)}`, () => assert.equal(characterProblem("k", fine), undefined));
  }

  const named: Readonly<Record<string, RegExp>> = {
    "a\u200bb": /invisible character U\+200B, zero width space/,
    "\ufeffab": /invisible character U\+FEFF, byte order mark/,
    "a\u00adb": /invisible character U\+00AD, soft hyphen/,
    "a\u2060b": /invisible character U\+2060/,
    "a\u2800b": /invisible character U\+2800, braille pattern blank/,
    "a\ue000b": /invisible character U\+E000/,
    "a\u202eb": /invisible character U\+202E/,
    "a\u0000b": /invisible character U\+0000/,
    "a\u00a0b": /U\+00A0, no-break space, which only looks like a space/,
    "a\u3000b": /U\+3000, ideographic space, which only looks like a space/,
    "a\u2028b": /U\+2028/,
    "“a”": /quotation mark “ \(U\+201C\)/,
    "a’s": /quotation mark ’ \(U\+2019\)/,
    "«a»": /quotation mark « \(U\+00AB\)/,
    "a ": /ends with a space/,
    " a": /begins with a space/,
    "a\n": /ends with a line break/,
    "a\r\n": /ends with a line break/,
    "a\t": /ends with a tab/,
  };
  for (const [text, says] of Object.entries(named)) {
    it(`names what is wrong with ${JSON.stringify(text)}`, () =>
      assert.match(characterProblem("k", text)?.rule ?? "", says));
  }
});
