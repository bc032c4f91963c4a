import type { APIRequestContext } from "@playwright/test";
import { findRedirect } from "./fixtures/redirects.ts";
import { takeShownOnce } from "./fixtures/steps.ts";
import { expect, expectNoAxeViolations, readStack, test } from "./fixtures/test.ts";

const api = () => ({ authorization: `Bearer ${readStack().apiKey}` });
const unique = (prefix: string) => `${prefix}-${crypto.randomUUID().slice(0, 8)}`;
const password = "a password for journeys";

async function post(request: APIRequestContext, path: string, data: Record<string, unknown>) {
  const response = await request.post(`/api/v1/${path}`, { headers: api(), data });
  expect(response.status()).toBe(201);
  return (await response.json()) as { id: string; version: number; name: string };
}

test("an admin adds a user with a role on a node; the password is shown once and works", async ({
  adminPage: page,
  request,
  openPage,
}) => {
  const node = await post(request, "nodes", { name: unique("Plant"), parentId: null });
  const username = unique("berta");
  await page.goto("/users");
  await expectNoAxeViolations(page);
  await page.getByRole("link", { name: "Add user" }).click();
  await expect(page.getByRole("heading", { name: "Add user", level: 1 })).toBeVisible();
  await page.getByLabel("Username").fill(username);
  await page.getByLabel("Name", { exact: true }).fill("Berta Brandt");
  await page.getByLabel("Role", { exact: true }).selectOption("Engineer");
  await page.getByRole("combobox", { name: "Where" }).click();
  await page.getByRole("combobox", { name: "Where" }).fill(node.name);
  await page.getByRole("option", { name: node.name }).click();
  await expectNoAxeViolations(page);
  await page.getByRole("button", { name: "Add user" }).click();
  const told = await takeShownOnce(page, "password");
  expect(told).toMatch(/^[\w-]{20}$/);

  await expect(page).toHaveURL("/users");
  await page.getByLabel("Search by username or name").fill(username);
  const row = page.getByRole("row").filter({ hasText: username });
  await expect(row).toContainText(`Engineer · ${node.name}`);
  await expect(page).toHaveURL(new RegExp(`q=${username}`));

  const theirs = await openPage({ username, password: told });
  expect(await findRedirect(theirs.request, "/")).toBe("/account");
});

test("fields that don't fit say so where they stand", async ({ adminPage: page }) => {
  await page.goto("/users/new");
  await page.getByLabel("Username").fill(readStack().admin.username.toUpperCase());
  await page.getByRole("radio", { name: "Enter one" }).check();
  await page.getByLabel("Password", { exact: true }).fill("too short");
  await page.getByRole("button", { name: "Add user" }).click();
  await expect(page.getByText("The password must have at least 12 characters; this one has 9.")).toBeVisible();
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Add user" }).click();
  await expect(page.getByText("There is already a user named ADMIN.")).toBeVisible();
  await expect(page.getByLabel("Username")).toBeFocused();
});

test("an edit over somebody else's is refused and shows what is saved now", async ({ adminPage: page, request }) => {
  const user = await post(request, "users", { username: unique("carl"), password });
  await page.goto(`/users/${user.id}`);
  await expectNoAxeViolations(page);
  await page.getByLabel("Name", { exact: true }).fill("Carl");
  const patch = { version: user.version, displayName: "Karl" };
  await request.patch(`/api/v1/users/${user.id}`, { headers: api(), data: patch });
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText(/API key Environment saved “carl-.*” after you opened it/)).toBeVisible();
  await expect(page.getByText("Saved now: Karl")).toBeVisible();
  await page.getByRole("button", { name: "Keep my changes" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText(`Saved carl-`)).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Carl");
});

test("a user is disabled, enabled, given a new password and deleted", async ({ adminPage: page, request }) => {
  const username = unique("dora");
  const user = await post(request, "users", { username, password });
  await page.goto(`/users/${user.id}`);
  const dialog = page.getByRole("dialog");
  const act = async (button: string, confirm = button) => {
    await page.getByRole("button", { name: button, exact: true }).click();
    await dialog.getByRole("button", { name: confirm, exact: true }).click();
  };
  await act("Disable");
  await expect(page.getByRole("button", { name: "Enable", exact: true })).toBeVisible();
  await act("Enable");
  await expect(page.getByRole("button", { name: "Disable", exact: true })).toBeVisible();
  await act("Reset password");
  expect(await takeShownOnce(page, "password")).not.toBe(password);
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(dialog).toContainText("This action cannot be undone");
  await expectNoAxeViolations(page);
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(page).toHaveURL("/users");
  const gone = await page.goto(`/users/${user.id}`);
  expect(gone?.status()).toBe(404);
});

