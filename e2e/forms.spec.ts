import { expect, test } from "./fixtures/test.ts";

test("a form takes no input before its code has arrived, and then keeps all of it", async ({ adminPage: page }) => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(/\.js(\?|$)/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto("/transports/new", { waitUntil: "commit" });
  const name = page.getByLabel("Transport Name");
  await expect(name).toBeDisabled();
  // It looks as it will look: nothing is dimmed, nothing flickers.
  await expect(name).toHaveCSS("opacity", "1");
  const ground = await name.evaluate((field) => getComputedStyle(field).backgroundColor);
  const { x, y, width, height } = (await name.boundingBox())!;
  await page.mouse.click(x + width / 2, y + height / 2);
  await page.keyboard.type("lost");
  await expect(name).toHaveValue("");
  release();
  await expect(name).toBeEnabled();
  await expect(name).toHaveCSS("background-color", ground);
  await name.fill("Kept");
  await page.getByLabel("Notes").fill("all of it");
  await page.getByLabel("Type", { exact: true }).selectOption("WS_SOAP");
  await expect(name).toHaveValue("Kept");
  await expect(page.getByLabel("Notes")).toHaveValue("all of it");
});
