import type { APIRequestContext, Page } from "@playwright/test";
import { expect, expectNoAxeViolations, readStack, test } from "./fixtures/test.ts";

const treeOf = (page: Page) => page.getByRole("tree", { name: "Nodes" });
const itemOf = (page: Page, name: string) => treeOf(page).getByRole("treeitem", { name, exact: true });

/** A name that no other journey uses, at the top of the tree: lines beyond the screen are not drawn. */
const unique = (name: string) => `0${Math.random().toString(36).slice(2, 8)} ${name}`;

/** Makes nodes under each other through the API, the first one at the top. */
async function makeNodes(request: APIRequestContext, names: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const name of names) {
    const response = await request.post("/api/v1/nodes", {
      headers: { authorization: `Bearer ${readStack().apiKey}` },
      data: { name, parentId: ids.at(-1) ?? null },
    });
    expect(response.status()).toBe(201);
    ids.push((await response.json()).id);
  }
  return ids;
}

const dialogOf = (page: Page, name: string | RegExp) => page.getByRole("dialog", { name });
const pickFromMenu = (page: Page, entry: string) => page.getByRole("menuitem", { name: entry, exact: true }).click();

/** Opens a node from the keyboard. */
async function openNode(page: Page, name: string): Promise<void> {
  await itemOf(page, name).focus();
  await page.keyboard.press("ArrowRight");
  await expect(itemOf(page, name)).toHaveAttribute("aria-expanded", "true");
}

async function moveTo(page: Page, what: string, where: string): Promise<void> {
  const dialog = dialogOf(page, `Move “${what}”`);
  await dialog.getByRole("combobox", { name: "Move to" }).fill(where);
  await page.getByRole("option", { name: where, exact: true }).click();
  await dialog.getByRole("button", { name: "Move" }).click();
  await expect(dialog).toBeHidden();
}

async function confirmDelete(page: Page, name: string): Promise<void> {
  const dialog = dialogOf(page, `Delete the node “${name}”?`);
  await expect(dialog).toContainText("This action cannot be undone");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(dialog).toBeHidden();
}

test("nodes are made, renamed, moved and deleted with the mouse", async ({ adminPage: page }) => {
  const [plant, other, line] = [unique("Plant"), unique("Other"), unique("Line")];
  await makeNodes(page.request, [other]);
  await page.goto("/");

  await page.getByRole("button", { name: "New node at the top" }).click();
  await dialogOf(page, "New node at the top").getByLabel("Name").fill(plant);
  await dialogOf(page, "New node at the top").getByRole("button", { name: "Add node" }).click();
  await expect(itemOf(page, plant)).toBeFocused();

  await itemOf(page, plant).click({ button: "right" });
  await expectNoAxeViolations(page);
  await pickFromMenu(page, "New node here");
  await page.getByRole("dialog").getByLabel("Name").fill(line);
  await page.keyboard.press("Enter");
  await expect(itemOf(page, line)).toHaveAttribute("aria-level", "2");
  await expect(itemOf(page, line)).toBeFocused();

  await itemOf(page, line).hover();
  await itemOf(page, line)
    .getByRole("button", { name: `Actions for ${line}` })
    .click();
  await pickFromMenu(page, "Rename");
  const renamed = unique("Renamed");
  await dialogOf(page, `Rename “${line}”`).getByLabel("Name").fill(renamed);
  await page.getByRole("button", { name: "Rename", exact: true }).click();
  await expect(itemOf(page, renamed)).toBeFocused();
  await expect(itemOf(page, line)).toHaveCount(0);

  await itemOf(page, renamed).click({ button: "right" });
  await pickFromMenu(page, "Move to…");
  await moveTo(page, renamed, other);
  await expect(itemOf(page, other)).toHaveAttribute("aria-expanded", "true");
  await expect(itemOf(page, plant)).not.toHaveAttribute("aria-expanded");

  await itemOf(page, other).click({ button: "right" });
  await pickFromMenu(page, "Delete");
  const refused = dialogOf(page, `Delete the node “${other}”?`);
  await expect(refused).toContainText("It can't be deleted now.");
  await expect(refused.getByRole("link", { name: renamed })).toBeVisible();
  await expect(refused.getByRole("button", { name: "Delete" })).toBeDisabled();
  await expectNoAxeViolations(page);
  await page.keyboard.press("Escape");
  await expect(itemOf(page, other)).toBeFocused();

  for (const name of [renamed, other, plant]) {
    await itemOf(page, name).click({ button: "right" });
    await pickFromMenu(page, "Delete");
    await confirmDelete(page, name);
    await expect(itemOf(page, name)).toHaveCount(0);
  }
});

