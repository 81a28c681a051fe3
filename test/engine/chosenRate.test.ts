// A sender at the limit of the method that the stack has chosen for it, through the lab's SMTP: what is at the limit passes, and
// one more is refused in Exchange's words. A stack file with one more gets another method, or none.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Lab } from "../../lab/src/lab.ts";
import { type LabApplication, labApplications } from "../../lab/stack/senders.ts";
import type { SignIn } from "../../lab/stack/signIn.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { LIMITS } from "../../mail/senders/limits.ts";
import { errorsOf, type Fixture, openFixture, SEED } from "./fixture.ts";
import { submit } from "./sending.ts";

const SENDERS = "m365-smtp-relay:senders";
const RATE = LIMITS.messagesPerMinute.value;
/** Exchange stops the mailbox at twice this number. */
const RECIPIENTS = 5;

describe(`a sender at the limit of its method, seed ${SEED}`, () => {
  let fixture: Fixture;
  let lab: Lab;
  let applications: readonly [LabApplication, LabApplication];
  let outputs: Readonly<Record<string, unknown>>;

  const open = (peakPerMinute: number) => {
    const { domain } = lab.world.tenant;
    const config = labConfig(lab.world);
    const changes: Readonly<Record<string, object>> = {
      shop: { peakPerMinute },
      crm: { recipientsPerDay: RECIPIENTS },
    };
    const senders = (config[SENDERS] as { name: string }[]).map((one) => ({
      ...{ ...one, ...changes[one.name] },
    }));
    const alerts = {
      ...{ name: "alerts", from: [`alerts@${domain}`], authentication: ["password"] },
      ...{ external: 0, recipientsPerDay: 50_000 },
    };
    return fixture.open({ config: { ...config, [SENDERS]: [...senders, alerts] } });
  };
  const send = (application: LabApplication) =>
    submit(lab, application, (outputs.senders as Record<string, SignIn>)[application.name]);

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    applications = labApplications(lab.world);
    ({ outputs } = await (await open(RATE)).up({ skipPreview: true }));
  });
  after(() => fixture?.close());

  it(`${RATE} messages a minute are taken, and one more waits; a stack file with one more is refused with the numbers`, async () => {
    const [shop] = applications;
    for (let count = 0; count < RATE; count += 1) assert.equal(await send(shop), "");
    assert.equal(await send(shop), "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded");
    const refused = (await errorsOf((await open(RATE + 1)).preview())).join("\n");
    assert.match(
      refused,
      new RegExp(`"shop".* ${RATE + 1}, and the limit is ${RATE} messages a minute`),
    );
  });

  it("twice its recipients in a day are taken, and one more comes back and stops the mailbox", async () => {
    const [, crm] = applications;
    const arrived = () => lab.mailbox().filter(({ raw }) => raw.includes(`From: ${crm.from}`));
    for (let count = 0; count < 2 * RECIPIENTS; count += 1) assert.equal(await send(crm), "");
    await lab.settle();
    assert.equal(arrived().length, 2 * RECIPIENTS);
    await send(crm);
    await lab.settle();
    assert.equal(arrived().length, 2 * RECIPIENTS);
    const returned =
      lab.world.mailboxes.find(({ address }) => address === crm.from)?.messages ?? [];
    assert.match(returned.map(({ raw }) => raw).join("\n"), /550 5\.1\.\d+ /);
  });

  it("so many recipients a message are taken of an account of High Volume Email, and one more is not", async () => {
    const { domain } = lab.world.tenant;
    const user = `alerts@${domain}`;
    const most = LIMITS.hveRecipientsPerMessage.value;
    const { alerts: password = "" } = outputs.secrets as Record<string, string>;
    const to = Array.from({ length: most + 1 }, (_, index) => `r${index}@${domain}`);
    const message = `From: ${user}\r\nSubject: news\r\n\r\nhello\r\n`;
    const mail = { user, password, message };
    assert.equal((await lab.sendHighVolume({ ...mail, to: to.slice(1) })).refusal, "");
    assert.match((await lab.sendHighVolume({ ...mail, to })).refusal, /^452 4\.5\.3 /);
  });
});
