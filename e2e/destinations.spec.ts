import { CLIENTS } from "../sandbox/clients.ts";
import { runSql } from "./fixtures/database.ts";
import { callApi, pick, prepare, unique } from "./fixtures/steps.ts";
import { expect, expectNoAxeViolations, readStack, test } from "./fixtures/test.ts";

type Made = { id: string; name: string };

/** A credential that allows no host yet, and a node to put transports on. */
async function addCredential() {
  const { sandbox } = readStack();
  const credential = await prepare<Made>("credentials", {
    name: unique("Orders API"),
    type: "application",
    provider: "entra",
    endpointUrl: sandbox.tokenEndpoint,
    clientId: CLIENTS.ordersApi.clientId,
    clientSecret: CLIENTS.ordersApi.clientSecret,
    scope: "api://orders/.default",
  });
  const node = await prepare<Made>("nodes", { name: unique("Plant"), parentId: null });
  return { credential, node, origin: new URL(sandbox.serviceUrl).origin };
}

const readHosts = async ({ id }: Made) =>
  (await callApi<{ allowedHosts: string[] }>("GET", `credentials/${id}`)).allowedHosts;

test("an admin confirms the host that a new transport's token goes to; an engineer sees whom to ask", async ({
  adminPage: page,
  openPage,
}) => {
  const { credential, node, origin } = await addCredential();
  const { host } = new URL(origin);
  const account = { username: unique("eva").replace(" ", "-"), password: "engineer-password" };
  const roles = [{ role: "engineer", nodeId: node.id }];
  await prepare("users", { ...account, displayName: "Eva", mustChangePassword: false, roles });
  const proposal = `${credential.name} can't send its token to ${origin} yet.`;
  const fill = async (to: typeof page) => {
    await to.goto(`/transports/new?nodeId=${node.id}`);
    await to.getByLabel("Transport Name").fill(unique("Orders"));
    await to.getByLabel("URL", { exact: true }).fill(`${origin}/orders`);
    await to.getByLabel("Method").selectOption("POST");
    await to.getByLabel("Authorization", { exact: true }).selectOption({ label: "Credential" });
    await pick(to, "Name", credential.name);
    await expect(to.getByText(proposal, { exact: true })).toBeVisible();
  };

  const engineer = await openPage(account);
  await fill(engineer);
  await expect(engineer.getByText(`Ask an admin to add ${host} to`).first()).toBeVisible();
  await expect(engineer.getByRole("checkbox", { name: `Allow ${origin}` })).toHaveCount(0);
  await expectNoAxeViolations(engineer);
  await engineer.getByRole("button", { name: "Save" }).click();
  await expect(engineer.getByRole("combobox", { name: "Name", exact: true })).toHaveAccessibleDescription(
    new RegExp(`Ask an admin to add ${host} to`),
  );
  expect(await readHosts(credential)).toEqual([]);

  await fill(page);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText(`Allow ${origin} below, change the URL, or select another credential.`)).toBeVisible();
  await page.getByRole("checkbox", { name: `Allow ${origin}` }).check();
  await expectNoAxeViolations(page);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Orders");
  expect(await readHosts(credential)).toEqual([host]);
});

test("a transport shows that its credential doesn't allow its host, and an admin allows it with one click", async ({
  adminPage: page,
}) => {
  const { credential, node, origin } = await addCredential();
  const { host } = new URL(origin);
  const transport = await prepare<Made>("transports", {
    name: unique("Orders"),
    nodeId: node.id,
    type: "HTTP",
    http: { url: `${origin}/orders`, method: "POST" },
    authorization: { kind: "credential", credentialId: credential.id },
  });
  // As a version left it in which an empty list didn't count.
  const forget = () => runSql("update credentials set allowed_hosts = '{}' where id = $1", [credential.id]);
  await forget();
  await page.goto(`/transports/${transport.id}`);
  await expect(page.getByText(`${credential.name} can't send its token to ${origin} yet.`)).toBeVisible();
  await expectNoAxeViolations(page);
  await page.getByRole("button", { name: `Allow ${origin}` }).click();
  await expect(page.getByText("Runs of this transport fail.")).toHaveCount(0);
  expect(await readHosts(credential)).toEqual([host]);

  await forget();
  await page.goto(`/credentials/${credential.id}/edit`);
  await page.getByRole("button", { name: `Allow ${origin}` }).click();
  await expect(page.getByLabel("Allowed destinations")).toHaveValue(host);
  await expect(page.getByRole("button", { name: `Allow ${origin}` })).toHaveCount(0);
  await expectNoAxeViolations(page);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("heading", { name: credential.name, level: 1, exact: true })).toBeVisible();
  expect(await readHosts(credential)).toEqual([host]);
});
