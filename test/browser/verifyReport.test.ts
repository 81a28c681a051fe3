// The page of a report in Debian's Chromium, as a phone and a desktop show it, and in print. Does not prove what other
// browsers do.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { toHtml } from "../../mail/verification/html.ts";
import {
  exampleReport,
  filledWith,
  HOSTILE,
  reportOf,
} from "../unit/mail/verification/verifications.ts";
import { type Opened, openBrowser } from "./open.ts";

const WINDOWS = [
  { width: 360, height: 740, scheme: "light" },
  { width: 360, height: 740, scheme: "dark" },
  { width: 1280, height: 900, scheme: "light" },
  { width: 1280, height: 900, scheme: "dark" },
] as const;

/** In the page: elements with text of their own that go beyond the window. */
const BEYOND = `
  [...document.querySelectorAll("body *")]
    .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ""))
    .filter((one) => one.getClientRects().length > 0 && getComputedStyle(one).clipPath === "none" && !one.closest("thead, caption"))
    .filter((one) => { const { left, right } = one.getBoundingClientRect(); return left < 0 || right > innerWidth + 0.5; })
    .map((one) => one.className + ": " + one.textContent.slice(0, 80))`;

/** In the page: elements whose text has less contrast to its ground than WCAG's level AA wants (4.5). */
const FAINT = `
  (() => {
    const channels = (text) => text.match(/[\\d.]+/g).map(Number);
    const light = (color) => {
      const [r, g, b] = channels(color).map((one) => one / 255).map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (one) => {
      for (let up = one; up !== null; up = up.parentElement) {
        const color = getComputedStyle(up).backgroundColor;
        if ((channels(color)[3] ?? 1) === 1) return color;
      }
      return "rgb(255, 255, 255)";
    };
    const checked = [...document.querySelectorAll("body *")].filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ""));
    const faint = checked.flatMap((one) => {
      const [a, b] = [light(getComputedStyle(one).color), light(ground(one))].sort((x, y) => y - x);
      const contrast = (a + 0.05) / (b + 0.05);
      return contrast >= 4.5 ? [] : [one.className + " " + contrast.toFixed(2) + ": " + one.textContent.slice(0, 60)];
    });
    return { checked: checked.length, faint };
  })()`;

const OPEN_ALL = `document.querySelectorAll("details").forEach((one) => { one.open = true; })`;

