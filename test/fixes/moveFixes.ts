import type { SurveyedMailbox } from "../../providers/exchange/mailboxProblems.ts";
import { openZones } from "../../providers/host/zones.ts";
import { survey } from "../../providers/survey.ts";
import { type SurveyInputs, surveyInputs } from "../../providers/surveyInputs.ts";
import type { ProviderFixture } from "../unit/providers/fixture.ts";
import { lifeOf } from "../unit/providers/life.ts";
import type { Refusal } from "./follow.ts";

/** The senders of the last run and of this one. */
interface Runs {
  /** Whether the last run has protected its senders. */
  readonly protects?: boolean;
  readonly before: readonly SurveyedMailbox[];
  readonly now: readonly SurveyedMailbox[];
}

/** Each refusal of a mailbox whose address or name another mailbox of the stack has. */
export function moveFixes(fixture: ProviderFixture): Refusal<Runs>[] {
  const { lab, tenant, domain } = fixture;
  const OWNER = "relay/test";
  const at = (local: string) => `${local}@${domain}`;
  const mailbox = (
    sender: string,
    local: string,
    change: Partial<SurveyedMailbox> = {},
  ): SurveyedMailbox => ({
    owner: `${OWNER}/${sender}`,
    address: at(local),
    name: `relay-test-${sender}`,
    kind: "shared",
    sendAs: [],
    byRole: false,
    ...change,
  });
  const inputs = (mailboxes: readonly SurveyedMailbox[], senders: readonly string[] = []) => {
    const owner = mailboxes[0]?.owner.replace(/\/\w+$/, "") ?? OWNER;
    const kept = { senders, domains: [] };
    const summaries = mailboxes.map((one) => [one.owner.replace(/.*\//, ""), "signs in"] as const);
    const of = {
      ...tenant,
      owner,
      domains: [],
      connectors: [],
      senders: Object.fromEntries(summaries),
    };
    return surveyInputs({ ...of, mailboxes, protected: kept });
  };
  const life = () => lifeOf<SurveyInputs, SurveyInputs>(() => survey(fixture.run(), openZones()));
  const refusals = ({ before, now, protects }: Runs) => {
    const senders = protects ? before.map(({ owner }) => owner.replace(`${OWNER}/`, "")) : [];
    const olds = inputs(before, senders);
    return life().refusals(inputs(now), { id: OWNER, inputs: olds, outs: olds });
  };

  /** Creates a mailbox of the stack, by hand. */
  const create = ({ owner, address, name, kind, adopt }: SurveyedMailbox) => {
    if (adopt) return;
    lab.admin("New-Mailbox", { Shared: true, Name: name, PrimarySmtpAddress: address });
    const CustomAttribute15 = `Managed by Pulumi: ${owner}. Changes made by hand are undone.`;
    lab.admin("Set-Mailbox", { Identity: address, CustomAttribute15 });
    const there = lab.world.mailboxes.find((one) => one.address === address);
    if (there && kind === "user") there.recipientTypeDetails = "UserMailbox";
  };
  const remove = ({ address, adopt }: SurveyedMailbox) => {
    if (!adopt) lab.admin("Remove-Mailbox", { Identity: address });
  };
  const made =
    (before: readonly SurveyedMailbox[], now: readonly SurveyedMailbox[]) => (): Runs => {
      fixture.reset();
      before.forEach(create);
      return { before, now };
    };
  /** Takes the steps one after the other; each has to be taken before the next. */
  const inSteps = (...steps: readonly (readonly SurveyedMailbox[])[]) => {
    return async (first: Runs): Promise<Runs> => {
      let { before } = first;
      for (const now of steps) {
        const refused = await refusals({ before, now });
        if (refused.length > 0) return { before, now };
        before.filter((one) => !now.includes(one)).forEach(remove);
        now.filter((one) => !before.includes(one)).forEach(create);
        before = now;
      }
      return { before, now: first.now };
    };
  };
  const [one, two, free] = [mailbox("one", "one"), mailbox("two", "two"), mailbox("one", "free")];
  const [oneAtTwo, twoAtOne] = [mailbox("one", "two"), mailbox("two", "one")];
  const twoElsewhere = mailbox("two", "elsewhere");
  const user = mailbox("one", "one", { kind: "user" });
  const renamed = (one: SurveyedMailbox): SurveyedMailbox => ({
    ...{ ...one, owner: one.owner.replace("/test/", "/renamed/") },
    name: one.name.replace("-test-", "-renamed-"),
  });
  /** What an `up` does with the mailboxes of a stack that was renamed, or whose mark was edited. */
  const marked =
    (...mailboxes: readonly SurveyedMailbox[]) =>
    ({ now }: Runs): Runs => {
      for (const { owner, address } of mailboxes) {
        const CustomAttribute15 = `Managed by Pulumi: ${owner}. Changes made by hand are undone.`;
        lab.admin("Set-Mailbox", { Identity: address, CustomAttribute15 });
      }
      return { before: mailboxes, now };
    };
  const adopting = (sender: string, local: string) => mailbox(sender, local, { adopt: true });
  /** Somebody makes another address the primary one; the old one stays as an alias. */
  const setPrimary = (from: string, to: string) =>
    lab.admin("Set-Mailbox", {
      Identity: at(from),
      EmailAddresses: { "@odata.type": "#Exchange.GenericHashTable", Add: [`SMTP:${at(to)}`] },
    });
  const asOne = mailbox("two", "two", { sendAs: [at("one")] });

  return [
    {
      title: "two senders that exchange their addresses",
      make: made([one, two], [oneAtTwo, twoAtOne]),
      refusals,
      says: /is the address of sender "one" until an up has moved that one|is the address of sender "two" until an up has moved that one/,
      fixes: [
        [
          /make one change at a time, with pulumi up after each: "one" to an address that no mailbox has, then "two" to one@\S+, then "one" to two@\S+/,
          inSteps([free, two], [free, twoAtOne], [oneAtTwo, twoAtOne]),
        ],
      ],
    },
    {
      title: "an address whose holder moves",
      make: made([one, two], [free, twoAtOne]),
      refusals,
      says: /is the address of sender "one" until an up has moved that one/,
      fixes: [
        [
          /make one change at a time, with pulumi up after each: "one" to free@\S+, then "two" to one@\S+/,
          inSteps([free, two], [free, twoAtOne]),
        ],
      ],
    },
    {
      title: "an address whose holder is a user and moves",
      make: made([user], [{ ...user, address: at("free") }, twoAtOne]),
      refusals,
      says: /is the address of the user of sender "one", who keeps it as an alias/,
      fixes: [
        [
          /choose another address/,
          ({ before }) => ({ before, now: [{ ...user, address: at("free") }, two] }),
        ],
      ],
    },
    {
      title: "an address whose holder moves to one that it can't have",
      make: made([user, two], [{ ...user, address: at("free") }, twoAtOne, mailbox("more", "two")]),
      refusals,
      says: /is the address of sender "two" until an up has moved that one/,
      fixes: [
        [
          /make one change at a time, with pulumi up after each: "two" to an address that no mailbox has, then "more" to two@\S+/,
          inSteps([user, twoElsewhere], [user, twoElsewhere, mailbox("more", "two")]),
        ],
      ],
    },
    {
      title: "a sender that signs in otherwise",
      make: made([user], [one]),
      refusals,
      says: /is to be the address of a shared mailbox, but the user of sender "one" has to go first/,
      fixes: [
        [
          /remove "one" from the stack file and run pulumi up, then add it again with an empty mailbox and run pulumi up/,
          inSteps([], [one]),
        ],
        [
          /give it another name and another address/,
          ({ before }) => ({ before, now: [mailbox("two", "free")] }),
        ],
      ],
    },
    {
      title: "a sender that is renamed together with its stack",
      make: made([one], [renamed({ ...two, address: at("one") })]),
      refusals,
      says: /is the mailbox of sender "one", and is not marked as this stack's/,
      fixes: [
        [
          /keep the name and address of "one" and run pulumi up --refresh, which marks it, then make this change/,
          marked(renamed(one)),
        ],
      ],
    },
    {
      title: "an address whose holder has lost its mark",
      make() {
        const runs = made([one], [{ ...two, address: at("one") }])();
        lab.admin("Set-Mailbox", { Identity: at("one"), CustomAttribute15: "cost centre 42" });
        return runs;
      },
      refusals,
      says: /is the mailbox of sender "one", and is not marked as this stack's/,
      fixes: [
        [
          /keep the name and address of "one" and run pulumi up --refresh, which marks it, then make this change/,
          marked(one),
        ],
      ],
    },
    {
      title: "an adopted mailbox with another primary address",
      make() {
        const runs = made([], [])();
        lab.admin("New-Mailbox", { Shared: true, Name: "s", PrimarySmtpAddress: at("support") });
        setPrimary("support", "help");
        return { ...runs, before: [adopting("one", "support")], now: [adopting("one", "help")] };
      },
      refusals,
      says: /is to be adopted, but is the mailbox that sender "one" has adopted as support@\S+/,
      fixes: [
        [
          /make support@\S+ its primary address again/,
          () => {
            setPrimary("help", "support");
            return {
              before: [adopting("one", "support")],
              now: [{ ...adopting("one", "support"), byRole: false }],
            };
          },
        ],
        [
          /remove "one" from the stack file and run pulumi up, then make this change and run pulumi up/,
          inSteps([], [adopting("one", "help")]),
        ],
      ],
    },
    {
      title: "a protected sender that signs in otherwise",
      make: async () => ({ ...made([user], [one])(), protects: true }),
      refusals,
      says: /is to be the address of a shared mailbox, but the user of sender "one" has to go first/,
      fixes: [
        [
          /set retire: true for "one" and run pulumi up; then give it another name and another address/,
          ({ before }) => ({ before, now: [mailbox("two", "free")] }),
        ],
        [
          /remove "one" from the stack file and run pulumi up, then add it again with an empty mailbox and run pulumi up/,
          inSteps([], [one]),
        ],
      ],
    },
    {
      title: "a protected sender with another address",
      make: async () => ({ ...made([one], [free])(), protects: true }),
      refusals,
      says: /"free@\S+" is to take the place of one@\S+, whose mailbox is protected/,
      fixes: [
        [
          /set retire: true for "one", run pulumi up, and make this change after that/,
          ({ before, now }) => ({ before, now }),
        ],
      ],
    },
    {
      title: "a protected sender that is removed",
      make: async () => ({ ...made([one], [])(), protects: true }),
      refusals,
      says: /sender "one": is protected, and an up that removes it would stop half-way/,
      fixes: [
        [
          /put it back into the stack file with retire: true, run pulumi up, and remove it in the change after that/,
          ({ before, now }) => ({ before, now }),
        ],
      ],
    },
    {
      title: "a protected sender that gives up its client secret",
      make: async () => ({ ...made([{ ...one, hasSecret: true }], [one])(), protects: true }),
      refusals,
      says: /sender "one": loses its client secret by this change, and Pulumi protects that/,
      fixes: [
        [
          /set retire: true for it and run pulumi up; then make this change and run pulumi up; then remove retire: true/,
          ({ before, now }) => ({ before, now }),
        ],
      ],
    },
    {
      title: "an address to send as whose sender goes",
      make: made([one, asOne], [asOne]),
      refusals,
      says: /is the address of sender "one", which loses it in this run/,
      fixes: [
        [/remove the address/, ({ before }) => ({ before, now: [two] })],
        [/let that sender keep it/, ({ before }) => ({ before, now: [one, asOne] })],
      ],
    },
  ];
}
