import { expect, expectNoAxeViolations, readStack, signIn, test } from "./fixtures/test.ts";

test("the portal is alive and ready", async ({ request }) => {
  expect((await request.get("/healthz")).status()).toBe(200);
  expect((await request.get("/readyz")).status()).toBe(200);
});

test("an admin signs in and sees the workbench", async ({ page }) => {
  await page.goto("/runs");
  await expect(page).toHaveURL(/\/signin/);
  await expectNoAxeViolations(page);
  await signIn(page, readStack().admin);
  await expect(page.getByRole("main")).toBeVisible();
  await expectNoAxeViolations(page);
});

test("a wrong password is refused with words", async ({ page }) => {
  const account = { ...readStack().admin, password: "not-the-password" };
  await page.goto("/signin");
  await page.getByLabel("Username").fill(account.username);
  await page.getByLabel("Password", { exact: true }).fill(account.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("alert").filter({ hasText: /./ }).first()).toBeVisible();
  await expect(page).toHaveURL(/\/signin/);
});
