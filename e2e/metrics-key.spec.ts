import { takeShownOnce, unique } from "./fixtures/steps.ts";
import { expect, expectNoAxeViolations, test } from "./fixtures/test.ts";

test("a key for metrics is made by the keyboard, scrapes /metrics, and is refused everywhere else", async ({
  adminPage: page,
  request,
}) => {
  const name = unique("Prometheus");
  await page.goto("/api-keys");
  await page.getByRole("link", { name: "Make API key" }).first().focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Make API key", level: 1 })).toBeVisible();

  const field = page.getByLabel("Name");
  await expect(field).toBeEnabled();
  await field.focus();
  await page.keyboard.type(name);
  await page.keyboard.press("Tab");
  const role = page.getByLabel("Role");
  await expect(role).toBeFocused();
  await page.keyboard.type("Metrics");
  await expect(role).toHaveValue("metrics");
  await expect(page.getByText("For Prometheus: reads /metrics and nothing else")).toBeVisible();
  // Metrics are those of the whole portal: there is no node to choose.
  await expect(page.getByLabel("Where")).toHaveCount(0);
  await page.keyboard.press("Tab");
  await expect(page.getByLabel("Expires")).toBeFocused();
  await expectNoAxeViolations(page);
  await page.getByRole("button", { name: "Make API key" }).focus();
  await page.keyboard.press("Enter");
  const key = await takeShownOnce(page, "API key");
  await expect(page).toHaveURL("/api-keys");
  const row = page.getByRole("row").filter({ hasText: name });
  await expect(row).toContainText("Metrics");
  await expectNoAxeViolations(page);

  const headers = { authorization: `Bearer ${key}` };
  const scraped = await request.get("/metrics", { headers });
  expect(scraped.status()).toBe(200);
  expect(scraped.headers()["content-type"]).toContain("text/plain");
  const text = await scraped.text();
  expect(text).toMatch(/^sallyport_build_info\{.*process="web".*\} 1$/m);
  expect(text).toMatch(/^sallyport_database_up 1$/m);
  expect(text).not.toContain(key);

  for (const path of ["credentials", "transports", "triggers", "runs", "nodes", "users", "api-keys", "dashboard"]) {
    const refused = await request.get(`/api/v1/${path}`, { headers });
    expect(refused.status(), path).toBe(403);
    expect((await refused.json()).code).toBe("forbidden");
  }
  const attempt = await request.post("/api/v1/nodes", { headers, data: { name: "Nowhere", parentId: null } });
  expect(attempt.status()).toBe(403);

  await row.getByRole("button", { name: `Revoke ${name}` }).click();
  const dialog = page.getByRole("dialog", { name: `Revoke the API key ${name}?` });
  await expectNoAxeViolations(page);
  await dialog.getByRole("button", { name: "Revoke" }).click();
  await expect(row).toContainText("Revoked");
  await expect.poll(async () => (await request.get("/metrics", { headers })).status()).toBe(401);
});

test("/metrics answers nobody without a key, and no key of another role", async ({ request, stack }) => {
  expect((await request.get("/metrics")).status()).toBe(401);
  const made = await request.post("/api/v1/api-keys", {
    headers: { authorization: `Bearer ${stack.apiKey}` },
    data: { name: unique("No scraper"), role: "operator" },
  });
  const { key } = (await made.json()) as { key: string };
  expect((await request.get("/metrics", { headers: { authorization: `Bearer ${key}` } })).status()).toBe(403);
});
