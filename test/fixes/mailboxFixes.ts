import { openZones } from "../../providers/host/zones.ts";
import { type SurveyedMailbox, type SurveyInputs, survey } from "../../providers/survey.ts";
import type { ProviderFixture } from "../unit/providers/fixture.ts";
import { lifeOf } from "../unit/providers/life.ts";
import type { Refusal } from "./follow.ts";

/** Each refusal of a sender's mailbox that only the tenant shows. */
export function mailboxFixes(fixture: ProviderFixture): Refusal<SurveyedMailbox>[] {
  const { lab, tenant, domain } = fixture;
  const OWNER = "relay/test";
  const mailbox = (change: Partial<SurveyedMailbox> = {}): SurveyedMailbox => ({
    owner: `${OWNER}/shop`,
    address: `shop@${domain}`,
    name: "relay-test-shop",
    sendAs: [],
    byRole: true,
    ...change,
  });
  const refusals = (one: SurveyedMailbox) => {
    const inputs: SurveyInputs = {
      ...{ ...tenant, owner: OWNER, domains: [], connectors: [] },
      mailboxes: [one],
    };
    return lifeOf(() => survey(fixture.run(), openZones())).refusals(inputs);
  };
  const row = (
    title: string,
    make: () => SurveyedMailbox,
    says: RegExp,
    fixes: Refusal<SurveyedMailbox>["fixes"],
  ): Refusal<SurveyedMailbox> => ({
    ...{ title, says, fixes, refusals },
    make() {
      fixture.reset();
      return make();
    },
  });
  const inWorld =
    (act: () => unknown) =>
    (one: SurveyedMailbox): SurveyedMailbox => {
      act();
      return one;
    };
  const nobody = `nobody@${domain}`;

  return [
    row(
      "a tenant without the role for apps",
      () => {
        lab.world.settings.applicationRbac = false;
        return mailbox();
      },
      /has no management role "Application SMTP\.SendAsApp", [^;]*/,
      [[/set m365-smtp-relay:applicationAccess to classic/, (one) => ({ ...one, byRole: false })]],
    ),
    row(
      "an organisation that was never customised",
      () => {
        lab.world.organization.isDehydrated = true;
        return mailbox();
      },
      /is an organisation that was never customised, [^;]*/,
      [
        [
          /let an administrator run Enable-OrganizationCustomization once, which can't be undone/,
          inWorld(() => {
            lab.world.organization.isDehydrated = false;
          }),
        ],
      ],
    ),
    row(
      "an address to send as that nobody has",
      () => mailbox({ sendAs: [nobody] }),
      /is not an address in the tenant, so that nothing can be sent as it/,
      [
        [
          /create a mailbox with this address first \([^)]*\)/,
          inWorld(() =>
            lab.admin("New-Mailbox", { Shared: true, Name: "n", PrimarySmtpAddress: nobody }),
          ),
        ],
        [/remove the address/, () => mailbox()],
      ],
    ),
    row(
      "a name that somebody has",
      () => mailbox({ name: "anna" }),
      /is the name of UserMailbox "anna" \([^)]*\) already/,
      [
        [/rename it/, inWorld(() => renamePerson(fixture, "anna"))],
        [/give the stack or the sender another name/, () => mailbox()],
      ],
    ),
    row(
      "an address that somebody has",
      () => mailbox({ address: `anna@${domain}` }),
      /is the address of UserMailbox "anna" \([^)]*\) already/,
      [[/choose another address/, () => mailbox()]],
    ),
  ];
}

function renamePerson({ lab }: ProviderFixture, name: string): void {
  const person = lab.world.mailboxes.find((one) => one.name === name);
  if (person) Object.assign(person, { name: "Anna Smith", alias: "anna.smith" });
}
