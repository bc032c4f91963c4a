import type { APIRequestContext, Page } from "@playwright/test";
import { Secret, TOTP } from "otpauth";
import { expect, expectNoAxeViolations, readStack, test } from "./fixtures/test.ts";

const api = () => ({ authorization: `Bearer ${readStack().apiKey}` });
const password = "a password for journeys";

async function makeUser(request: APIRequestContext, role: string) {
  const username = `factor-${crypto.randomUUID().slice(0, 8)}`;
  const data = { username, password, roles: [{ role, nodeId: null }] };
  const response = await request.post("/api/v1/users", { headers: api(), data });
  expect(response.status()).toBe(201);
  const { id } = (await response.json()) as { id: string };
  return { id, username, password };
}

/** What the app shows, now or so many steps of 30 s ahead: a code is taken once, and one step ahead is still taken. */
const codeOf = (secret: string, stepsAhead = 0) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + stepsAhead * 30_000 });

async function confirmPassword(page: Page, button: string) {
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Current password").fill(password);
  await dialog.getByRole("button", { name: button }).click();
}

/** On the account page: sets an app up and keeps the recovery codes. */
async function setUpApp(page: Page): Promise<{ secret: string; codes: string[] }> {
  await page.getByRole("button", { name: "Set up an authenticator app" }).click();
  await confirmPassword(page, "Go on");
  await expect(page.getByRole("img", { name: "QR code for the authenticator app" })).toBeVisible();
  const secret = ((await page.locator("code").first().textContent()) ?? "").replaceAll(" ", "");
  await expectNoAxeViolations(page);
  await page.getByRole("textbox", { name: "Code" }).fill("000000");
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByText("This is not the code that the app should show now.")).toBeVisible();
  await page.getByRole("textbox", { name: "Code" }).fill(codeOf(secret));
  await page.getByRole("button", { name: "Confirm" }).click();
  const dialog = page.getByRole("dialog", { name: "Your recovery codes" });
  const entries = dialog.getByRole("list", { name: "Recovery codes" }).getByRole("listitem");
  await expect(entries).toHaveCount(10);
  const codes = await entries.allTextContents();
  await expectNoAxeViolations(page);
  await expect(dialog.getByRole("button", { name: "Done" })).toBeDisabled();
  await dialog.getByLabel("I have kept the recovery codes").check();
  await dialog.getByRole("button", { name: "Done" }).click();
  return { secret, codes };
}

async function enterPassword(page: Page, account: { username: string }) {
  await page.goto("/signin");
  await page.getByLabel("Username").fill(account.username);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

test("an authenticator app is set up, asked for at sign-in, and replaced by a recovery code when it is lost", async ({
  openPage,
  request,
}) => {
  const user = await makeUser(request, "operator");
  const page = await openPage(user);
  await page.goto("/account");
  const { secret, codes } = await setUpApp(page);
  await expect(page.getByText("10 recovery codes are left.")).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "This one" })).toContainText("authenticator app");
  await expectNoAxeViolations(page);

  await page.context().clearCookies();
  await enterPassword(page, user);
  const code = page.getByRole("textbox", { name: "Code" });
  await expect(code).toBeFocused();
  await expect(code).toHaveAttribute("autocomplete", "one-time-code");
  await expectNoAxeViolations(page);
  await code.fill("000000");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  const alert = page.getByRole("main").getByRole("alert");
  await expect(alert).toContainText("This code is wrong or was used already");
  await code.fill(codeOf(secret, 1));
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page).toHaveURL("/");

  await page.context().clearCookies();
  await enterPassword(page, user);
  await page.getByRole("button", { name: "Use a recovery code" }).click();
  await page.getByLabel("Recovery code").fill(codes[0] ?? "");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page).toHaveURL("/");
  await page.goto("/account");
  await expect(page.getByText("9 recovery codes are left.")).toBeVisible();

  await page.getByRole("button", { name: "Remove second factor" }).click();
  await confirmPassword(page, "Remove");
  await expect(page.getByRole("button", { name: "Set up an authenticator app" })).toBeVisible();
  // The password alone is enough again.
  await openPage(user);
});

test("a role that demands a second factor leads to the account page until one is set up, and an admin can remove a lost one", async ({
  adminPage,
  openPage,
  request,
}) => {
  // No other journey signs in as a lead.
  const lead = await makeUser(request, "lead");
  const page = await openPage(lead);
  await page.goto("/runs");
  await expect(page).toHaveURL("/runs");

  await adminPage.goto("/users");
  await adminPage.getByRole("link", { name: "Second factor" }).click();
  await adminPage.getByLabel("Lead").check();
  await expectNoAxeViolations(adminPage);
  await adminPage.getByRole("button", { name: "Save" }).click();
  await expect(adminPage.getByText("Saved which roles demand a second factor.")).toBeVisible();
  try {
    await page.goto("/runs");
    await expect(page).toHaveURL("/account");
    await expect(page.getByText("Your role asks for a second factor")).toBeVisible();
    await expectNoAxeViolations(page);
    await setUpApp(page);
    await expect(page).toHaveURL("/");
    await page.goto("/runs");
    await expect(page).toHaveURL("/runs");

    await adminPage.goto(`/users/${lead.id}`);
    await expect(adminPage.getByText("10 recovery codes left.")).toBeVisible();
    await adminPage.getByRole("button", { name: "Remove second factor" }).click();
    await adminPage.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await expect(adminPage.getByText(`Removed the second factor of ${lead.username}.`)).toBeVisible();
    await page.goto("/account");
    await expect(page).toHaveURL(/\/signin/);
  } finally {
    await request.patch("/api/v1/mfa-policy", { headers: api(), data: { requiredFor: [] } });
  }
});
