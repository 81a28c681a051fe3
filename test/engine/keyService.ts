import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type { Keys } from "../../lab/stack/scene.ts";

/** What keeps the key of a test's stacks. */
export interface KeyService extends Keys {
  close(): void;
}

/**
 * Serves the two requests that an engine sends to HashiCorp Vault for a key that encrypts a state's secrets (Vault's page
 * "Transit secrets engine (API)": Encrypt data, Decrypt data). With a passphrase each start of the engine derives the key
 * anew, a million times hashed, which takes longer than the rest of most starts.
 */
export async function openKeyService(): Promise<KeyService> {
  const token = randomUUID();
  const kept = new Map<string, string>();
  const server = createServer(async (request, response) => {
    const { plaintext = "", ciphertext = "" } = (await json(request)) as Record<string, string>;
    const answer = (status: number, body: object) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    if (request.headers["x-vault-token"] !== token) answer(403, { errors: ["permission denied"] });
    else if (request.url === "/v1/transit/encrypt/stacks") {
      const made = `vault:v1:${randomUUID()}`;
      kept.set(made, plaintext);
      answer(200, { data: { ciphertext: made } });
    } else if (request.url === "/v1/transit/decrypt/stacks" && kept.has(ciphertext)) {
      answer(200, { data: { plaintext: kept.get(ciphertext) } });
    } else answer(400, { errors: ["invalid ciphertext: no prefix"] });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    provider: "hashivault://stacks",
    env: { VAULT_ADDR: `http://127.0.0.1:${port}`, VAULT_TOKEN: token },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
