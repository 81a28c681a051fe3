// A person at a terminal: the codes, the questions, and how a sign-in ends that nobody completes.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { type Answer, CTRL_C, ENTER, NO_TERMINAL, runAtTerminal } from "../../terminal.ts";
import { type BootstrapBench, openBootstrap, SCRIPT } from "./bench.ts";

const STACK = ["--stack", "lab"];

describe("npm run bootstrap at a terminal", { skip: NO_TERMINAL }, () => {
  let bench: BootstrapBench;
  before(async () => {
    bench = await openBootstrap();
  });
  after(() => bench?.fixture.close());
  beforeEach(() => bench.back());

  const type = (args: readonly string[], answers: readonly Answer[]) =>
    runAtTerminal([SCRIPT, ...STACK, ...args], answers, bench.env, bench.fixture.folder);
  /** What a person does with the code that is shown for a service. */
  const entering = (service: string, act: (code: string) => void): Answer => [
    new RegExp(`to sign in to ${service}: .*enter the code ([A-Z0-9]{9}) to`),
    ([, code = ""]) => {
      act(code);
      return "";
    },
  ];
  const approve = (code: string) => bench.fixture.lab.approveSignIn(code);
  const signedIn = () => [
    entering("Microsoft Graph", approve),
    entering("Exchange Online", approve),
  ];
  const QUESTION = /do it\? \(yes\/no\) $/;

  it("signs in by two codes, the first thing it does, and makes the apps", async () => {
    const { code, shown } = await type(["--yes"], signedIn());
    assert.equal(code, 0, shown);
    const graph = shown.indexOf("to sign in to Microsoft Graph");
    const exchange = shown.indexOf("to sign in to Exchange Online");
    assert.ok(graph >= 0 && graph < exchange, shown);
    assert.ok(exchange < shown.indexOf("bootstrap: create the app registration"), shown);
    assert.match(shown, /client id of the app that deploys: /);
  });

  it("a no ends it, and so does Ctrl-C at the question", async () => {
    const start = bench.world();
    const first = await type([], [...signedIn(), [QUESTION, `no${ENTER}`]]);
    assert.equal(first.code, 1, first.shown);
    assert.match(first.shown, /bootstrap: nothing was changed\r\n$/);
    assert.deepEqual(withoutConsent(bench.world()), withoutConsent(start));
    const later = [...signedIn(), [QUESTION, `yes${ENTER}`], [QUESTION, CTRL_C]] as const;
    const { code, shown } = await type([], later);
    assert.equal(code, 130, shown);
    assert.match(shown, /bootstrap: interrupted at .*; nothing was changed since; run it again/);
    const { applications, servicePrincipals } = bench.fixture.lab.world.directory;
    const made = applications.find(({ properties }) =>
      String(properties.displayName).startsWith("m365-smtp-relay lab"),
    );
    assert.ok(made);
    assert.ok(!servicePrincipals.some(({ appId }) => appId === made.appId));
  });

  it("a code that is declined, or not entered in time, ends it", async () => {
    const { lab } = bench.fixture;
    const start = bench.world();
    for (const [service, before, act, words] of [
      ["Microsoft Graph", [], lab.declineSignIn, /AADSTS\d+|declined/],
      [
        "Exchange Online",
        [entering("Microsoft Graph", approve)],
        lab.declineSignIn,
        /AADSTS\d+|declined/,
      ],
      ["Microsoft Graph", [], () => void lab.clock.advance(901_000), /AADSTS\d+|expired/],
    ] as const) {
      const { code, shown } = await type(["--yes"], [...before, entering(service, act)]);
      assert.equal(code, 1, shown);
      const said = shown.split("\r\n").find((line) => line.includes("nobody signed in to tenant"));
      assert.match(said ?? shown, new RegExp(`^bootstrap: .* for ${service}: .*; run it again`));
      assert.match(said ?? "", words);
      assert.doesNotMatch(shown, /^\s+at /m);
      assert.deepEqual(withoutConsent(bench.world()), withoutConsent(start));
    }
  });
});

/** A world without what a sign-in leaves in it. */
const withoutConsent = (world: string): object => {
  const { directory, ...others } = JSON.parse(world) as { directory: object };
  return { ...others, directory: { ...directory, permissionGrants: [] } };
};
