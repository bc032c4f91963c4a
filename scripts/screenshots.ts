import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright";
import startStack, { type Stack } from "../e2e/fixtures/stack.ts";
import { signIn } from "../e2e/fixtures/test.ts";
import { chromiumFlags, ensureChromium } from "./chromium.ts";
import { seedDemo } from "./demo-data.ts";

// npm run screenshots: the pictures of the documentation, of a portal with the demo's sample data.
const folder = join("docs", "images");
const wide = { width: 1440, height: 900 };
const narrow = { width: 360, height: 740 };

const report = (line: string) => console.log(line);
const executablePath = await ensureChromium(report);
const stop = await startStack();
const stack: Stack = JSON.parse(process.env.SALLYPORT_TEST_STACK ?? "");
const browser = await chromium.launch({ executablePath, args: chromiumFlags });
try {
  await seedDemo({ url: stack.baseUrl, apiKey: stack.apiKey, places: stack.sandbox, report });
  await runTriggers(stack);
  mkdirSync(folder, { recursive: true });
  await take(browser, "light", wide, "");
  await take(browser, "dark", wide, "-dark");
  await take(browser, "light", narrow, "-narrow");
} finally {
  await browser.close();
  await stop();
}

/** Some runs, so that lists and receipts have something to show: the second one of a trigger uses the kept token. */
async function runTriggers({ baseUrl, apiKey }: Stack): Promise<void> {
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
  const answer = await fetch(`${baseUrl}/api/v1/triggers`, { headers });
  const { items } = (await answer.json()) as { items: { id: string }[] };
  const body = JSON.stringify({ variables: { id: "A-1042", quantity: 3, site: "7", machine: "Press 4" } });
  for (const { id } of [...items, ...items]) {
    await fetch(`${baseUrl}/api/v1/triggers/${id}/run`, { method: "POST", headers, body });
  }
}

/** The pages by name, in one colour scheme and size. */
async function take(on: Browser, colorScheme: "light" | "dark", viewport: typeof wide, suffix: string): Promise<void> {
  const context = await on.newContext({ baseURL: stack.baseUrl, colorScheme, viewport, deviceScaleFactor: 1 });
  const page = await context.newPage();
  await shoot(page, "sign-in", "/signin");
  await signIn(page, stack.admin);
  await shoot(page, "credentials", "/credentials");
  await open(page, "Orders API");
  await save(page, "credential");
  await shoot(page, "transports", "/transports");
  await shoot(page, "triggers", "/triggers");
  await shoot(page, "runs", "/runs");
  await page.locator("main table").getByRole("link").first().click();
  await page.waitForURL(/\/runs\/[0-9a-f-]+$/);
  await save(page, "run");
  await context.close();

  async function shoot(on: Page, name: string, path: string): Promise<void> {
    await on.goto(path);
    await save(on, name);
  }

  async function open(on: Page, link: string): Promise<void> {
    await on.locator("main").getByRole("link", { name: link, exact: true }).first().click();
    await on.getByRole("heading", { level: 1, name: link }).waitFor();
  }

  async function save(on: Page, name: string): Promise<void> {
    await on.getByRole("heading", { level: 1 }).waitFor();
    await on.waitForLoadState("networkidle");
    await on.screenshot({ path: join(folder, `${name}${suffix}.png`), animations: "disabled" });
    report(`${folder}/${name}${suffix}.png`);
  }
}
