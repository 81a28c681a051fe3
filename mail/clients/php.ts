import { type Client, PROXY_INSTEAD } from "./client.ts";
import { phpString } from "./quote.ts";
import type { ClientSettings } from "./settings.ts";

/**
 * PHPMailer 6.6 or newer.
 *
 * @see https://github.com/PHPMailer/PHPMailer (OAuthTokenProvider, SMTPOptions)
 * @see https://www.php.net/manual/context.ssl.php and https://www.php.net/manual/context.socket.php
 */
export const php: Client = {
  name: "php",
  title: "PHPMailer, for PHP",
  ways: ["address", "certificate", "password", "secret", "federatedIdentity"],
  tested: [],
  otherwise: `PHP's own functions can't sign as a certificate needs it; ${PROXY_INSTEAD}`,
  files: (settings) => [{ path: `${settings.sender}-send.php`, text: program(settings) }],
};

function program(settings: ClientSettings): string {
  const { sender, host, port, from } = settings;
  const token = tokenClass(settings);
  return `<?php
// composer require phpmailer/phpmailer; php ${sender}-send.php RECIPIENT
require 'vendor/autoload.php';

${token === "" ? "" : "use PHPMailer\\PHPMailer\\OAuthTokenProvider;\n"}use PHPMailer\\PHPMailer\\PHPMailer;

${token}$mail = new PHPMailer(true);
$mail->isSMTP();
$mail->Host = ${phpString(host)};
$mail->Port = ${port};
$mail->SMTPSecure = PHPMailer::ENCRYPTION_STARTTLS;
${signIn(settings)}$mail->setFrom(${phpString(from)});
$mail->addAddress($argv[1]);
$mail->Subject = 'test';
$mail->Body = 'hello';
$mail->send();
`;
}

function signIn({ way, user, places }: ClientSettings): string {
  const ipv4 = "'socket' => ['bindto' => '0.0.0.0:0']";
  switch (way) {
    case "address":
      return `$mail->SMTPOptions = [${ipv4}]; // connectors match IPv4 only\n`;
    case "certificate":
      return `// Connectors match IPv4 only.
$mail->SMTPOptions = [${ipv4}, 'ssl' => [
    'local_cert' => ${phpString(places.chain)},
    'local_pk' => ${phpString(places.key)},
]];
`;
    case "password":
      return `$mail->SMTPAuth = true;
$mail->AuthType = 'LOGIN';
$mail->Username = ${phpString(user)};
$mail->Password = file_get_contents(${phpString(places.secret)});
`;
    default:
      return `$mail->SMTPAuth = true;
$mail->AuthType = 'XOAUTH2';
$mail->setOAuth(new RelayToken());
`;
  }
}

function tokenClass({ way, user, oauth, places }: ClientSettings): string {
  if (way !== "secret" && way !== "federatedIdentity") return "";
  const credential =
    way === "secret"
      ? `'client_secret' => file_get_contents(${phpString(places.secret)}),`
      : `'client_assertion_type' => 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
            'client_assertion' => trim(file_get_contents(${phpString(places.assertion)})),`;
  return `final class RelayToken implements OAuthTokenProvider
{
    public function getOauth64(): string
    {
        $form = http_build_query([
            'grant_type' => 'client_credentials',
            'client_id' => ${phpString(oauth.clientId)},
            'scope' => ${phpString(oauth.scope)},
            ${credential}
        ]);
        $options = ['method' => 'POST', 'header' => 'Content-Type: application/x-www-form-urlencoded', 'content' => $form];
        $answer = file_get_contents(${phpString(oauth.tokenEndpoint)}, false, stream_context_create(['http' => $options]));
        $token = json_decode($answer, true, 512, JSON_THROW_ON_ERROR)['access_token'];
        return base64_encode('user=' . ${phpString(user)} . "\\x01auth=Bearer " . $token . "\\x01\\x01");
    }
}

`;
}
