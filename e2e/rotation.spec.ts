import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { makeClientCertificate } from "../sandbox/certificates.ts";
import { CLIENTS } from "../sandbox/clients.ts";
import { connectControl } from "../sandbox/control-client.ts";
import { prepare } from "./fixtures/steps.ts";
import { expect, expectNoAxeViolations, readStack, test } from "./fixtures/test.ts";

// A secret and a certificate are replaced while they are in use: staged, tested, promoted, rolled back.

let count = 0;
const unique = (name: string) => `${name} ${process.pid}-${++count}`;

async function addClient(changes: object) {
  const { sandbox } = readStack();
  const control = await connectControl(sandbox.controlUrl, sandbox.caFile);
  const client = { ...CLIENTS.ordersApi, name: unique("Rotated client"), clientId: randomUUID(), ...changes };
  await control.putClient(client);
  return { control, client };
}

type Made = { id: string };

const card = (page: Page, kind: "Secret" | "Certificate") =>
  page.getByRole("region", { name: `${kind} rotation`, exact: true });
const part = (page: Page, name: "Staged" | "Previous") => page.getByRole("region", { name, exact: true });

async function confirm(page: Page, title: RegExp, button: string): Promise<void> {
  const dialog = page.getByRole("dialog", { name: title });
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  await dialog.getByRole("button", { name: button, exact: true }).click();
  await expect(dialog).toBeHidden();
}

test("a client secret is staged, tested, promoted and rolled back while a trigger goes on running", async ({
  adminPage: page,
}) => {
  const { sandbox } = readStack();
  const { control, client } = await addClient({ clientSecret: "present-secret-8Q~1" });
  const name = unique("Rotated");
  const credential = await prepare<Made>("credentials", {
    name,
    type: "application",
    provider: "entra",
    endpointUrl: sandbox.tokenEndpoint,
    clientId: client.clientId,
    clientSecret: client.clientSecret,
    scope: "api://orders/.default",
    secretExpiresOn: "2090-01-31",
  });
  const node = await prepare<Made>("nodes", { name: unique("Rotation"), parentId: null });
  const transport = await prepare<Made>("transports", {
    name: unique("Rotation"),
    nodeId: node.id,
    type: "HTTP",
    http: { url: sandbox.serviceUrl, method: "POST" },
    authorization: { kind: "credential", credentialId: credential.id },
  });
  const trigger = await prepare<Made>("triggers", {
    name: unique("Rotation"),
    nodeId: node.id,
    transportId: transport.id,
    request: { path: "/orders", body: "{}" },
  });
  const run = () => prepare<{ token: unknown }>(`triggers/${trigger.id}/run`, {});
  expect((await run()).token).toMatchObject({ credentialVersion: 1 });
  const staged = part(page, "Staged");
  const previous = part(page, "Previous");

  await test.step("the form asks for the next secret and puts it beside the present one", async () => {
    await page.goto(`/credentials/${credential.id}`);
    await expect(card(page, "Secret")).toContainText("Nothing is staged.");
    await page.getByRole("link", { name: "Stage the next secret" }).click();
    const stage = page.getByRole("button", { name: "Stage", exact: true });
    await stage.click();
    await expect(page.getByText("Enter the next client secret.")).toBeVisible();
    await expect(page.getByLabel("Client Secret", { exact: true })).toBeFocused();
    await expectNoAxeViolations(page);
    await page.getByLabel("Client Secret", { exact: true }).fill("not-the-next-secret");
    await page.getByLabel("Secret expires on").fill("2091-01-31");
    await stage.click();
    await expect(staged).toContainText("Not tested yet");
    await expect(staged).toContainText("2091-01-31");
    await expect(page.getByRole("link", { name: "Stage the next secret" })).toHaveCount(0);
    await expectNoAxeViolations(page);
  });

  await test.step("a test that fails says why, and promoting warns; the status stays Active", async () => {
    await staged.getByRole("button", { name: "Test", exact: true }).click();
    await expect(staged).toContainText("Test failed");
    await expect(staged).toContainText("The client secret is wrong");
    await expect(staged).toContainText("Discard it and stage the right one.");
    const status = page.getByRole("region", { name: "Status", exact: true });
    await expect(status.getByText("Active", { exact: true })).toBeVisible();
    await expect(page.getByRole("row", { name: /Test of the staged secret/ })).toContainText("invalid_client");
    await expectNoAxeViolations(page);
    await staged.getByRole("button", { name: "Promote" }).click();
    const dialog = page.getByRole("dialog", { name: /^Promote the staged secret of/ });
    await expect(dialog).toContainText("Its test failed.");
    await expectNoAxeViolations(page);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await expect(dialog).toBeHidden();
    await staged.getByRole("button", { name: "Discard" }).click();
    await confirm(page, /^Discard the staged secret of/, "Discard");
    await expect(card(page, "Secret")).toContainText("Nothing is staged.");
  });

  await test.step("the right one passes, is promoted, and the token in hand is used on", async () => {
    await page.getByRole("link", { name: "Stage the next secret" }).click();
    await page.getByLabel("Client Secret", { exact: true }).fill("next-secret-8Q~2");
    await page.getByLabel("Secret expires on").fill("2092-01-31");
    await page.getByRole("button", { name: "Stage", exact: true }).click();
    await expect(staged).toContainText("Not tested yet");
    await control.changeClient({ clientId: client.clientId, clientSecret: "next-secret-8Q~2" });
    await staged.getByRole("button", { name: "Test", exact: true }).click();
    await expect(staged).toContainText("Test passed");
    await staged.getByRole("button", { name: "Promote" }).click();
    await confirm(page, /^Promote the staged secret of/, "Promote");
    await expect(page.getByText(`Promoted. The status of “${name}” is Active.`)).toBeVisible();
    await expect(previous).toContainText("2090-01-31");
    const configuration = page.getByRole("region", { name: "Configuration", exact: true });
    await expect(configuration).toContainText("2092-01-31");
    await expect(configuration).toContainText("Version 2");
    expect((await run()).token).toMatchObject({ credentialVersion: 2, source: "cache" });
    await expectNoAxeViolations(page);
  });

  await test.step("rolling back swaps the two and asks at once; then the previous one is forgotten", async () => {
    await control.changeClient({ clientId: client.clientId, clientSecret: client.clientSecret });
    await previous.getByRole("button", { name: "Roll back" }).click();
    await confirm(page, /^Roll back/, "Roll back");
    await expect(page.getByText(`Rolled back. The status of “${name}” is Active.`)).toBeVisible();
    await expect(previous).toContainText("2092-01-31");
    await previous.getByRole("button", { name: "Forget previous" }).click();
    await confirm(page, /^Forget the previous secret of/, "Forget previous");
    await expect(previous).toHaveCount(0);
    await page.goto(`/audit?targetKind=credential&targetId=${credential.id}`);
    for (const action of ["stage", "discard staged", "promote", "roll back", "forget previous"]) {
      await expect(page.getByRole("cell", { name: `Credential: ${action}`, exact: true }).first()).toBeVisible();
    }
  });
});

