import type { ClientSettings } from "../../clients/settings.ts";
import { quote } from "../../powershell.ts";
import { headLines, type ProbeClient, type ProbeOrder } from "./probe.ts";

/**
 * PowerShell with .NET's sockets: Send-MailMessage is obsolete, and SmtpClient shows no dialogue and has no XOAUTH2.
 *
 * @see https://learn.microsoft.com/dotnet/api/system.net.security.sslstream.authenticateasclient
 * @see https://learn.microsoft.com/powershell/module/microsoft.powershell.utility/send-mailmessage (a warning)
 */
export const powershell: ProbeClient = {
  name: "powershell",
  ways: ["address", "certificate", "password", "secret", "federatedIdentity", "signInCertificate"],
  tested: false,
  text: program,
};

function program(order: ProbeOrder): string {
  const { settings, to, id, undated, follow } = order;
  const { way, host, port, from } = settings;
  const relays = way === "address" || way === "certificate";
  return `${headLines(order, "PowerShell 7")
    .map((line) => `# ${line}\n`)
    .join("")}# This project's tests do not run it.
$ErrorActionPreference = 'Stop'
$place = if ($env:CONNECT_TO) { $env:CONNECT_TO -split ':' } else { ${quote(host)}, ${quote(`${port}`)} }
${tokenLines(settings)}$address = [Net.Dns]::GetHostAddresses($place[0]) | Where-Object AddressFamily -eq InterNetwork | Select-Object -First 1
${relays ? "" : "if (-not $address) { $address = [Net.Dns]::GetHostAddresses($place[0])[0] }\n"}$tcp = [Net.Sockets.TcpClient]::new($address.AddressFamily)
if ($env:LOCAL_ADDRESS) { $tcp.Client.Bind([Net.IPEndPoint]::new([Net.IPAddress]$env:LOCAL_ADDRESS, 0)) }
$tcp.Connect($address, [int]$place[1])
$tcp.ReceiveTimeout = 120000
$stream = $tcp.GetStream()
$reader = [IO.StreamReader]::new($stream, [Text.Encoding]::UTF8)

function Receive-Reply([string]$Want) {
    do {
        $line = $reader.ReadLine()
        if ($null -eq $line) { throw 'the connection was closed' }
        Write-Host "< $line"
    } while ($line -match '^\\d{3}-')
    if (-not $line.StartsWith($Want)) { throw "refused: $line" }
}
function Send-Line([string]$Text, [string]$Want, [string]$Shown = $Text) {
    Write-Host "> $Shown"
    $bytes = [Text.Encoding]::ASCII.GetBytes("$Text\`r\`n")
    $stream.Write($bytes, 0, $bytes.Length)
    Receive-Reply $Want
}
function ConvertTo-Base64([string]$Text) { [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($Text)) }

Receive-Reply '220'
Send-Line "EHLO $([Net.Dns]::GetHostName())" '250'
Send-Line 'STARTTLS' '220'
$stream = [Net.Security.SslStream]::new($stream)
${certificateLines(settings)}$reader = [IO.StreamReader]::new($stream, [Text.Encoding]::UTF8)
Send-Line "EHLO $([Net.Dns]::GetHostName())" '250'
${signIn(settings)}Send-Line ${quote(`MAIL FROM:<${from}>`)} '250'
${to.map((one) => `Send-Line ${quote(`RCPT TO:<${one}>`)} '250'\n`).join("")}Send-Line 'DATA' '354'
$message = @(
    'Date: ' + [DateTime]::UtcNow.ToString('ddd, dd MMM yyyy HH:mm:ss', [Globalization.CultureInfo]::InvariantCulture) + ' +0000'
${undated.map((line) => `    ${quote(line)}\n`).join("")}) -join "\`r\`n"
Send-Line "$message\`r\`n." '250' '(the message)'
Send-Line 'QUIT' '221'
$tcp.Dispose()
${quote("")}
${quote(`Message-ID: ${id}`)}
${quote(`To follow it: ${follow}`)}
`;
}

function certificateLines({ way, host, places }: ClientSettings): string {
  if (way !== "certificate") return `$stream.AuthenticateAsClient(${quote(host)})\n`;
  return `$options = [Net.Security.SslClientAuthenticationOptions]::new()
$options.TargetHost = ${quote(host)}
$certificate = [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPemFile(${quote(places.chain)}, ${quote(places.key)})
$chain = [Security.Cryptography.X509Certificates.X509Certificate2Collection]::new()
$chain.ImportFromPemFile(${quote(places.chain)})
$options.ClientCertificateContext = [Net.Security.SslStreamCertificateContext]::Create($certificate, $chain)
$stream.AuthenticateAsClient($options)
`;
}

function tokenLines({ way, oauth, places }: ClientSettings): string {
  if (way === "address" || way === "certificate" || way === "password") return "";
  const jwt = `$certificate = [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPemFile(${quote(places.chain)}, ${quote(places.key)})
function ConvertTo-Base64Url([byte[]]$Bytes) { [Convert]::ToBase64String($Bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_') }
$now = [DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
$header = @{ alg = 'PS256'; typ = 'JWT'; 'x5t#S256' = ConvertTo-Base64Url $certificate.GetCertHash('SHA256') }
$claims = @{ aud = ${quote(oauth.tokenEndpoint)}; iss = ${quote(oauth.clientId)}; sub = ${quote(oauth.clientId)}; jti = "$(New-Guid)"; nbf = $now; exp = $now + 600 }
$signed = ($header, $claims | ForEach-Object { ConvertTo-Base64Url ([Text.Encoding]::UTF8.GetBytes((ConvertTo-Json $_ -Compress))) }) -join '.'
$key = [Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey($certificate)
$signature = $key.SignData([Text.Encoding]::ASCII.GetBytes($signed), 'SHA256', [Security.Cryptography.RSASignaturePadding]::Pss)
$assertion = "$signed.$(ConvertTo-Base64Url $signature)"
`;
  const assertion = `    client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    client_assertion = $assertion
`;
  const read = (path: string) => `(Get-Content -Raw ${quote(path)}).Trim()`;
  const before = {
    secret: "",
    federatedIdentity: `$assertion = ${read(places.assertion)}\n`,
    signInCertificate: jwt,
  }[way];
  return `${before}$form = @{
    grant_type = 'client_credentials'
    client_id = ${quote(oauth.clientId)}
    scope = ${quote(oauth.scope)}
${way === "secret" ? `    client_secret = ${read(places.secret)}\n` : assertion}}
$token = (Invoke-RestMethod -Method Post -Uri ${quote(oauth.tokenEndpoint)} -Body $form).access_token
`;
}

function signIn({ way, user, places }: ClientSettings): string {
  switch (way) {
    case "address":
    case "certificate":
      return "";
    case "password":
      return `Send-Line 'AUTH LOGIN' '334'
Send-Line (ConvertTo-Base64 ${quote(user)}) '334' '(not shown)'
Send-Line (ConvertTo-Base64 (Get-Content -Raw ${quote(places.secret)}).Trim()) '235' '(not shown)'
`;
    default:
      return `Send-Line ('AUTH XOAUTH2 ' + (ConvertTo-Base64 ("user=" + ${quote(user)} + [char]1 + "auth=Bearer $token" + [char]1 + [char]1))) '235' 'AUTH XOAUTH2 (not shown)'
`;
  }
}
