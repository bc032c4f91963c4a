import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { signInAttempts } from "#drizzle/schema/sign-in-attempts.ts";
import { listAllEvents } from "#lib/oauth/credential-lists/list-all-events.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { PEOPLE } from "#sandbox/people.ts";
import { openTestBrowser } from "#scripts/test-browser.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { setUpSandbox, tester } from "#scripts/test-sandbox.ts";
import { entraProfile, serveSignIn } from "#scripts/test-sign-in.ts";
import { listReceivedRoles } from "./received-roles.ts";

setUpTestDatabase();
const sandbox = setUpSandbox();
const portal = serveSignIn();
const { olga, emil, nora } = PEOPLE;

async function signIn(id: string, person: (typeof PEOPLE)[keyof typeof PEOPLE]) {
  await openTestBrowser(sandbox.current.caFile).signIn(`${portal.url}/api/credentials/${id}/authorize`, person);
}

test("values that users were refused with are offered, the latest first, until they are mapped", async () => {
  const profile = await entraProfile(sandbox.current, { roleMapping: [] });
  await signIn(profile.id, olga);
  await signIn(profile.id, emil);
  await signIn(profile.id, nora);
  expect(await listReceivedRoles(tester, { id: profile.id, roleMapping: [] })).toEqual([
    "Plant7.Engineers",
    "Plant7.Operators",
  ]);
  const roleMapping = [{ claimValue: "Plant7.Engineers", role: "engineer", nodeId: null } as const];
  expect(await listReceivedRoles(tester, { id: profile.id, roleMapping })).toEqual(["Plant7.Operators"]);
  const inEightDays = new Date(Date.now() + 8 * 24 * 60 * 60_000);
  expect(await listReceivedRoles(tester, { id: profile.id, roleMapping: [] }, inEightDays)).toEqual([]);
  await expect(
    listReceivedRoles({ ...tester, grants: [{ role: "engineer", nodeId: null }] }, { id: profile.id, roleMapping }),
  ).rejects.toMatchObject({ code: "forbidden" });
});

test("a refused user reads no settings; the reference finds the event that names them", async () => {
  const profile = await entraProfile(sandbox.current, { roleMapping: [] });
  await signIn(profile.id, olga);
  const [attempt] = await getDb().select().from(signInAttempts).where(eq(signInAttempts.credentialId, profile.id));
  expect(attempt?.refusal).toMatchObject({
    code: "no_mapped_role",
    message: "Your account has no role here.",
    hint: expect.not.stringContaining("Role mapping"),
  });
  const { items } = await listAllEvents(tester, { q: attempt?.refusal?.reference ?? "" });
  expect(items).toMatchObject([
    { credentialId: profile.id, kind: "sign_in", description: expect.stringContaining("Plant7.Operators") },
  ]);
  expect((await listAllEvents(tester, { q: "nothing" })).items).toEqual([]);
});