test("a certificate is replaced by one from a file that the provider knows already", async ({ adminPage: page }) => {
  const { sandbox } = readStack();
  const pair = await makeClientCertificate("present", null, { keyType: "rsa" });
  const { control, client } = await addClient({ certificate: pair.cert });
  const credential = await prepare<Made>("credentials", {
    name: unique("Rotated certificate"),
    type: "application",
    provider: "entra",
    endpointUrl: sandbox.tokenEndpoint,
    clientId: client.clientId,
    clientAuthentication: "private_key_jwt",
    privateKey: pair.key,
    certificate: pair.cert,
    scope: "api://orders/.default",
  });
  await page.goto(`/credentials/${credential.id}/stage`);
  await expect(page.getByLabel("Private key")).toBeVisible();
  await expectNoAxeViolations(page);
  await page
    .getByLabel("Files of key and certificate")
    .setInputFiles("lib/platform/certificates/fixtures/openssl3.pfx");
  await page.getByLabel("Password of the file").fill("modern");
  await page.getByRole("button", { name: "Stage", exact: true }).click();
  const staged = part(page, "Staged");
  await expect(staged).toContainText("CN=orders-client, O=Plant 7, C=DE");
  const certificate = readFileSync("lib/platform/certificates/fixtures/rsa-chain.pem", "utf8");
  await control.changeClient({ clientId: client.clientId, certificate });
  await staged.getByRole("button", { name: "Test", exact: true }).click();
  await expect(staged).toContainText("Test passed");
  await expectNoAxeViolations(page);
  await staged.getByRole("button", { name: "Promote" }).click();
  await confirm(page, /^Promote the staged certificate of/, "Promote");
  await expect(part(page, "Previous")).toContainText("CN=present");
  await expect(page.getByRole("region", { name: "Configuration", exact: true })).toContainText("CN=orders-client");
});
