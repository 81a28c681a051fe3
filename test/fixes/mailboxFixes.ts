import type { SurveyedMailbox } from "../../providers/exchange/mailboxProblems.ts";
import { openZones } from "../../providers/host/zones.ts";
import { survey } from "../../providers/survey.ts";
import { surveyInputs } from "../../providers/surveyInputs.ts";
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
    kind: "shared",
    sendAs: [],
    byRole: true,
    ...change,
  });
  const refusals = (one: SurveyedMailbox) => {
    const inputs = surveyInputs({
      ...{ ...tenant, owner: OWNER, domains: [], connectors: [], senders: {} },
      mailboxes: [one],
    });
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
  const anna = `anna@${domain}`;
  const marked = (owner: string) => `Managed by Pulumi: ${owner}. Changes made by hand are undone.`;
  const adopting = (change: Partial<SurveyedMailbox> = {}) =>
    mailbox({ address: anna, adopt: true, mayAdopt: true, ...change });
  const addAlias = (Identity: string, alias: string) =>
    lab.admin("Set-Mailbox", {
      Identity,
      EmailAddresses: { "@odata.type": "#Exchange.GenericHashTable", Add: [`smtp:${alias}`] },
    });
  const guid = (number: number): string =>
    `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
  /** Another app in Exchange, without any right; its client id. */
  const makeApp = (number = 1): string => {
    const AppId = guid(number);
    lab.admin("New-ServicePrincipal", { AppId, ObjectId: guid(number + 1) });
    return AppId;
  };
  const appThatSends = (): string => {
    const app = makeApp(3);
    lab.admin("Add-MailboxPermission", { Identity: anna, User: app, AccessRights: ["FullAccess"] });
    return app;
  };
  const OTHER_MAILBOX = /choose the address of another mailbox/;
  const inPlaceOfAnna = (one: SurveyedMailbox) => ({ ...one, address: `postmaster@${domain}` });

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
          /have an administrator run Enable-OrganizationCustomization once, which can't be undone/,
          inWorld(() => {
            lab.world.organization.isDehydrated = false;
          }),
        ],
      ],
    ),
    row(
      "a limit of an adopted app in an organisation that was never customised",
      () => {
        lab.world.organization.isDehydrated = true;
        return adopting({ byRole: false, adoptApplication: appThatSends(), isLimited: true });
      },
      /is an organisation that was never customised, [^;]*/,
      [
        [
          /have an administrator run Enable-OrganizationCustomization once, which can't be undone/,
          inWorld(() => {
            lab.world.organization.isDehydrated = false;
          }),
        ],
        [/or remove recipientsPerDay/, ({ isLimited: _, ...one }) => one],
      ],
    ),
    row(
      "an address to send as that nobody has",
      () => mailbox({ sendAs: [nobody] }),
      /is not an address in the tenant, so that nothing can be sent as it/,
      [
        [
          /create a mailbox with this address first/,
          inWorld(() =>
            lab.admin("New-Mailbox", { Shared: true, Name: "n", PrimarySmtpAddress: nobody }),
          ),
        ],
        [/remove the address/, () => mailbox()],
      ],
    ),
    row(
      "an address to send as that is an alias",
      () => {
        addAlias(anna, `help@${domain}`);
        return mailbox({ sendAs: [`help@${domain}`] });
      },
      /is an alias of anna@\S+, which Exchange sends as instead/,
      [
        [/list anna@\S+ in its place/, () => mailbox({ sendAs: [anna] })],
        [/remove the address/, () => mailbox()],
      ],
    ),
    row(
      "an address to send as that is an alias of the mailbox to adopt",
      () => {
        addAlias(anna, `help@${domain}`);
        return adopting({ sendAs: [`help@${domain}`] });
      },
      /is an alias of anna@\S+, which Exchange sends as instead/,
      [[/remove the address/, () => adopting()]],
    ),
    row(
      "a name that somebody has",
      () => mailbox({ name: "anna" }),
      /is the Name and the Alias of UserMailbox "anna" \([^)]*\) already/,
      [
        [
          /give it another Name and another Alias/,
          inWorld(() => {
            const names = { name: "Anna Smith", alias: "anna.smith" };
            return Object.assign(personOf(fixture, "anna"), names);
          }),
        ],
        [/give the stack or the sender another name/, () => mailbox()],
      ],
    ),
    row(
      "a name that is somebody's alias",
      () => {
        Object.assign(personOf(fixture, "anna"), { name: "Anna Smith" });
        return mailbox({ name: "anna" });
      },
      /is the Alias of UserMailbox "Anna Smith" \([^)]*\) already/,
      [
        [
          /give it another Alias/,
          inWorld(() => Object.assign(personOf(fixture, "Anna Smith"), { alias: "anna.smith" })),
        ],
        [/give the stack or the sender another name/, () => mailbox()],
      ],
    ),
    row(
      "an address that somebody has",
      () => mailbox({ address: anna }),
      /is the address of UserMailbox "anna" \([^)]*\) already/,
      [[/choose another address/, () => mailbox()]],
    ),
    row(
      "an address that somebody has, for a sender that can adopt a mailbox",
      () => mailbox({ address: anna, mayAdopt: true }),
      /is the address of UserMailbox "anna" \([^)]*\) already/,
      [
        [
          /set adoptMailbox: true for the sender to send from this mailbox/,
          (one) => ({ ...one, adopt: true }),
        ],
        [/choose another address/, () => mailbox({ mayAdopt: true })],
      ],
    ),
    row(
      "a mailbox of another stack, for a sender that could adopt one",
      () => {
        lab.admin("Set-Mailbox", { Identity: "anna", CustomAttribute15: marked("relay/prod/erp") });
        return mailbox({ address: anna, mayAdopt: true });
      },
      /is the address of UserMailbox "anna" \([^)]*\) already/,
      [[/choose another address/, () => mailbox()]],
    ),
    row(
      "a mailbox to adopt that nobody has",
      () => adopting({ address: nobody }),
      /is to be adopted, but no mailbox has this address/,
      [
        [
          /create the mailbox first/,
          inWorld(() =>
            lab.admin("New-Mailbox", { Shared: true, Name: "n", PrimarySmtpAddress: nobody }),
          ),
        ],
        [/remove adoptMailbox to let the stack create it/, () => mailbox({ address: nobody })],
      ],
    ),
    row(
      "a mailbox to adopt that the stack created for the sender",
      () => {
        lab.admin("Set-Mailbox", {
          Identity: "anna",
          CustomAttribute15: marked(`${OWNER}/shop`),
        });
        return adopting({ kind: "user" });
      },
      /is to be adopted, but it is the sender's own mailbox, which the stack created/,
      [[/remove adoptMailbox/, () => mailbox({ address: anna, kind: "user" })]],
    ),
    row(
      "a mailbox to adopt that another stack manages",
      () => {
        lab.admin("Set-Mailbox", { Identity: "anna", CustomAttribute15: marked("relay/prod/erp") });
        return adopting();
      },
      /is to be adopted, but relay\/prod\/erp manages this mailbox/,
      [[OTHER_MAILBOX, inPlaceOfAnna]],
    ),
    row(
      "an app to adopt that Exchange does not know",
      () => adopting({ adoptApplication: guid(7), byRole: false }),
      /is to be adopted, but Exchange has no service principal of this app/,
      [
        [
          /use the client id of the app that sends from the mailbox already/,
          (one) => ({ ...one, adoptApplication: appThatSends() }),
        ],
        [/remove adoptApplication to let the stack create an app/, () => adopting()],
      ],
    ),
    row(
      "an app to adopt that may not send from the mailbox",
      () => adopting({ adoptApplication: makeApp(), byRole: false }),
      /is to be adopted, but Exchange does not let this app submit mail as [^;]*/,
      [
        [
          /let the app.s owner give it the role "Application SMTP\.SendAsApp" over a scope with this mailbox/,
          (one) => {
            const filter = `PrimarySmtpAddress -eq '${anna}'`;
            lab.admin("New-ManagementScope", { Name: "x", RecipientRestrictionFilter: filter });
            lab.admin("New-ManagementRoleAssignment", {
              ...{ App: one.adoptApplication, CustomResourceScope: "x" },
              Role: "Application SMTP.SendAsApp",
            });
            return one;
          },
        ],
        [
          /or SMTP\.SendAsApp in Entra and full access to the mailbox/,
          (one) => ({ ...one, adoptApplication: appThatSends() }),
        ],
        [/or remove adoptApplication to let the stack create an app/, () => adopting()],
      ],
    ),
    row(
      "a mailbox to adopt by its alias",
      () => {
        addAlias(anna, `help@${domain}`);
        return adopting({ address: `help@${domain}` });
      },
      /is to be adopted, but is an alias of UserMailbox "anna" \([^)]*\), and a sender signs in with the primary address/,
      [
        [/put anna@\S+ first in from/, (one) => ({ ...one, address: anna })],
        [OTHER_MAILBOX, inPlaceOfAnna],
      ],
    ),
    row(
      "an address to adopt that is no mailbox",
      () => {
        const person = lab.world.mailboxes.find((one) => one.name === "anna");
        // The lab has no groups.
        Object.assign(person ?? {}, { recipientTypeDetails: "GroupMailbox" });
        return adopting();
      },
      /is to be adopted, but is the address of GroupMailbox "anna" \([^)]*\), which can't sign in to send/,
      [[OTHER_MAILBOX, inPlaceOfAnna]],
    ),
  ];
}

function personOf({ lab }: ProviderFixture, name: string): object {
  const person = lab.world.mailboxes.find((one) => one.name === name);
  if (person === undefined) throw new Error(`nobody is called ${name}`);
  return person;
}
