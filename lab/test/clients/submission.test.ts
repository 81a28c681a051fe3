// Clients that are not ours submit mail by XOAUTH2 on the lab's port 587: msmtp, curl and s-nail. A token is good for no
// other mechanism there. Does not prove that Exchange itself takes them.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { findOracles } from "../../../scripts/oracles/find.ts";
import type { Ended } from "./runClient.ts";
import { assertArrived, type ClientScene, openClientScene } from "./scene.ts";
import { type Client, curl, msmtp, type Sending, sNail } from "./xoauth2Clients.ts";

/** With the exit codes of a refused sign-in: msmtp's EX_NOPERM, curl's CURLE_LOGIN_DENIED. */
const CLIENTS: readonly { name: string; client: Client; denied: number }[] = [
  { name: "msmtp", client: msmtp, denied: 77 },
  { name: "curl", client: curl, denied: 67 },
  { name: "s-nail", client: sNail, denied: 4 },
];
/** sysexits.h's EX_UNAVAILABLE: msmtp's for a message that is refused. */
const UNAVAILABLE = 69;

const oracles = await findOracles();

describe("XOAUTH2 by", { skip: oracles.kind === "missing" && oracles.reason }, () => {
  let scene: ClientScene;
  before(async () => {
    scene = await openClientScene(process.env.LAB_SEED ?? "1");
  });
  after(() => scene.close());

  /** Sends anna's message to bea with her app's token, or as `change` has it. */
  function send(client: Client, change: Partial<Sending> = {}): Promise<Ended> {
    assert.ok(oracles.kind === "found");
    const { token, anna } = scene;
    const sending = { token, from: anna.address, message: scene.message(), ...change };
    return client(sending, scene, oracles);
  }

  for (const { name, client, denied } of CLIENTS) {
    it(`${name} delivers, and the message passes SPF, DKIM and DMARC`, async () => {
      const messages = await scene.arriving(async () => {
        const { code, said } = await send(client);
        assert.equal(code, 0, said);
      });
      assertArrived(messages, scene);
    });

    it(`${name} is refused with a token that was tampered with, and nobody gets anything`, () =>
      scene.refused(async () => {
        const { code, said } = await send(client, { token: `${scene.token.slice(0, -4)}AAAA` });
        assert.equal(code, denied, said);
        assert.match(said, /535 5\.7\.3 Authentication unsuccessful/);
      }));

    it(`${name} is refused as somebody else, and nobody gets anything`, () =>
      scene.refused(async () => {
        const { anna, postmaster } = scene;
        const message = scene.message().replaceAll(anna.address, postmaster.address);
        const { code, said } = await send(client, { from: postmaster.address, message });
        assert.notEqual(code, 0, said);
        assert.match(said, /554 5\.2\.252 SendAsDenied; /);
      }));
  }

  it("msmtp learns from its exit code that the envelope or the From field is somebody else's", async () => {
    const { anna, postmaster } = scene;
    const changes: Partial<Sending>[] = [
      { from: postmaster.address },
      { message: scene.message().replaceAll(anna.address, postmaster.address) },
    ];
    for (const change of changes) {
      await scene.refused(async () => {
        const { code, said } = await send(msmtp, change);
        assert.equal(code, UNAVAILABLE, said);
        const denial = `554 5.2.252 SendAsDenied; ${anna.address} not allowed to send as ${postmaster.address}; `;
        assert.ok(said.includes(denial), said);
      });
    }
  });
});
