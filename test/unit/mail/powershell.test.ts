// PowerShell as text, read back by the lab's interpreter, which knows nothing of who wrote it. It does not prove that
// PowerShell itself reads it in the same way.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import { runScript } from "../../../lab/powershell/run.ts";
import { type Lab, openLab } from "../../../lab/src/lab.ts";
import {
  command,
  comment,
  expression,
  literal,
  quote,
  tableLines,
} from "../../../mail/powershell.ts";

describe("PowerShell as text", () => {
  let lab: Lab;
  before(async () => {
    lab = await openLab({ seed: "powershell" });
  });
  after(() => lab?.close());

  const printed = async (lines: readonly string[]): Promise<readonly string[]> =>
    (await runScript(lines.join("\n"), lab)).printed;

  it("writes names with quotes, $, backticks and other alphabets so that they come back as they were", async () => {
    const names = [
      "O'Brien",
      "‘curly’ ‚low‛",
      '"$(Remove-Mailbox)"',
      "a`nb",
      "Zoë 東京 🖨",
      "#no",
      "a\nb",
    ];
    assert.deepEqual(
      await printed(names.flatMap((name) => [`$x = ${quote(name)}`, "Write-Host $x"])),
      names,
    );
    assert.equal(quote("O'Brien $x"), "'O''Brien $x'");
  });

  it("writes any text so that it comes back as it was", async () => {
    const text = fc.string({ unit: "binary", maxLength: 30 });
    const pieces = fc.array(fc.constantFrom("'", "’", '"', "$", "`", "(", ")", "}", "#", "@", "a"));
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          text,
          pieces.map((all) => all.join("")),
        ),
        async (given) => {
          assert.deepEqual(await printed([`Write-Host ${quote(given)}`]), [given]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("writes truth values, numbers, nothing, lists, tables and expressions", () => {
    assert.equal(
      literal([true, false, null, 500, "a", { SkuId: expression("$sku.SkuId") }, []]),
      "@($true, $false, $null, 500, 'a', @{ SkuId = $sku.SkuId }, @())",
    );
  });

  it("gives a long list a line for each item", () => {
    const addresses = Array.from({ length: 12 }, (_, index) => `198.51.100.${index}`);
    const lines = tableLines("parameters", { Name: "erp", SenderIPAddresses: addresses });
    assert.deepEqual(lines.slice(0, 4), [
      "$parameters = @{",
      "    Name = 'erp'",
      "    SenderIPAddresses = @(",
      "        '198.51.100.0'",
    ]);
    assert.deepEqual(lines.slice(-2), ["    )", "}"]);
  });

  it("binds truth values with a colon, which switches need", () => {
    assert.equal(
      command("Set-User", { Identity: expression("$user.Id"), Confirm: false }),
      "Set-User -Identity $user.Id -Confirm:$false",
    );
  });

  it("keeps a comment a comment, whatever is in its text", () => {
    assert.deepEqual(comment("a\nRemove-Mailbox\r\nb"), ["# a Remove-Mailbox b"]);
    const lines = comment("word ".repeat(60).trim());
    assert.ok(lines.length > 2);
    assert.ok(lines.every((line) => line.startsWith("# ") && line.length <= 100));
  });
});
