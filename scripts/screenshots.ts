import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Locator, type Page } from "playwright";
import startStack, { type Stack } from "../e2e/fixtures/stack.ts";
import { signIn } from "../e2e/fixtures/test.ts";
import { chromiumFlags, ensureChromium } from "./chromium.ts";
import { seedDemo } from "./demo-data.ts";

// npm run screenshots: the pictures of the documentation, of a portal with the demo's sample data.
const folder = join("docs", "images");
const wide = { width: 1440, height: 900 };
const narrow = { width: 360, height: 740 };
const pageNames = [
  "sign-in",
  "credentials",
  "credential",
  "transports",
  "triggers",
  "soap-trigger",
  "runs",
  "run",
] as const;

const report = (line: string) => console.log(line);
const executablePath = await ensureChromium(report);
const stop = await startStack();
const stack: Stack = JSON.parse(process.env.SALLYPORT_TEST_STACK ?? "");
const browser = await chromium.launch({ executablePath, args: chromiumFlags });
try {
  await seedDemo({ url: stack.baseUrl, apiKey: stack.apiKey, places: stack.sandbox, report });
  await runTriggers(stack);
  mkdirSync(folder, { recursive: true });
  await take(browser, { colorScheme: "light", viewport: wide, suffix: "" }, pageNames);
  await take(browser, { colorScheme: "dark", viewport: wide, suffix: "-dark" }, ["credentials"]);
  await take(browser, { colorScheme: "light", viewport: narrow, suffix: "-narrow" }, ["run"]);
} finally {
  await browser.close();
  await stop();
}

/** Some runs, so that lists and receipts have something to show: the second one of a trigger uses the kept token. */
async function runTriggers({ baseUrl, apiKey }: Stack): Promise<void> {
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
  const answer = await fetch(`${baseUrl}/api/v1/triggers`, { headers });
  const { items } = (await answer.json()) as { items: { id: string }[] };
  const body = JSON.stringify({
    variables: { id: "A-1042", quantity: 3, site: "7", item: "AB-1042", machine: "Press 4" },
  });
  for (const { id } of [...items, ...items]) {
    await fetch(`${baseUrl}/api/v1/triggers/${id}/run`, { method: "POST", headers, body });
  }
}

/** How to come to what a picture shows, from anywhere in the workbench. */
function waysTo(page: Page): Record<(typeof pageNames)[number], () => Promise<unknown>> {
  const first = (link: Locator) => link.first().click();
  return {
    "sign-in": () => page.goto("/signin"),
    credentials: () => page.goto("/credentials"),
    credential: async () => {
      await page.goto("/credentials");
      await first(page.locator("main").getByRole("link", { name: "Orders API", exact: true }));
      await page.getByRole("heading", { level: 1, name: "Orders API" }).waitFor();
    },
    transports: () => page.goto("/transports"),
    triggers: () => page.goto("/triggers"),
    "soap-trigger": async () => {
      await page.goto("/transports?type=WS_SOAP");
      await first(page.locator("main table").getByRole("link", { name: "Stock", exact: true }));
      await page.getByRole("link", { name: "New trigger for ReserveStock" }).click();
      await page.getByRole("button", { name: "Fill in examples" }).click();
      await page.getByLabel("item", { exact: true }).fill("AB-1042");
      await page.getByLabel("quantity", { exact: true }).fill("{{variables.quantity}}");
      await page.getByText("item>AB-1042<").waitFor();
      await page.getByRole("heading", { name: "Request", exact: true }).evaluate((heading) => {
        scrollTo({ top: heading.getBoundingClientRect().top + scrollY - 80 });
      });
    },
    runs: () => page.goto("/runs"),
    run: async () => {
      await page.goto("/runs?status=succeeded");
      await first(page.locator("main table").getByRole("link"));
      await page.getByRole("heading", { level: 1, name: /^Run of/ }).waitFor();
    },
  };
}

type Look = { colorScheme: "light" | "dark"; viewport: typeof wide; suffix: string };

/** Takes pages by name in one colour scheme and size. */
async function take(
  on: Browser,
  { suffix, ...look }: Look,
  names: readonly (typeof pageNames)[number][],
): Promise<void> {
  const context = await on.newContext({ baseURL: stack.baseUrl, deviceScaleFactor: 1, ...look });
  const page = await context.newPage();
  const ways = waysTo(page);
  for (const [index, name] of names.entries()) {
    if (name !== "sign-in" && (index === 0 || names[index - 1] === "sign-in")) await signIn(page, stack.admin);
    await ways[name]();
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    const path = join(folder, `${name}${suffix}.png`);
    await page.screenshot({ path, animations: "disabled" });
    report(path);
  }
  await context.close();
}
