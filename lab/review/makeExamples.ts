import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStack } from "../../scripts/engine/openStack.ts";
import { type Lab, openLab } from "../src/lab.ts";
import { attachPlugins } from "../stack/plugins.ts";
import { type Keys, LAB_PASSPHRASE } from "../stack/scene.ts";
import { takeSnapshot } from "../stack/snapshot.ts";
import { DEFAULT_SEED } from "../stack/stackConfig.ts";
import { checkOut } from "./checkout.ts";
import {
  beginning,
  EXAMPLES,
  type Example,
  type ExampleFile,
  exampleFile,
  furnish,
  type Places,
} from "./examples.ts";
import { type Reviewed, runReview } from "./runReview.ts";

/** What `npm run review` says to an example. */
export interface Made extends Reviewed {
  readonly example: Example;
}

type Environment = Readonly<Record<string, string>>;

/**
 * Has the engine preview every example, as the identity that only reads, and `npm run review` report it.
 *
 * @param onMade is called with each example as it is ready
 * @param variables of the reviews' environment, beside that of the lab
 * @param keys a passphrase protects the secrets of the states when left out
 */
export async function makeExamples(
  onMade: (made: Made) => Promise<void> | void,
  variables: (checkout: string, env: Environment) => Promise<Environment> = async () => ({}),
  keys?: Keys,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "m365-review-"));
  const lab = await openLab({ seed: DEFAULT_SEED });
  const { env: ofPlugins, close } = await attachPlugins(lab.env);
  const env = { ...lab.env, ...ofPlugins, ...keys?.env };
  const checkout = join(folder, "checkout");
  try {
    await checkOut(checkout);
    const places = furnish(lab);
    const open = (stack: "prod" | "test") =>
      openStack({
        ...{ stack, folder, passphrase: LAB_PASSPHRASE, env },
        ...(keys && { secretsProvider: keys.provider }),
        config: configOf(lab, stack, fileOf(stack, places)),
      });
    const stacks = { prod: await open("prod"), test: await open("test") };
    await stacks.prod.up({ skipPreview: true });
    await stacks.test.up({ skipPreview: true });
    const readerEnv = {
      ...{ ...env, ...lab.readerEnvs["role-group"] },
      ...(await variables(checkout, lab.env)),
    };
    const restore = await takeSnapshot(lab, folder);
    const review = async (example: Example): Promise<Made> => {
      const names = example.alsoInTest ? (["test", "prod"] as const) : (["prod"] as const);
      for (const name of names) {
        const file = example.change(fileOf(name, places), places);
        await stacks[name].configure(configOf(lab, name, file));
        await copyFile(join(folder, `Pulumi.${name}.yaml`), join(checkout, `Pulumi.${name}.yaml`));
      }
      example.byHand?.(lab);
      const args = [...names.flatMap((name) => ["--stack", name]), "--markdown", "-"];
      const done = await runReview(checkout, [...args, ...(example.byHand ? ["--refresh"] : [])], {
        ...readerEnv,
        PULUMI_BACKEND_URL: `file://${stacks.prod.stateFolder}`,
      });
      if (example.byHand !== undefined) await restore();
      return { example, ...done };
    };
    for (const [from, examples] of Map.groupBy(EXAMPLES, (one) => one.from)) {
      if (from !== "up") {
        const marked = beginning(exampleFile(places.domain), from);
        await stacks.prod.configure(configOf(lab, "prod", marked));
        await stacks.prod.up({ skipPreview: true });
      }
      for (const example of examples) await onMade(await review(example));
      await restore();
    }
  } finally {
    await close();
    await lab.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const fileOf = (stack: "prod" | "test", { domain, test }: Places): ExampleFile => {
  if (stack === "prod") return exampleFile(domain);
  const { domains, senders } = exampleFile(test);
  return { domains, senders: senders.filter(({ name }) => name === "shop") };
};

export const configOf = (
  { world }: Lab,
  stack: "prod" | "test",
  { domains, senders, applicationAccess }: ExampleFile,
): Record<string, unknown> => ({
  "azuread:tenantId": world.tenant.id,
  "m365-smtp-relay:disposable": stack === "test",
  ...(applicationAccess && { "m365-smtp-relay:applicationAccess": applicationAccess }),
  "m365-smtp-relay:domains": domains,
  "m365-smtp-relay:senders": senders,
});
