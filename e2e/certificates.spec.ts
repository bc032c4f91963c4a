import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { CLIENTS } from "../sandbox/clients.ts";
import { connectControl } from "../sandbox/control-client.ts";
import { openSection, pick, prepare, unique } from "./fixtures/steps.ts";
import { expect, expectNoAxeViolations, readStack, test } from "./fixtures/test.ts";

const fixtures = "lib/platform/certificates/fixtures";
const sha1 = "04BB3967AA6378A7D51E8620D717BCAD624C920D";

test("a credential signs with the key of a PKCS #12 file, and its page shows what to compare at Entra ID", async ({
  adminPage: page,
}) => {
  const { sandbox } = readStack();
  const name = unique("Signed");
  const control = await connectControl(sandbox.controlUrl, sandbox.caFile);
  const certificate = readFileSync(`${fixtures}/rsa-chain.pem`, "utf8");
  const client = { ...CLIENTS.ordersApi, name, clientId: randomUUID(), certificate };
  await control.putClient(client);

  await test.step("a wrong password is told at its field", async () => {
    await page.goto("/credentials/new");
    await page.getByLabel("Credential Name").fill(name);
    await page.getByLabel("Endpoint URL").fill(sandbox.tokenEndpoint);
    await openSection(page, "Provider");
    await page.getByLabel("Provider", { exact: true }).selectOption("Microsoft Entra ID");
    await page.getByLabel("Client ID").fill(client.clientId);
    await openSection(page, "Client authentication");
    await page.getByLabel("Client authentication").selectOption("Certificate (signed JWT)");
    await page.getByLabel("Scope").fill("api://orders/.default");
    await expect(page.getByLabel("Private key")).toBeVisible();
    await expectNoAxeViolations(page);
    await page.getByLabel("Files of key and certificate").setInputFiles(`${fixtures}/openssl3.pfx`);
    await expect(page.getByText("openssl3.pfx")).toBeVisible();
    await page.getByLabel("Password of the file").fill("wrong");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.getByText("This is not the password of the file.")).toBeVisible();
    await expect(page.getByLabel("Password of the file")).toHaveAttribute("aria-invalid", "true");
    await expectNoAxeViolations(page);
  });

  await test.step("with the right one it becomes Active, and the page shows subject, dates and thumbprints", async () => {
    await page.getByLabel("Password of the file").fill("modern");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.getByRole("heading", { name, level: 1, exact: true })).toBeVisible();
    await expect(page.getByText("Active", { exact: true }).first()).toBeVisible();
    await expect(page.getByText("CN=orders-client, O=Plant 7, C=DE")).toBeVisible();
    await expect(page.getByText(sha1)).toBeVisible();
    await expectNoAxeViolations(page);
  });

  await test.step("the form holds the certificate and never the key", async () => {
    await page.goto(`${page.url().replace(/\?.*/, "")}/edit`);
    await expect(page.getByLabel("Certificate", { exact: true })).toHaveValue(/BEGIN CERTIFICATE/);
    await openSection(page, "Client authentication");
    await expect(page.getByRole("button", { name: "Replace Private key" })).toBeVisible();
    expect(await page.content()).not.toContain("PRIVATE KEY");
  });
});

test("a transport gets a client certificate from PEM files", async ({ adminPage: page }) => {
  const [gate, name] = [unique("Gate"), unique("Mutual")];
  await prepare("nodes", { name: gate, parentId: null });
  await page.goto("/transports/new");
  await page.getByLabel("Transport Name").fill(name);
  await pick(page, "Node", gate);
  await page.getByLabel("URL", { exact: true }).fill("https://localhost:9/orders");
  await page.getByLabel("Show a client certificate").check();
  await page
    .getByLabel("Files of key and certificate")
    .setInputFiles([`${fixtures}/p256-scrypt.key`, `${fixtures}/p256.pem`]);
  await expect(page.getByLabel("Certificate", { exact: true })).toHaveValue(/BEGIN CERTIFICATE/);
  await page.getByLabel("Passphrase of the key").fill("p8");
  await expectNoAxeViolations(page);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  await expect(page.getByText("CN=ec-prime256v1")).toBeVisible();
  await expect(page.getByText("Itself (self-signed)")).toBeVisible();
  await expectNoAxeViolations(page);
});