test("the whole tree can be used from the keyboard", async ({ adminPage: page }) => {
  const [plant, line, cell, target] = [unique("Keyplant"), unique("Line"), unique("Cell"), unique("Target")];
  await makeNodes(page.request, [plant, line]);
  await makeNodes(page.request, [target]);
  await page.goto("/");

  await openNode(page, plant);
  await expect(itemOf(page, line)).toBeVisible();
  await itemOf(page, plant).focus();
  await page.keyboard.press("ArrowRight");
  await expect(itemOf(page, line)).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await expect(itemOf(page, plant)).toBeFocused();
  await page.evaluate(() =>
    addEventListener("keydown", ({ key, defaultPrevented }) => {
      if (key === " ") document.body.dataset.spaceScrolls = String(!defaultPrevented);
    }),
  );
  await expect(async () => {
    await page.keyboard.press("End");
    await page.keyboard.press("Home");
    await page.keyboard.type(plant.toUpperCase());
    expect(await itemOf(page, plant).evaluate((item) => item === document.activeElement)).toBe(true);
    // After a pause of 600 ms, the tree takes a key for the start of another name, also when the browser was slow.
  }).toPass({ intervals: [700] });
  await expect(page.locator("body")).toHaveAttribute("data-space-scrolls", "false");

  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Shift+F10");
  await expect(page.getByRole("menuitem", { name: "Open" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(itemOf(page, line)).toBeFocused();

  await page.keyboard.press("ContextMenu");
  await expect(page.getByRole("menuitem", { name: "Open" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitem", { name: "New node here" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog").getByLabel("Name")).toBeFocused();
  await page.keyboard.type(cell);
  await page.keyboard.press("Enter");
  await expect(itemOf(page, cell)).toBeFocused();

  await page.keyboard.press("F2");
  const renamed = unique("Oven");
  await dialogOf(page, `Rename “${cell}”`).getByLabel("Name").fill(renamed);
  await page.keyboard.press("Enter");
  await expect(itemOf(page, renamed)).toBeFocused();

  await page.keyboard.press("Shift+F10");
  await expect(page.getByRole("menuitem", { name: "Open" })).toBeFocused();
  await page.keyboard.type("M");
  await expect(page.getByRole("menuitem", { name: "Move to…" })).toBeFocused();
  await page.keyboard.press("Enter");
  await moveTo(page, renamed, target);
  // Until the tree has been read anew it stands, focused as well, where it was.
  await expect(itemOf(page, renamed)).toHaveAttribute("aria-level", "2");
  await expect(itemOf(page, renamed)).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await expect(itemOf(page, target)).toBeFocused();
  await page.keyboard.press("ArrowDown");

  await page.keyboard.press("Delete");
  const dialog = dialogOf(page, `Delete the node “${renamed}”?`);
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(itemOf(page, target)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: target })).toBeVisible();
  await expect(itemOf(page, target)).toHaveAttribute("aria-current", "page");
});

test("a name that is taken is said at the field", async ({ adminPage: page }) => {
  const name = unique("Twin");
  await makeNodes(page.request, [name]);
  await page.goto("/nodes");
  await page.getByRole("button", { name: "New node", exact: true }).click();
  const field = page.getByRole("dialog").getByLabel("Name");
  await field.fill(name);
  await page.keyboard.press("Enter");
  await expect(field).toHaveAccessibleDescription(/already a node named/);
  await expect(field).toBeFocused();
});

test("what is open stays open after a reload, without a flash", async ({ adminPage: page }) => {
  const [plant, line] = [unique("Stay"), unique("Line")];
  await makeNodes(page.request, [plant, line]);
  await page.goto("/");
  await openNode(page, plant);
  await expect(itemOf(page, line)).toBeVisible();
  // The server renders the tree as the cookie of the open nodes describes it.
  const html = async () => (await page.request.get("/")).text();
  await expect.poll(html).toContain(line);
  await itemOf(page, plant).focus();
  await page.keyboard.press("ArrowLeft");
  await expect(itemOf(page, line)).toHaveCount(0);
  await expect.poll(html).not.toContain(line);
});

test("an operator sees the own branch and may change nothing", async ({ openPage, request }) => {
  const [plant, line] = [unique("Ours"), unique("Line")];
  const foreign = unique("Theirs");
  const [, lineId] = await makeNodes(request, [plant, line]);
  await makeNodes(request, [foreign]);
  const account = { username: unique("operator").replace(" ", "."), password: "a-long-enough-password" };
  const made = await request.post("/api/v1/users", {
    headers: { authorization: `Bearer ${readStack().apiKey}` },
    data: { ...account, displayName: "", roles: [{ role: "operator", nodeId: lineId }], mustChangePassword: false },
  });
  expect(made.status()).toBe(201);

  const theirs = await openPage(account);
  await theirs.goto("/");
  await openNode(theirs, plant);
  await itemOf(theirs, line).click({ button: "right" });
  await expect(theirs.getByRole("menuitem")).toHaveText(["Open", "User External Credentials"]);
  await theirs.keyboard.press("Escape");
  await expect(itemOf(theirs, foreign)).toHaveCount(0);
  await expect(theirs.getByRole("button", { name: "New node at the top" })).toHaveCount(0);
  await expect(theirs.getByRole("button", { name: "Administration" })).toHaveCount(0);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test("a long press opens the menu; a node is made, renamed, moved and deleted by touch", async ({
    adminPage: page,
  }) => {
    const [plant, other, line] = [unique("Touch"), unique("Elsewhere"), unique("Line")];
    await makeNodes(page.request, [plant]);
    await makeNodes(page.request, [other]);
    await page.goto("/");
    await page.getByRole("button", { name: "Open the menu" }).tap();
    await expectNoAxeViolations(page);

    await longPress(page, plant);
    await page.getByRole("menuitem", { name: "New node here" }).tap();
    await page.getByRole("dialog").getByLabel("Name").fill(line);
    await page.getByRole("button", { name: "Add node" }).tap();
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await expect(itemOf(page, line)).toBeVisible();

    await longPress(page, line);
    await page.getByRole("menuitem", { name: "Rename" }).tap();
    const renamed = unique("Oven");
    await page.getByRole("dialog").getByLabel("Name").fill(renamed);
    await page.getByRole("button", { name: "Rename", exact: true }).tap();
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await expect(itemOf(page, renamed)).toBeVisible();

    await longPress(page, renamed);
    await page.getByRole("menuitem", { name: "Move to…" }).tap();
    await moveTo(page, renamed, other);
    await expect(itemOf(page, other)).toHaveAttribute("aria-expanded", "true");

    await longPress(page, renamed);
    await page.getByRole("menuitem", { name: "Delete" }).tap();
    await confirmDelete(page, renamed);
    await expect(itemOf(page, renamed)).toHaveCount(0);

    await itemOf(page, plant).tap();
    await expect(page.getByRole("heading", { level: 1, name: plant })).toBeVisible();
    await expect(treeOf(page)).toBeHidden();
    await expect(page.locator("html")).toHaveJSProperty("scrollWidth", 360);
  });
});

/** Rests a finger on an item until its menu is open. Another journey's new node can put another item under the finger: then again. */
async function longPress(page: Page, name: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await expect(async () => {
    // Waits until the item is in view, at rest, and not covered.
    await itemOf(page, name).click({ trial: true });
    const box = await itemOf(page, name).boundingBox();
    if (!box) throw new Error("the item is not on the screen");
    const touchPoints = [{ x: box.x + box.width / 2, y: box.y + box.height / 2 }];
    await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints });
    await expect(page.getByRole("menu")).toBeVisible();
    await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    if (await page.getByRole("menu", { name: `Actions for ${name}` }).isVisible()) return;
    await page.keyboard.press("Escape");
    throw new Error("the menu of another item opened");
  }).toPass();
  await session.detach();
}
