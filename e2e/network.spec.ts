import { makeCertificates, startProxy } from "../scripts/test-servers.ts";
import { callApi, pick, prepare, prepareCredential, unique } from "./fixtures/steps.ts";
import { expect, expectNoAxeViolations, readStack, test } from "./fixtures/test.ts";

test("an admin creates a proxy and a certificate authority, and an engineer selects them", async ({
  adminPage: page,
  openPage,
}) => {
  const proxy = await startProxy({ credentials: "portal:a password" });
  const proxyUrl = `http://127.0.0.1:${proxy.port}`;
  const { ca } = await makeCertificates();
  const [proxyName, caName, gate, name] = [unique("Proxy"), unique("CA"), unique("Gate"), unique("Orders")];
  const node = await prepare<{ id: string }>("nodes", { name: gate, parentId: null });
  const credentialName = unique("Orders API");
  await prepareCredential(credentialName);
  const account = { username: unique("erin").replace(" ", "-"), password: "correct horse battery staple" };
  await prepare("users", { ...account, mustChangePassword: false, roles: [{ role: "engineer", nodeId: node.id }] });

  await test.step("the admin creates a proxy", async () => {
    await page.goto("/network");
    await expectNoAxeViolations(page);
    await page.getByRole("link", { name: "Create proxy" }).click();
    await page.getByLabel("Name", { exact: true }).fill(proxyName);
    await page.getByLabel("Proxy URL").fill("proxy.example.com");
    await page.getByLabel("Proxy user").fill("portal");
    await page.getByLabel("Proxy password").fill("a password");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.getByText("Enter the proxy as http://host:port or https://host:port.")).toBeVisible();
    await expectNoAxeViolations(page);
    await page.getByLabel("Proxy URL").fill(proxyUrl);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.getByRole("row", { name: proxyName })).toContainText("portal, with password");
  });

  await test.step("and a certificate authority, whose subject and expiry the list shows", async () => {
    await page.getByRole("link", { name: "Create certificate authority" }).click();
    await page.getByLabel("Name", { exact: true }).fill(caName);
    await page.getByLabel("Certificates").fill("not a certificate");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.getByText(/^Paste one or more certificates/)).toBeVisible();
    await page.getByLabel("Certificates").fill(ca);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.getByRole("row", { name: caName })).toContainText(/CN=.*days left/);
    await expectNoAxeViolations(page);
  });

  const engineer = await openPage(account);
  await test.step("the engineer selects both for a transport that sends a token", async () => {
    await engineer.goto("/transports/new");
    await engineer.getByLabel("Transport Name").fill(name);
    await pick(engineer, "Node", gate);
    await engineer.getByLabel("URL", { exact: true }).fill(`${readStack().sandbox.serviceUrl}/orders`);
    await engineer.getByLabel("Authorization", { exact: true }).selectOption({ label: "Credential" });
    await engineer.getByRole("combobox", { name: "Name", exact: true }).click();
    await engineer.getByRole("option", { name: credentialName }).click();
    await engineer.getByLabel("Proxy Settings").selectOption("Named proxy");
    await pick(engineer, "Proxy", proxyName);
    await pick(engineer, "Certificate authority", caName);
    // A checkbox that the header half covers would be too small.
    await engineer.evaluate(() => scrollTo(0, 0));
    await expectNoAxeViolations(engineer);
    await engineer.getByRole("button", { name: "Save", exact: true }).click();
    await expect(engineer.getByRole("heading", { level: 1 })).toHaveText(name);
    await expect(engineer.getByText(proxyName)).toBeVisible();
    await expect(engineer.getByText(caName)).toBeVisible();
    const id = engineer.url().split("/").at(-1);
    expect(await callApi("POST", `transports/${id}/test`, {})).toMatchObject({ proxy: proxyUrl });
  });

  await test.step("which can't open Administration > Network", async () => {
    await engineer.goto("/network");
    await expect(engineer.getByRole("link", { name: "Create proxy" })).toHaveCount(0);
    await expect(engineer.getByRole("heading", { level: 1 })).toHaveText("You may not see this page");
  });

  await test.step("the admin sees what uses the proxy, and can't delete it", async () => {
    await page.getByRole("link", { name: proxyName }).click();
    await expect(page.getByRole("region", { name: "Used by" }).getByRole("link", { name })).toBeVisible();
    await expect(page.getByRole("button", { name: "Replace Proxy password" })).toBeVisible();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
    await expect(page.getByRole("dialog")).toContainText("1 transport or credential uses it");
    await expectNoAxeViolations(page);
  });
  await proxy.close();
});
