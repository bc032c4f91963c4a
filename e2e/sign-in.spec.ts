import type { APIRequestContext, Page } from "@playwright/test";
import { runSql } from "./fixtures/database.ts";
import { findRedirect } from "./fixtures/redirects.ts";
import { expect, expectNoAxeViolations, readStack, test } from "./fixtures/test.ts";

const api = () => ({ authorization: `Bearer ${readStack().apiKey}` });
const password = "a password for journeys";

/** Makes a user through the API under a name of its own; the password is made up unless given. */
async function makeUser(request: APIRequestContext, fields: Record<string, unknown> = {}) {
  const username = `sign-in-${crypto.randomUUID().slice(0, 8)}`;
  const response = await request.post("/api/v1/users", { headers: api(), data: { username, ...fields } });
  expect(response.status()).toBe(201);
  const user = (await response.json()) as { id: string; version: number; password: string | null };
  return { ...user, username, password: user.password ?? String(fields.password) };
}

/** @returns why the portal refused; null if it signed in. */
async function signInByRequest(request: APIRequestContext, account: { username: string; password: string }) {
  const { csrfToken } = (await (await request.get("/api/auth/csrf")).json()) as { csrfToken: string };
  const form = { username: account.username, password: account.password, csrfToken, callbackUrl: "/", json: "true" };
  const answer = await request.post("/api/auth/callback/credentials", { form });
  const { url } = (await answer.json()) as { url: string };
  return new URL(url).searchParams.get("error");
}

async function submit(page: Page, account: { username: string; password: string }) {
  await page.getByLabel("Username").fill(account.username);
  await page.getByLabel("Password", { exact: true }).fill(account.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

test("signing in leads to the requested page, also with the keyboard alone and a password manager", async ({
  page,
}) => {
  await page.goto("/users?role=admin");
  await expect(page).toHaveURL(/\/signin\?returnTo=%2Fusers%3Frole%3Dadmin$/);
  await expectNoAxeViolations(page);
  await expect(page.getByLabel("Username")).toBeFocused();
  await expect(page.getByLabel("Username")).toHaveAttribute("autocomplete", "username");
  await expect(page.getByLabel("Password", { exact: true })).toHaveAttribute("autocomplete", "current-password");
  await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeEnabled();
  await page.keyboard.type(readStack().admin.username);
  await page.keyboard.press("Tab");
  await page.keyboard.type(readStack().admin.password);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/users?role=admin");
  await expect(page.getByRole("heading", { name: "Users", level: 1 })).toBeVisible();
  await expectNoAxeViolations(page);
});

test("wrong passwords are refused with words, and too many with the time to wait", async ({ page, request }) => {
  const user = await makeUser(request, { password });
  await page.goto("/signin");
  const alert = page.getByRole("main").getByRole("alert");
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const answered = page.waitForResponse(/callback\/credentials/);
    await submit(page, { ...user, password: "wrong" });
    await answered;
    await expect(alert).toContainText("Username or password is wrong");
  }
  // However slow the next attempt is, it comes before the end of the block.
  const extended = await runSql(
    "update sign_in_throttles set blocked_until = now() + interval '10 minutes' where key like $1 and blocked_until > last_attempt_at",
    [`account:${user.id}/%`],
  );
  expect(extended.rowCount).toBe(1);
  await submit(page, user);
  await expect(alert).toContainText("Too many failed attempts");
  await expect(alert).toContainText(/Try again in \d+ (second|minute)s?\./);
  await expect(page).toHaveURL(/\/signin/);
  await expectNoAxeViolations(page);
});

test("a disabled account is told so, and a session of it ends", async ({ openPage, request }) => {
  const user = await makeUser(request, { password });
  const page = await openPage(user);
  await page.goto("/account");
  await expect(page.getByRole("heading", { name: "Account", level: 1 })).toBeVisible();
  const response = await request.patch(`/api/v1/users/${user.id}`, {
    headers: api(),
    data: { version: user.version, disabled: true },
  });
  expect(response.status()).toBe(200);
  await page.goto("/account");
  await expect(page).toHaveURL(/\/signin/);
  await submit(page, user);
  await expect(page.getByRole("main").getByRole("alert")).toContainText("This account is disabled");
});

test("a password that was handed out must be changed before anything else", async ({ page, request }) => {
  const user = await makeUser(request);
  await page.goto("/signin");
  await submit(page, user);
  await expect(page).toHaveURL("/account");
  await page.goto("/runs");
  await expect(page).toHaveURL("/account");
  await expectNoAxeViolations(page);

  await page.getByLabel("Current password", { exact: true }).fill(user.password);
  await page.getByLabel("New password", { exact: true }).fill("short");
  await page.getByLabel("New password again", { exact: true }).fill("short");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("The password must have at least 12 characters; this one has 5.")).toBeVisible();
  await page.getByLabel("New password", { exact: true }).fill(password);
  await page.getByLabel("New password again", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page).toHaveURL("/");
  await page.goto("/account");
  await expect(page.getByText("Choose a new password to go on")).toHaveCount(0);
});

test("signing out everywhere else ends the other browser's session", async ({ openPage, request }) => {
  const user = await makeUser(request, { password });
  const page = await openPage(user);
  const other = (await openPage(user)).request;
  expect(await findRedirect(other, "/account")).toBe("");

  await page.goto("/account");
  await expect(page.getByRole("row").filter({ hasText: "This one" })).toHaveCount(1);
  await page.getByRole("button", { name: "Sign out everywhere else" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByText("1 session has ended.")).toBeVisible();
  expect(await findRedirect(other, "/account")).toMatch(/^\/signin/);
  await page.reload();
  await expect(page.getByRole("heading", { name: "Account", level: 1 })).toBeVisible();
});

test("the session cookie is out of reach of scripts and other sites, and dies with its row", async ({ request }) => {
  const user = await makeUser(request, { password });
  expect(await signInByRequest(request, user)).toBeNull();
  const { cookies } = await request.storageState();
  const cookie = cookies.find(({ name }) => name === "next-auth.session-token");
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
  const session = async () => (await request.get("/api/auth/session")).json();
  expect(await session()).toMatchObject({ user: { name: user.id } });
  const list = await request.get(`/api/v1/sessions?userId=${user.id}`, { headers: api() });
  const { items } = (await list.json()) as { items: { id: string }[] };
  expect(items).toHaveLength(1);
  await request.delete(`/api/v1/sessions/${items[0]?.id}`, { headers: api() });
  expect(await session()).toEqual({});
  expect(await findRedirect(request, "/account")).toMatch(/^\/signin/);
});

test("signing in needs next-auth's CSRF token", async ({ request }) => {
  const { admin } = readStack();
  const response = await request.post("/api/auth/callback/credentials", {
    form: { ...admin, json: "true", csrfToken: "made up" },
    maxRedirects: 0,
  });
  expect(response.headers()["set-cookie"] ?? "").not.toContain("session-token");
});