describe("the page of a report in a browser", () => {
  let browser: Opened;
  before(async () => {
    browser = await openBrowser();
  });
  after(() => browser.close());
  const html = toHtml(exampleReport());

  for (const window of WINDOWS) {
    const name = `${window.width} × ${window.height}, ${window.scheme}`;
    it(`fits a window of ${name}, can be read, and asks for nothing`, async () => {
      const { page, asked, said } = await browser.open(html, window);
      const badges = `[...document.querySelectorAll(".badge")].map((one) => one.checkVisibility() && one.getBoundingClientRect().width > 30 && one.innerText.trim())`;
      const words = (await page.evaluate(badges)) as unknown[];
      const judged = exampleReport().verifications.flatMap((one) => one.judged);
      assert.ok(words.length > judged.length);
      for (const word of words) assert.match(String(word), /^[✓✗?] (?:PASS|FAIL|UNKNOWN)$/);
      await page.evaluate(OPEN_ALL);
      assert.equal(await page.evaluate("innerWidth"), window.width);
      assert.ok(
        Number(await page.evaluate("document.documentElement.scrollWidth")) <= window.width,
      );
      assert.deepEqual(await page.evaluate(BEYOND), []);
      const { checked, faint } = (await page.evaluate(FAINT)) as {
        checked: number;
        faint: string[];
      };
      assert.ok(checked > 200);
      assert.deepEqual(faint, []);
      assert.deepEqual([asked, said], [[], []]);
      await page.close();
    });
  }

  it("measures what is faint or beyond the window: both are found where the style makes it so", async () => {
    const [window] = WINDOWS;
    const worse = exampleReport();
    const { page } = await browser.open(toHtml(worse), window);
    await page.evaluate(
      `document.querySelectorAll(".note").forEach((one) => { one.style.color = "#999999"; })`,
    );
    await page.evaluate(`document.querySelector("h1").style.width = "500px"`);
    const { faint } = (await page.evaluate(FAINT)) as { faint: string[] };
    assert.ok(
      faint.some((one) => one.startsWith("note 2.85: Written")),
      faint[0],
    );
    assert.match(String(await page.evaluate(BEYOND)), /Test messages of stack prod/);
    assert.ok(Number(await page.evaluate("document.documentElement.scrollWidth")) > window.width);
    await page.close();
  });

  it("draws the path downwards on a phone and to the right on a desktop", async () => {
    const nodes = `[...document.querySelector(".path").querySelectorAll(".node")].map((one) => { const { x, y } = one.getBoundingClientRect(); return [Math.round(x), Math.round(y)]; })`;
    const [phone, , desktop] = WINDOWS;
    for (const [window, axis] of [
      [phone, 1],
      [desktop, 0],
    ] as const) {
      const { page } = await browser.open(html, window);
      const places = (await page.evaluate(nodes)) as [number, number][];
      assert.equal(places.length, 4);
      for (const [index, place] of places.entries()) {
        const before = places[index - 1];
        if (before === undefined) continue;
        assert.ok(place[axis] > before[axis] + 40);
        assert.equal(place[1 - axis], before[1 - axis]);
      }
      await page.close();
    }
  });

  it("runs and loads nothing out of hostile headers, and keeps them within the window", async () => {
    const hostile = reportOf(
      ...Object.values(HOSTILE).map(filledWith),
      filledWith("x".repeat(5000)),
    );
    for (const window of WINDOWS.filter(({ scheme }) => scheme === "light")) {
      const { page, asked, said } = await browser.open(toHtml(hostile), window);
      await page.evaluate(OPEN_ALL);
      assert.equal(
        await page.evaluate("document.querySelectorAll('script, img, iframe, main style').length"),
        0,
      );
      assert.ok(
        Number(await page.evaluate("document.documentElement.scrollWidth")) <= window.width,
      );
      assert.deepEqual([asked, said], [[], []]);
      await page.close();
    }
  });

  it("is told what its policy forbids: a script and an image in it do nothing", async () => {
    const injected = html.replace(
      "<main>",
      `<main><img src="https://example.com/x.png" alt=""><script>document.title = "run"</script>`,
    );
    const { page, said } = await browser.open(injected, WINDOWS[0]);
    assert.match(await page.title(), /^Test messages of stack prod$/);
    assert.equal(said.filter((line) => /Content Security Policy/.test(line)).length, 2);
    await page.close();
  });

  it("prints all verdicts and all evidence, also what is folded", async () => {
    const { page } = await browser.open(html, WINDOWS[2]);
    const file = join(browser.folder, "report.pdf");
    await writeFile(file, await page.pdf({ format: "A4" }));
    const { pdftotext, env } = browser.found;
    const { stdout } = await promisify(execFile)(pdftotext, ["-raw", file, "-"], {
      env: { ...process.env, ...env },
    });
    const text = stdout.replaceAll(/\s+/g, "");
    const count = (word: string) => text.split(word).length - 1;
    for (const outcome of ["pass", "fail", "unknown"]) {
      const judged = exampleReport()
        .verifications.flatMap((one) => one.judged)
        .filter((one) => one.outcome === outcome);
      assert.ok(count(outcome.toUpperCase()) >= judged.length, outcome);
    }
    for (const said of [
      "RCPTTO:<you@example.org>",
      "Sendexternal",
      "X-MS-Exchange-CrossTenant-FromEntityHeader:HybridOnPrem",
      "Nottrusted",
      "relay-scanner-connector",
    ]) {
      assert.ok(text.includes(said), said);
    }
    await page.close();
  });
});
