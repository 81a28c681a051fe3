// `npm run verify-pictures`: writes the pictures of docs/pictures, of a report like one of `npm run verify`.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { toHtml } from "../../mail/verification/html.ts";
import { projectRoot } from "../../scripts/setup/root.ts";
import { exampleReport } from "../unit/mail/verification/verifications.ts";
import { openBrowser } from "./open.ts";

const PICTURES = [
  { name: "verify-desktop", width: 1280, height: 1080, scheme: "light" },
  { name: "verify-phone", width: 360, height: 1180, scheme: "light" },
] as const;

const folder = join(projectRoot, "docs/pictures");
await mkdir(folder, { recursive: true });
const browser = await openBrowser();
try {
  for (const { name, ...window } of PICTURES) {
    const { page } = await browser.open(toHtml(exampleReport()), window);
    await page.screenshot({ path: join(folder, `${name}.png`), optimizeForSpeed: false });
    console.log(`docs/pictures/${name}.png`);
  }
} finally {
  await browser.close();
}
