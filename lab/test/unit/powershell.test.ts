// The lab's interpreter of PowerShell: what it understands, and that it refuses the rest with the line.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { runScript } from "../../powershell/run.ts";
import { type Lab, openLab } from "../../src/lab.ts";

const SIGNED_IN = "$ErrorActionPreference = 'Stop'\nConnect-ExchangeOnline\n";

describe("the lab's PowerShell", () => {
  let lab: Lab;
  before(async () => {
    lab = await openLab({ seed: "powershell" });
  });
  after(() => lab?.close());

  const printed = async (script: string) => (await runScript(script, lab)).printed;
  const connectors = () => structuredClone(lab.world.connectors);

  it("reads variables, properties, texts with code in them, lists and tables", async () => {
    const script = `$name = 'erp'
$table = @{
    Name = $name
    Deep = @{ Count = 3; List = @('a', 'b') }
}
Write-Host "$name has $($table.Deep.Count) and $($table.name)"`;
    assert.deepEqual(await printed(script), ["erp has 3 and erp"]);
  });

  it("goes by conditions, loops and failures as PowerShell does", async () => {
    const script = `$list = @()
if (-not $list) { Write-Host 'an empty list is false' }
if (@('a', 'B') -notcontains 'b') { Write-Host 'never' }
while (-not $done) { $done = 'yes' }
try { throw 'no' } catch { Write-Host "caught $_" }`;
    assert.deepEqual(await printed(`$done = $null\n${script}`), [
      "an empty list is false",
      "caught no",
    ]);
  });

  it("runs Exchange's cmdlets with splatted parameters, and filters what they give", async () => {
    const before = connectors();
    const script = `${SIGNED_IN}$parameters = @{ Name = 'erp'; ConnectorType = 'OnPremises'; SenderDomains = '*' }
New-InboundConnector @parameters -SenderIPAddresses 192.0.2.9 | Out-Null
$made = Get-InboundConnector | Where-Object Name -EQ 'ERP'
Write-Host $made.ConnectorType
Remove-InboundConnector -Identity 'erp' -Confirm:$false`;
    assert.deepEqual(await printed(script.replace("192.0.2.9", "'192.0.2.9'")), ["OnPremises"]);
    assert.deepEqual(connectors(), before);
  });

  it("ends at a failure, unless the script says otherwise", async () => {
    const missing = "Get-InboundConnector -Identity 'nobody'";
    await assert.rejects(
      runScript(`${SIGNED_IN}${missing}\nWrite-Host 'on'`, lab),
      /line 3: .*nobody/,
    );
    const silent = `${SIGNED_IN}${missing} -ErrorAction SilentlyContinue\nWrite-Host 'on'`;
    assert.deepEqual((await runScript(silent, lab)).printed, ["on"]);
    const told = await runScript(`Connect-ExchangeOnline\n${missing}\nWrite-Host 'on'`, lab);
    assert.deepEqual([told.printed, told.warnings.length], [["on"], 1]);
  });

  it("asks Graph with the scopes that the script signed in with, and no others", async () => {
    const before = structuredClone(lab.world.directory.applications);
    const make = (scope: string) => `$ErrorActionPreference = 'Stop'
Connect-MgGraph -TenantId '${lab.world.tenant.id}' -Scopes '${scope}' -NoWelcome
New-MgApplication -DisplayName 'relay' | Out-Null`;
    await assert.rejects(
      runScript(make("Application.Read.All"), lab),
      /line 3: New-MgApplication: /,
    );
    assert.deepEqual(lab.world.directory.applications, before);
    await runScript(make("Application.ReadWrite.All"), lab);
    assert.equal(lab.world.directory.applications.length, before.length + 1);
  });

  it("does not run before the script has signed in, or in another tenant", async () => {
    await assert.rejects(
      runScript("$ErrorActionPreference = 'Stop'\nGet-Mailbox", lab),
      /not recognized/,
    );
    const other =
      "$ErrorActionPreference = 'Stop'\nConnect-MgGraph -TenantId 'x' -Scopes 'User.Read.All'";
    await assert.rejects(runScript(other, lab), /AADSTS90002/);
  });

  const refused: readonly [what: string, script: string][] = [
    ["a function", "\nfunction f { 1 }"],
    ["a script block", "\nGet-Mailbox | ForEach-Object { $_ }"],
    ["a backtick in a text", '\nWrite-Host "a`nb"'],
    ["a $ that expands to nothing known", '\nWrite-Host "a $ b"'],
    ["an unknown variable", "\nWrite-Host $typo"],
    ["an unknown property", "\n$a = @{ One = 1 }; Write-Host $a.Two"],
    ["a cmdlet of Graph that it does not have", "\nRemove-MgUser -UserId 'x'"],
    ["a static method that it does not have", "\n$x = [System.IO.File]::ReadAllText('x')"],
    ["an operator that it does not have", "\nif (1 -gt 0) { Write-Host 'x' }"],
    ["else", "\nif ($true) { Write-Host 'x' } else { Write-Host 'y' }"],
    ["a text without an end", "\nWrite-Host 'x"],
    ["a table without an end", "\n$x = @{ A = 1"],
    ["a parameter given twice", "\n$p = @{ Seconds = 1 }; Start-Sleep @p -Seconds 2"],
    ["a secret read in the open", "\n$x = Read-Host -Prompt 'Password'"],
    ["a loop without an end", "\nwhile ($true) { $x = 1 }"],
  ];
  for (const [what, script] of refused) {
    it(`refuses ${what}, with its line`, () =>
      assert.rejects(runScript(script, lab), { name: "ScriptError", message: /^line [23]: / }));
  }
});
