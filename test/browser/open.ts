import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { type FoundBrowser, findBrowser } from "../../scripts/oracles/browser.ts";

/** A browser with pages of ours. */
export interface Opened {
  readonly found: FoundBrowser;
  /** For files; goes with the browser. */
  readonly folder: string;
  /** Opens a page in a window of that size, and tells what it asks for and complains of. */
  open(html: string, window: Window): Promise<{ page: Page; asked: string[]; said: string[] }>;
  close(): Promise<void>;
}

export interface Window {
  readonly width: number;
  readonly height: number;
  readonly scheme: "light" | "dark";
}

/** Starts the browser. It speaks over a pipe, so that no port is opened; root can't have Chromium's sandbox. */
export async function openBrowser(): Promise<Opened> {
  const found = await findBrowser();
  if (found.kind === "missing") throw new Error(found.reason);
  const folder = await mkdtemp(join(tmpdir(), "m365-test-browser-"));
  const browser: Browser = await puppeteer.launch({
    executablePath: found.chromium,
    headless: "shell",
    pipe: true,
    args: ["--no-sandbox", "--disable-gpu"],
    userDataDir: join(folder, "profile"),
    env: { ...process.env, ...found.env },
  });
  let pages = 0;
  return {
    found,
    folder,
    async open(html, { width, height, scheme }) {
      const file = join(folder, `${++pages}.html`);
      await writeFile(file, html);
      const page = await browser.newPage();
      const [asked, said]: [string[], string[]] = [[], []];
      page.on("request", (request) => asked.push(request.url()));
      page.on("console", (message) => said.push(message.text()));
      page.on("pageerror", (error) => said.push(String(error)));
      page.on("dialog", (dialog) => said.push(dialog.message()));
      await page.setViewport({ width, height });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      await page.goto(pathToFileURL(file).href);
      return { page, asked: asked.filter((url) => url !== pathToFileURL(file).href), said };
    },
    async close() {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
