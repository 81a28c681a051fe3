/** Variable that sends connections elsewhere than to the host that they are for: `HOST:PORT=HOST:PORT`, several with commas. */
const VARIABLE = "M365_SMTP_RELAY_CONNECT_TO";

/** Where a connection goes. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/**
 * Where a connection to a mail server goes: to the server itself, or where `M365_SMTP_RELAY_CONNECT_TO` says, for a tunnel
 * out of a network that blocks port 25, and for the lab. The certificate has to be the server's all the same.
 *
 * @throws Error for a variable that can't be read
 * @see https://curl.se/docs/manpage.html (--connect-to)
 */
export function placeOf(
  server: Place,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Place {
  const entries = (env[VARIABLE] ?? "").split(",").filter((entry) => entry.trim() !== "");
  const places = entries.map((entry) => {
    const [, from = "", fromPort, host = "", port] =
      /^\s*([^\s:=]+):(\d+)=([^\s:=]+):(\d+)\s*$/.exec(entry) ?? [];
    if (host === "") {
      throw new Error(
        `${VARIABLE}: "${entry.trim()}" is not HOST:PORT=HOST:PORT; use e.g. smtp.office365.com:587=127.0.0.1:2587`,
      );
    }
    return { from: from.toLowerCase(), fromPort: Number(fromPort), host, port: Number(port) };
  });
  const found = places.find(
    ({ from, fromPort }) => from === server.host.toLowerCase() && fromPort === server.port,
  );
  return found === undefined ? server : { host: found.host, port: found.port };
}
