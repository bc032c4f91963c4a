import type { Page } from "@playwright/test";
import { CLIENTS } from "../sandbox/clients.ts";
import { PEOPLE } from "../sandbox/people.ts";
import { unique } from "./fixtures/steps.ts";
import { expect, expectNoAxeViolations, readStack, test } from "./fixtures/test.ts";

// What claims mean is found out in the mapping sandbox, before anybody is let in by them.

// The sandbox's certificate is its own.
/** A User credential at the sandbox's tenant whose keys point at nothing yet. */
async function addProfile(page: Page, name: string, changes: object = {}): Promise<{ id: string }> {
  const { apiKey, sandbox } = readStack();
  const answer = await page.request.post("/api/v1/credentials", {
    headers: { authorization: `Bearer ${apiKey}` },
    data: {
      name,
      type: "user",
      provider: "entra",
      endpointUrl: sandbox.tokenEndpoint,
      clientId: CLIENTS.workbench.clientId,
      clientSecret: CLIENTS.workbench.clientSecret,
      scope: "openid profile",
      jwtUsernameKey: "upn",
      jwtRolesKey: "plant_roles",
      ...changes,
    },
  });
  expect(answer.status(), await answer.text()).toBe(201);
  return answer.json();
}

async function signInAtProvider(page: Page, person: { name: string }): Promise<void> {
  await page.getByRole("button", { name: `Sign in as ${person.name}` }).click();
  const accept = page.getByRole("button", { name: "Accept" });
  await expect(accept.or(page.getByRole("heading", { name: "Mapping sandbox" }))).toBeVisible();
  if (await accept.isVisible()) await accept.click();
}

test("a test sign-in shows the claims; username and roles are clicked, a value is mapped, and it is saved", async ({
  adminPage: page,
}) => {
  const name = unique("Plant sign-in");
  const { id } = await addProfile(page, name);
  await page.goto(`/credentials/${id}`);
  await page.getByRole("link", { name: "Mapping sandbox" }).click();
  await expect(page.getByText("There are no claims to look at yet.")).toBeVisible();
  await expectNoAxeViolations(page);

  await page.getByRole("link", { name: "Sign in for a test" }).click();
  await signInAtProvider(page, PEOPLE.olga);
  await expect(page).toHaveURL(new RegExp(`/credentials/${id}/mapping\\?test=`));
  const outcome = page.getByRole("status").filter({ hasText: "Would not be let in" });
  await expect(outcome).toContainText("no claim “upn”");
  await expectNoAxeViolations(page);

  await page.getByRole("button", { name: "Username: preferred_username", exact: true }).click();
  await expect(page.getByLabel("JWT Username")).toHaveValue("preferred_username");
  await expect(outcome).toContainText("no claim “plant_roles”");
  await page.getByRole("button", { name: "Roles: roles", exact: true }).click();
  await expect(outcome).toContainText("None of the person's roles is in Role mapping");
  await page.getByRole("button", { name: "Map Plant7.Operators" }).click();
  await expect(page.getByLabel("Claim value 1")).toHaveValue("Plant7.Operators");
  await page.getByLabel("Role 1", { exact: true }).selectOption("lead");
  await expect(page.getByText(`Would be signed in as ${PEOPLE.olga.userName}`)).toBeVisible();
  await expect(page.getByText("lead on all nodes.")).toBeVisible();
  await expectNoAxeViolations(page);

  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/credentials/${id}$`));
  await expect(page.getByText("Plant7.Operators → lead")).toBeVisible();

  await page.goto("/sessions");
  await expect(page.getByRole("heading", { name: "Sessions", level: 1 })).toBeVisible();
  // A session would name the profile that made it.
  await expect(page.getByRole("main").getByText(name)).toHaveCount(0);
});

test("with only the seed's fields filled in, a test sign-in brings the values, and one click maps each", async ({
  adminPage: page,
}) => {
  const keys = { jwtUsernameKey: "preferred_username", jwtRolesKey: "roles" };
  const { id } = await addProfile(page, unique("Seed fields"), keys);
  await page.goto(`/credentials/${id}`);
  await expect(page.getByText("No user can sign in yet")).toBeVisible();
  await expectNoAxeViolations(page);
  await page.getByRole("link", { name: "Test sign-in" }).click();
  await signInAtProvider(page, PEOPLE.olga);
  await expect(page).toHaveURL(new RegExp(`/credentials/${id}/mapping\\?test=`));

  await page.goto(`/credentials/${id}/edit`);
  await page.getByRole("button", { name: "Map Plant7.Operators" }).click();
  await expect(page.getByLabel("Claim value 1")).toHaveValue("Plant7.Operators");
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Discard changes" }).click();
  await expect(page.getByRole("list", { name: "Received values" })).toContainText("Plant7.Operators");
  await expectNoAxeViolations(page);
  await page.getByRole("button", { name: "Map Plant7.Operators" }).click();
  await expect(page.getByText("Saved: Plant7.Operators → Operator, all nodes")).toBeVisible();
  await expect(page.getByText("No user can sign in yet")).toHaveCount(0);
  await expect(page.getByText("Plant7.Operators → operator", { exact: true })).toBeVisible();
});

test("a pasted token is read in the page alone, and group overage is explained", async ({ adminPage: page }) => {
  const { id } = await addProfile(page, unique("Pasted"));
  await page.goto(`/credentials/${id}/mapping`);
  const sent: string[] = [];
  page.on("request", (request) => sent.push(`${request.url()} ${request.postData() ?? ""}`));
  const paste = page.getByLabel("Or paste a token");
  await paste.fill("not a token");
  await expect(page.getByText("This is no JWT").first()).toBeVisible();
  const claims = { preferred_username: "greta", _claim_names: { groups: "src1" }, canary: "canary-7f3a" };
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  await paste.fill(`Bearer ${encode({ alg: "RS256" })}.${encode(claims)}.c2ln`);
  await page.getByRole("button", { name: "Username: preferred_username", exact: true }).click();
  await page.getByLabel("JWT Roles Key").fill("groups");
  await expect(page.getByText("The person is in too many groups")).toBeVisible();
  expect(sent.filter((each) => each.includes("canary-7f3a") || each.includes(encode(claims)))).toEqual([]);
});

test("who may not edit credentials has no mapping sandbox", async ({ page, request, openPage }) => {
  const { id } = await addProfile(page, unique("Closed"));
  const account = { username: unique("olaf").replace(" ", "-"), password: "a long enough password 42" };
  await request.post("/api/v1/users", {
    headers: { authorization: `Bearer ${readStack().apiKey}` },
    data: { ...account, roles: [{ role: "operator", nodeId: null }] },
  });
  const theirs = await openPage(account);
  const answer = await theirs.goto(`/credentials/${id}/mapping`);
  expect([403, 404]).toContain(answer?.status());
});