test("the last admin can't be disabled", async ({ adminPage: page, request }) => {
  // A journey that made another admin would have this one disabled for all the others.
  const admins = await (await request.get("/api/v1/users?role=admin", { headers: api() })).json();
  expect(admins.items).toHaveLength(1);
  await page.goto(`/users?q=${readStack().admin.username}&role=admin`);
  await page.getByRole("link", { name: readStack().admin.username, exact: true }).click();
  await page.getByRole("button", { name: "Disable", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disable", exact: true }).click();
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText(
    "This is the last enabled admin for all nodes.",
  );
});

test("an operator may see none of it", async ({ openPage, request }) => {
  const username = unique("otto");
  await post(request, "users", { username, password, roles: [{ role: "operator", nodeId: null }] });
  const page = await openPage({ username, password });
  for (const path of ["/users", "/users/new", "/sessions", "/api-keys", "/api-keys/new", "/audit"]) {
    const response = await page.request.get(path, { headers: { accept: "text/html" } });
    expect(response.status(), path).toBe(403);
  }
  await page.goto("/users");
  await expect(page.getByRole("heading", { name: "You may not see this page" })).toBeVisible();
  await expectNoAxeViolations(page);
});

test("an API key is shown once, works, and is refused once revoked", async ({ adminPage: page, request }) => {
  const name = unique("Robot");
  await page.goto("/api-keys");
  await page.getByRole("link", { name: "Make API key" }).first().click();
  await expect(page.getByRole("heading", { name: "Make API key", level: 1 })).toBeVisible();
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Role").selectOption("Admin");
  await page.getByLabel("Expires").selectOption("In 30 days");
  await expectNoAxeViolations(page);
  await page.getByRole("button", { name: "Make API key" }).click();
  const key = await takeShownOnce(page, "API key");
  expect(key).toMatch(/^sp_[\w-]{43}$/);
  const headers = { authorization: `Bearer ${key}` };
  expect((await request.get("/api/v1/users", { headers })).status()).toBe(200);

  await expect(page).toHaveURL("/api-keys");
  await expectNoAxeViolations(page);
  const row = page.getByRole("row").filter({ hasText: name });
  await expect(row).toContainText(key.slice(0, 8));
  expect(await page.content()).not.toContain(key.slice(8));
  await page.getByRole("button", { name: `Revoke ${name}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(row).toContainText("Revoked");
  await expect.poll(async () => (await request.get("/api/v1/users", { headers })).status()).toBe(401);
});

test("the audit log tells who changed what, narrowed down by action and target", async ({
  adminPage: page,
  request,
}) => {
  const username = unique("erna");
  const user = await post(request, "users", { username, password });
  const patch = { version: user.version, displayName: "Erna", roles: [{ role: "lead", nodeId: null }] };
  await request.patch(`/api/v1/users/${user.id}`, { headers: api(), data: patch });
  await page.goto(`/users/${user.id}`);
  await page.getByRole("link", { name: "Audit log" }).last().click();
  await expect(page.getByRole("heading", { name: "Audit log", level: 1 })).toBeVisible();
  const rows = page.getByRole("row").filter({ hasText: username });
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText("API key Environment");
  await expect(rows.first()).toContainText("lead, all nodes");
  await expectNoAxeViolations(page);
  await page.getByLabel("Action", { exact: true }).selectOption("User: create");
  await expect(rows).toHaveCount(1);
  await page.getByRole("link", { name: /^On: one user/ }).click();
  await expect(page).toHaveURL("/audit?action=user.create");
  await page.getByRole("button", { name: "Last hour" }).click();
  await expect(page).toHaveURL(/from=/);
  await expect(page.getByLabel("From")).not.toHaveValue("");
  await expect(rows).toHaveCount(1);
});

test("an admin ends somebody's session", async ({ adminPage: page, request, openPage }) => {
  const username = unique("fritz");
  await post(request, "users", { username, password });
  const theirs = await openPage({ username, password });
  expect(await findRedirect(theirs.request, "/account")).toBe("");
  await page.goto(`/sessions?q=${username}`);
  await expectNoAxeViolations(page);
  await page.getByRole("button", { name: new RegExp(`End the session of ${username}`) }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End session" }).click();
  await expect(page.getByText("No sessions")).toBeVisible();
  await page.getByLabel("Status").selectOption("Ended");
  await expect(page.getByRole("row").filter({ hasText: username })).toContainText("revoked by admin");
  expect(await findRedirect(theirs.request, "/account")).toMatch(/^\/signin/);
});
