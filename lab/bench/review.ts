import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStack } from "../../scripts/engine/openStack.ts";
import { checkOut } from "../review/checkout.ts";
import { exampleFile, furnish } from "../review/examples.ts";
import { configOf } from "../review/makeExamples.ts";
import { runReview } from "../review/runReview.ts";
import { openLab } from "../src/lab.ts";
import { attachPlugins } from "../stack/plugins.ts";
import { LAB_PASSPHRASE } from "../stack/scene.ts";
import { DEFAULT_SEED } from "../stack/stackConfig.ts";
import { median, type Row, timed } from "./row.ts";

/** The script of `npm run review` on two stacks, against a preview of each in this process, in turns. */
export async function measureReview(runs: number): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), "m365-bench-review-"));
  const lab = await openLab({ seed: DEFAULT_SEED });
  const { env, close } = await attachPlugins(lab.env);
  try {
    const checkout = join(folder, "checkout");
    await checkOut(checkout);
    const { domain, test } = furnish(lab);
    const open = async (stack: "prod" | "test", of: string, address: string) => {
      const file = exampleFile(of);
      const senders = file.senders.map((one) => ({
        ...one,
        ...(one.egress ? { egress: [address] } : {}),
      }));
      const config = configOf(lab, stack, { ...file, senders });
      const passphrase = LAB_PASSPHRASE;
      const opened = await openStack({
        stack,
        folder,
        passphrase,
        env: { ...lab.env, ...env },
        config,
      });
      await opened.up({ skipPreview: true });
      await copyFile(join(folder, `Pulumi.${stack}.yaml`), join(checkout, `Pulumi.${stack}.yaml`));
      return opened;
    };
    const prod = await open("prod", domain, "198.51.100.7");
    const other = await open("test", test, "198.51.100.8");
    const args = ["--stack", "prod", "--stack", "test", "--markdown", "-"];
    const variables = { ...lab.env, ...env, PULUMI_BACKEND_URL: `file://${prod.stateFolder}` };
    const ratios: number[] = [];
    for (let run = 0; run < runs; run++) {
      const previews = await timed(async () => {
        await prod.preview();
        await other.preview();
      });
      ratios.push((await timed(() => runReview(checkout, args, variables))) / previews);
    }
    return [
      {
        name: "review of two stacks, times their previews",
        measured: median(ratios),
        budget: 1.3,
        unit: "",
      },
    ];
  } finally {
    await close();
    await lab.close();
    await rm(folder, { recursive: true, force: true });
  }
}
