import { Webhook } from "standardwebhooks";
import { testLimitMs } from "../scripts/test-limits.ts";
import { startMailServer } from "../scripts/test-mail-server.ts";
import { listen } from "../scripts/test-servers.ts";
import { startPortalProcess } from "./fixtures/processes.ts";
import { openSection, prepareCredential, unique } from "./fixtures/steps.ts";
import { expect, expectNoAxeViolations, test } from "./fixtures/test.ts";

test("an admin adds a signed webhook, tries it, and hears of a secret that ends; the log tells each attempt", async ({
  adminPage: page,
  stack,
}) => {
  const posted: { headers: Record<string, string>; body: string }[] = [];
  const receiver = await listen((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      posted.push({ headers: request.headers as Record<string, string>, body });
      response.writeHead(200).end("thanks");
    });
  });
  const name = unique("Operations");
  await page.goto("/alerts");
  await expectNoAxeViolations(page);
  await page.getByRole("link", { name: "Add channel" }).click();
  await expect(page.getByRole("heading", { name: "Add alert channel", level: 1 })).toBeVisible();
  await expectNoAxeViolations(page);
  await expect(page.getByRole("checkbox", { name: "Secrets and certificates that end" })).toBeChecked();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Sent by").selectOption("Webhook");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Enter the webhook's URL.").or(page.getByText("Enter a whole URL"))).toBeVisible();
  await page.getByLabel("Webhook URL").fill(`http://127.0.0.1:${receiver.port}/journey-canary`);
  await page.getByRole("button", { name: "Generate" }).click();
  const secret = await page.getByLabel("Signing secret").inputValue();
  expect(secret).toMatch(/^whsec_/);
  await page.getByRole("button", { name: "Save" }).click();

  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
  await page.getByRole("button", { name: "Test" }).click();
  await expect(page.getByText("The test message was taken")).toBeVisible();
  await expectNoAxeViolations(page);
  // Secrets of other journeys end, too, and may have been told before.
  const sent = posted.find(({ body }) => JSON.parse(body).type === "sallyport.test")!;
  expect(new Webhook(secret).verify(sent.body, sent.headers)).toMatchObject({ type: "sallyport.test" });
  const content = await page.content();
  expect(content).not.toContain("journey-canary");
  expect(content).not.toContain(secret.slice(6));

  // A secret that ends in some days: in the table, and told.
  const credential = unique("Ending");
  await prepareCredential(credential);
  await page.goto(`/credentials?q=${encodeURIComponent(credential)}`);
  await page.getByRole("link", { name: credential }).click();
  await page.getByRole("button", { name: "Edit" }).click();
  await expect(page.getByRole("heading", { name: `Edit ${credential}`, level: 1 })).toBeVisible();
  const day = new Date(Date.now() + 6 * 86_400_000).toISOString().slice(0, 10);
  await openSection(page, "Client authentication");
  await page.getByLabel("Secret expires on").fill(day);
  await openSection(page, "Ownership");
  await page.getByLabel("Owner", { exact: true }).fill("Plant 7");
  await page.getByLabel("Refresh interval").fill("1500");
  await page.getByLabel("Refresh interval").fill("120");
  await expect(page.getByText(/The last token lived .* anyway/)).toBeVisible();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Can't be reached: no e-mail address is known")).toBeVisible();
  await page.goto(`/credentials?secretEnds=7&sort=secretEndsAt&q=${encodeURIComponent(credential)}`);
  await expect(page.getByRole("row", { name: credential }).getByText(/^[56] days left/)).toBeVisible();
  await expectNoAxeViolations(page);
  const told = () =>
    posted.map(({ body }) => JSON.parse(body)).filter(({ data }) => JSON.stringify(data).includes(credential));
  // A worker looks for secrets that end when it starts, and then once a minute.
  const worker = startPortalProcess("lib/worker.ts", { SALLYPORT_URL: stack.baseUrl });
  await expect.poll(() => told().length).toBeGreaterThan(0);
  await worker.stop(testLimitMs);

  const message = page.getByRole("link", { name: told()[0].data.title }).first();
  await expect(async () => {
    await page.goto("/alerts?status=delivered");
    expect(await message.isVisible()).toBe(true);
  }).toPass();
  await message.click();
  await expect(page.getByRole("heading", { name: "Attempts" })).toBeVisible();
  await expect(page.getByText("200", { exact: true })).toBeVisible();
  await expectNoAxeViolations(page);
  await receiver.close();
});

test("a mail channel that the server refuses says why, is edited, and then arrives; deleting asks first", async ({
  adminPage: page,
}) => {
  const server = await startMailServer({ login: "portal:right" });
  const name = unique("Mail");
  await page.goto("/alerts/new");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("textbox", { name: "Mail server" }).fill("127.0.0.1");
  await page.getByRole("textbox", { name: "Port" }).fill(String(server.port));
  await page.getByLabel("Security").selectOption({ label: "None: not encrypted" });
  await page.getByLabel("User", { exact: true }).fill("portal");
  await page.getByLabel("Password").fill("wrong");
  await page.getByLabel("From").fill("sallyport@example.com");
  await page.getByLabel("To", { exact: true }).fill("ops@example.com");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
  await page.getByRole("button", { name: "Test" }).click();
  await expect(page.getByText(/refused user and password/).first()).toBeVisible();
  await page.getByRole("link", { name: "Edit" }).click();
  await expect(page.getByRole("heading", { name: `Edit ${name}`, level: 1 })).toBeVisible();
  await expectNoAxeViolations(page);
  await page.getByRole("button", { name: /Replace/ }).click();
  await page.getByLabel("Password", { exact: true }).fill("right");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
  await page.getByRole("button", { name: "Test" }).click();
  await expect(page.getByText("The test message was taken")).toBeVisible();
  expect(server.mails[0]?.to).toEqual(["ops@example.com"]);
  await page.getByRole("button", { name: "Delete" }).click();
  const dialog = page.getByRole("dialog", { name: /Delete the alert channel/ });
  await expectNoAxeViolations(page);
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(page).toHaveURL("/alerts");
  await expect(page.getByRole("link", { name, exact: true })).toHaveCount(0);
  await server.close();
});
