import { CLIENTS } from "../sandbox/clients.ts";
import { PEOPLE } from "../sandbox/people.ts";
import { startEchoService } from "../scripts/test-services.ts";
import { unique } from "./fixtures/steps.ts";
import { expect, expectNoAxeViolations, readStack, test, waitUntilAlive } from "./fixtures/test.ts";

// The sandbox's certificate is its own.
test("a run sends the own token of who started it; who is signed in otherwise is led to the profile first", async ({
  openPage,
}) => {
  const { apiKey, sandbox, admin } = readStack();
  // Signing in at a provider ends the session that the browser had.
  const page = await openPage(admin);
  const echo = await startEchoService();
  const name = unique("Company");
  const post = async (path: string, data: Record<string, unknown>) => {
    const headers = { authorization: `Bearer ${apiKey}` };
    const answer = await page.request.post(`/api/v1/${path}`, { headers, data });
    expect(answer.ok(), await answer.text()).toBe(true);
    return answer.json();
  };
  const profile = await post("credentials", {
    name,
    type: "user",
    provider: "entra",
    endpointUrl: sandbox.tokenEndpoint,
    clientId: CLIENTS.workbench.clientId,
    clientSecret: CLIENTS.workbench.clientSecret,
    scope: "openid profile offline_access",
    jwtUsernameKey: "preferred_username",
    jwtRolesKey: "roles",
    roleMapping: [{ claimValue: "Plant7.Operators", role: "operator", nodeId: null }],
    allowedHosts: ["127.0.0.1"],
  });
  const node = await post("nodes", { name });
  const authorization = { kind: "credential", credentialId: profile.id };
  const http = { url: echo.url, method: "POST" };
  const transport = await post("transports", { name, nodeId: node.id, type: "HTTP", http, authorization });
  const request = { path: "/orders", body: "{}" };
  const trigger = await post("triggers", { name, nodeId: node.id, transportId: transport.id, request });

  await page.goto(`/triggers/${trigger.id}/run`);
  await expect(page.getByText(`Sign in with ${name} first.`)).toBeVisible();
  await expect(page.getByRole("button", { name: "Run" })).toHaveCount(0);
  await expectNoAxeViolations(page);

  await page.getByRole("link", { name: `Sign in with ${name}` }).click();
  await page.getByRole("button", { name: `Sign in as ${PEOPLE.olga.name}` }).click();
  const accept = page.getByRole("button", { name: "Accept" });
  const run = page.getByRole("button", { name: "Run", exact: true });
  await expect(accept.or(run)).toBeVisible();
  if (await accept.isVisible()) await accept.click();
  await expect(page).toHaveURL(`/triggers/${trigger.id}/run`);
  await waitUntilAlive(page);
  await run.click();
  const receipt = page.getByRole("region", { name: "Receipt" });
  await expect(receipt.getByText("Succeeded")).toBeVisible();
  await expect(receipt.getByText(PEOPLE.olga.userName).last()).toBeVisible();
  await expectNoAxeViolations(page);

  expect(echo.authorizations.size).toBe(1);
  const [sent = ""] = [...echo.authorizations].map((value) => value.split(" ")[1]);
  expect(sent.length).toBeGreaterThan(20);
  expect(await page.content()).not.toContain(sent);
  echo.close();
});
