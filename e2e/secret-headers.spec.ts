import { pick, prepare, receipt, unique } from "./fixtures/steps.ts";
import { expect, expectNoAxeViolations, readStack, test } from "./fixtures/test.ts";

test("headers are marked as secret, by themselves or by hand, and never shown again", async ({ adminPage: page }) => {
  const { sandbox } = readStack();
  const node = unique("Press");
  await prepare("nodes", { name: node, parentId: null });
  const [key, site] = ["e2e-api-key-4711", "e2e-site-secret-12"];
  const value = (index: number) => page.getByLabel(`Value of header ${index}`, { exact: true });
  const mark = (name: string) => page.getByRole("button", { name: `Secret header ${name}`, exact: true });

  await test.step("an API key is secret as soon as its name is entered, another header once it's marked", async () => {
    await page.goto("/transports/new");
    await page.getByLabel("Transport Name").fill(unique("Press"));
    await pick(page, "Node", node);
    await page.getByLabel("URL", { exact: true }).fill(sandbox.serviceUrl);
    for (const [index, name, text] of [
      [1, "X-Api-Key", key],
      [2, "X-Site", site],
      [3, "X-Line", "9"],
    ] as const) {
      await page.getByRole("button", { name: "Add header" }).click();
      await page.getByLabel(`Name of header ${index}`).fill(name);
      await value(index).fill(text);
    }
    await expect(mark("X-Api-Key")).toHaveAttribute("aria-pressed", "true");
    await expect(value(1)).toHaveAttribute("type", "password");
    await expect(mark("X-Site")).toHaveAttribute("aria-pressed", "false");
    await mark("X-Site").click();
    await expect(value(2)).toHaveAttribute("type", "password");
    await expect(value(3)).not.toHaveAttribute("type", "password");
    await expectNoAxeViolations(page);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("X-Line: 9")).toBeVisible();
  });

  await test.step("the receipt of a test shows only that they were sent", async () => {
    await page.getByLabel("Path", { exact: true }).fill("/echo/press");
    await page.getByRole("button", { name: "Test", exact: true }).click();
    await expect(receipt(page).getByText("[removed]").first()).toBeVisible();
    expect(await page.content()).not.toMatch(new RegExp(`${key}|${site}`));
  });

  await test.step("an edit keeps them, or replaces one", async () => {
    await page.getByRole("link", { name: "Edit" }).click();
    await expect(page.getByText(/^Set on/)).toHaveCount(2);
    await expect(value(1)).toHaveCount(0);
    await page.getByRole("button", { name: "Replace value of header 1" }).click();
    await value(1).fill("e2e-replaced-key-5");
    await expectNoAxeViolations(page);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("X-Line: 9")).toBeVisible();
  });

  await test.step("another server needs the values again, and the form says where", async () => {
    await page.getByRole("link", { name: "Edit" }).click();
    await page.getByLabel("URL", { exact: true }).fill("https://elsewhere.example.com");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText(/^Enter the value again: it would go to another server/)).toHaveCount(2);
    await expectNoAxeViolations(page);
  });
});
