import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Locator, type Page } from "playwright";
import startStack, { type Stack } from "../e2e/fixtures/stack.ts";
import { signIn } from "../e2e/fixtures/test.ts";
import { chromiumFlags, ensureChromium } from "./chromium.ts";
import { seedDemo } from "./demo-data.ts";
import { addDemoHistory } from "./demo-history.ts";

// npm run screenshots: the pictures of the documentation, of a portal with the demo's sample data.
const folder = join("docs", "images");
const wide = { width: 1440, height: 900 };
const wall = { width: 1920, height: 1080 };
const narrow = { width: 360, height: 740 };
const pageNames = [
  "sign-in-tree",
  "sign-in",
  "credentials",
  "credential",
  "transports",
  "triggers",
  "soap-trigger",
  "runs",
  "run",
  "user-credential",
  "mapping",
  "dashboard",
  "dashboard-wall",
  "alerts",
  "schedule-trigger",
  "webhook-trigger",
  "retention",
  "doctor",
  "certificates",
] as const;
const lightNames = pageNames.filter((name) => name !== "dashboard-wall");
/** What is seen without being signed in. */
const publicNames: readonly string[] = ["sign-in-tree", "sign-in"];

const report = (line: string) => console.log(line);
const executablePath = await ensureChromium(report);
const stop = await startStack();
const stack: Stack = JSON.parse(process.env.SALLYPORT_TEST_STACK ?? "");
const browser = await chromium.launch({ executablePath, args: chromiumFlags });
try {
  await seedDemo({ url: stack.baseUrl, apiKey: stack.apiKey, places: stack.sandbox, report });
  await sendAlerts(stack);
  await runTriggers(stack);
  await addDemoHistory(stack.databaseUrl);
  mkdirSync(folder, { recursive: true });
  await take(browser, { colorScheme: "light", viewport: wide, suffix: "" }, lightNames);
  await take(browser, { colorScheme: "dark", viewport: wide, suffix: "-dark" }, ["credentials"]);
  await take(browser, { colorScheme: "dark", viewport: wall, suffix: "" }, ["dashboard-wall"]);
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

/** A message that arrives, and a channel whose mail server is nowhere, so that the delivery log shows what it says then. */
async function sendAlerts({ baseUrl, apiKey }: Stack): Promise<void> {
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
  const email = {
    host: "smtp.example.com",
    port: 587,
    security: "starttls",
    username: "",
    from: "Sallyport <sallyport@example.com>",
    to: ["operations@example.com"],
    toOwner: true,
  };
  const body = JSON.stringify({ name: "Operations", kind: "email", email });
  await fetch(`${baseUrl}/api/v1/alert-channels`, { method: "POST", headers, body });
  const answer = await fetch(`${baseUrl}/api/v1/alert-channels`, { headers });
  const { items } = (await answer.json()) as { items: { id: string }[] };
  for (const { id } of items) await fetch(`${baseUrl}/api/v1/alert-channels/${id}/test`, { method: "POST", headers });
}

/** How to come to what a picture shows, from anywhere in the workbench. */
function waysTo(page: Page): Record<(typeof pageNames)[number], () => Promise<unknown>> {
  const first = (link: Locator) => link.first().click();
  return {
    "sign-in-tree": async () => {
      await page.goto("/");
      await page.getByRole("treeitem", { name: "Plant 7" }).click({ button: "right" });
      await page.getByRole("menuitem", { name: "User External Credentials" }).waitFor();
    },
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
    dashboard: async () => {
      // The worker counts what was made up for the past, within a minute.
      const isCounted = page.getByRole("link", { name: /^\d,\d{3} runs succeeded$/ });
      do await page.goto("/dashboard?range=7d");
      while (!(await isCounted.isVisible()));
      await page.locator("[data-chart] svg path").first().waitFor();
    },
    "dashboard-wall": async () => {
      await page.goto("/dashboard?range=7d&view=wall");
      await page.locator("[data-chart] svg path").first().waitFor();
    },
    alerts: async () => {
      await page.goto("/alerts");
      await page.locator("main table").getByText("Delivered").first().waitFor();
    },
    "schedule-trigger": () => openTrigger(page, "Count the stock"),
    "webhook-trigger": async () => {
      await openTrigger(page, "Order of the shop");
      await page.getByText("Example with curl").first().click();
    },
    retention: () => page.goto("/retention"),
    doctor: async () => {
      await page.goto("/credentials");
      await first(page.locator("main").getByRole("link", { name: "Maintenance API", exact: true }));
      await page.getByRole("button", { name: "Check now" }).click();
      const steps = page.getByRole("region", { name: "Check of Maintenance API" });
      await steps.getByText("Transport", { exact: true }).waitFor();
    },
    certificates: async () => {
      await page.goto("/credentials/new");
      await page.getByLabel("Credential Name").fill("Orders API");
      await page
        .getByLabel("Endpoint URL")
        .fill("https://login.microsoftonline.com/7c9a4d1e-5b32-4f06-9e8d-2a61c0f3b754/oauth2/v2.0/token");
      await page.getByLabel("Client ID").fill("0b6f3c52-8d4e-4a17-b9c5-61e2d7a80f31");
      const section = page.locator("summary").filter({ hasText: "Client authentication" });
      await section.click();
      await page.getByLabel("Client authentication").selectOption("Certificate (signed JWT)");
      const buffer = readFileSync(join("lib", "platform", "certificates", "fixtures", "openssl3.pfx"));
      const file = { name: "orders-client.pfx", mimeType: "application/x-pkcs12", buffer };
      await page.getByLabel("Files of key and certificate").setInputFiles(file);
      await page.getByLabel("Password of the file").fill("modern");
      await section.evaluate((heading) => {
        scrollTo({ top: heading.getBoundingClientRect().top + scrollY - 80 });
      });
    },
    "user-credential": async () => {
      await openProfile(page, "Edit");
      await page.getByLabel("JWT Username").waitFor();
      await page.evaluate(markJwtFields);
    },
    mapping: async () => {
      await openProfile(page, "Mapping sandbox");
      await page.getByRole("link", { name: "Sign in for a test" }).click();
      await page.getByRole("button", { name: /^Sign in as Olga/ }).click();
      const accept = page.getByRole("button", { name: "Accept" });
      const worked = page.getByText("The test sign-in worked");
      await accept.or(worked).waitFor();
      if (await accept.isVisible()) await accept.click();
      await worked.waitFor();
    },
  };
}

async function openTrigger(page: Page, name: string): Promise<void> {
  await page.goto("/triggers");
  await page.locator("main").getByRole("link", { name, exact: true }).first().click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
}

/** The User credential of the sample data, at its form or its mapping sandbox. */
async function openProfile(page: Page, way: "Edit" | "Mapping sandbox"): Promise<void> {
  await page.goto("/credentials");
  await page.locator("main").getByRole("link", { name: "Workbench sign-in", exact: true }).first().click();
  await page.getByRole("heading", { level: 1, name: "Workbench sign-in" }).waitFor();
  await page
    .getByRole("link", { name: way })
    .or(page.getByRole("button", { name: way }))
    .click();
}

/** Draws a frame round what the JWT is read by, and scrolls to it. Runs in the page. */
function markJwtFields(): void {
  const fields = ["jwtUsernameKey", "jwtRolesKey", "roleMapping.0.claimValue"]
    .map((name) => document.querySelector(`[name="${name}"]`))
    .map((input) => input?.closest("fieldset:not(.form-fields)") ?? input?.closest(".mantine-InputWrapper-root"));
  for (const field of fields as (HTMLElement | null)[]) {
    if (field) Object.assign(field.style, { outline: "3px solid #e8590c", outlineOffset: "4px", borderRadius: "2px" });
  }
  fields[0]?.scrollIntoView({ block: "center" });
}

type Look = { colorScheme: "light" | "dark"; viewport: typeof wide; suffix: string };

/** Takes pages by name in one colour scheme and size. */
async function take(
  on: Browser,
  { suffix, ...look }: Look,
  names: readonly (typeof pageNames)[number][],
): Promise<void> {
  const context = await on.newContext({
    baseURL: stack.baseUrl,
    ignoreHTTPSErrors: true,
    deviceScaleFactor: 1,
    ...look,
  });
  const page = await context.newPage();
  const ways = waysTo(page);
  for (const [index, name] of names.entries()) {
    const isFirst = index === 0 || publicNames.includes(names[index - 1]!);
    if (!publicNames.includes(name) && isFirst) await signIn(page, stack.admin);
    await ways[name]();
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    const path = join(folder, `${name}${suffix}.png`);
    await page.screenshot({ path, animations: "disabled" });
    report(path);
  }
  await context.close();
}
