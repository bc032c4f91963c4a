import { desc, eq } from "drizzle-orm";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { userRoles } from "#drizzle/schema/user-roles.ts";
import { users } from "#drizzle/schema/users.ts";
import { type Context, systemContext } from "#lib/access/permissions/context.ts";
import { findSignedIn } from "#lib/access/sessions/sessions.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { createUser, deleteUser, updateUser } from "./edit-users.ts";
import { getUser, listUsers } from "./list-users.ts";
import { signInLocally } from "./local/sign-in-locally.ts";
import { renameSelf } from "./own-account.ts";
import { changeOwnPassword, resetPassword } from "./passwords.ts";
import { userInput } from "./schema.ts";

setUpTestDatabase();

const system = systemContext("test");
const engineer: Context = { ...system, grants: [{ role: "engineer", nodeId: null }] };
const plant = "019a0000-0000-7000-8000-000000000001";
const password = "a password of some length";
const client = { address: "192.0.2.1", userAgent: "test" };

beforeAll(async () => {
  await getDb()
    .insert(nodes)
    .values({ id: plant, name: "Plant 7", path: [plant] });
});

afterEach(() => {
  vi.useRealTimers();
});

let made = 0;
async function makeUser(roles: { role: "admin" | "engineer"; nodeId: string | null }[] = []) {
  made += 1;
  const input = userInput.parse({ username: `user${made}`, password, roles });
  return (await createUser(system, input)).user;
}

/** Signs in and returns the context that a request of that session has. */
async function contextOf(username: string, withPassword = password): Promise<Context> {
  const { sessionId } = await signInLocally({ username, password: withPassword }, client);
  const signedIn = await findSignedIn(sessionId, client.address);
  return signedIn!.ctx;
}

const isSignedIn = async (ctx: Context) =>
  ctx.actor.kind === "user" && (await findSignedIn(ctx.actor.sessionId, null)) !== null;

const lastAudit = async (action: string) =>
  (await getDb().select().from(auditRecords).where(eq(auditRecords.action, action)).orderBy(desc(auditRecords.id)))[0];

test("a user is made with roles, named in the audit log, and the password is nowhere", async () => {
  const user = await makeUser([{ role: "engineer", nodeId: plant }]);
  expect(user).toMatchObject({
    username: "user1",
    source: "local",
    mustChangePassword: false,
    roles: [{ role: "engineer", nodeId: plant, nodeName: "Plant 7" }],
    version: 1,
  });
  const record = await lastAudit("user.create");
  expect(record?.after).toMatchObject({ username: "user1", roles: [`engineer, Plant 7 (${plant})`] });
  expect(JSON.stringify([user, record])).not.toMatch(/argon2|a password of/);
});

test("a made-up password is told once, works, and must be changed", async () => {
  const { user, password: told } = await createUser(system, userInput.parse({ username: "berta" }));
  expect(user.mustChangePassword).toBe(true);
  expect(told).toMatch(/^[\w-]{20}$/);
  await contextOf("berta", told!);
});

test("a username is taken whatever its case", async () => {
  const user = await makeUser();
  const input = userInput.parse({ username: user.username.toUpperCase() });
  await expect(createUser(system, input)).rejects.toMatchObject({
    code: "name_taken",
    fields: [{ field: "username" }],
  });
});

test("a role on a node that doesn't exist is refused at its field", async () => {
  const roles = [
    { role: "lead", nodeId: null },
    { role: "lead", nodeId: "019a0000-0000-7000-8000-0000000000ff" },
  ];
  await expect(createUser(system, userInput.parse({ username: "nodeless", roles }))).rejects.toMatchObject({
    code: "invalid_input",
    fields: [{ field: "roles.1.nodeId" }],
  });
});

test.each([
  ["too short", "short", /at least 12 characters; this one has 5/],
  ["the username", "administrator-x", /must not be the username/],
  ["one letter over and over", "aaaaaaaaaaaaaaa", /different characters/],
  ["endless", "ab12".repeat(65), /at most 256/],
])("a password that is %s is refused", (_, refused, message) => {
  const result = userInput.safeParse({ username: "Administrator-X", password: refused });
  expect(result.error?.issues[0]).toMatchObject({ path: ["password"], message: expect.stringMatching(message) });
});

test("a password that many people use is refused wherever one is chosen", async () => {
  const common = "Unbelievable1";
  const refused = (field: string) => ({
    code: "invalid_input",
    fields: [{ field, message: "The password must not be one that many people use." }],
  });
  const input = userInput.parse({ username: "common", password: common });
  await expect(createUser(system, input)).rejects.toMatchObject(refused("password"));
  const user = await makeUser();
  await expect(resetPassword(system, user.id, { password: common })).rejects.toMatchObject(refused("password"));
  const own = changeOwnPassword(await contextOf(user.username), { currentPassword: password, newPassword: common });
  await expect(own).rejects.toMatchObject(refused("newPassword"));
});

test("who is no admin for all nodes can do nothing here", async () => {
  const user = await makeUser();
  const nodeAdmin: Context = { ...system, grants: [{ role: "admin", nodeId: plant }] };
  for (const ctx of [engineer, nodeAdmin]) {
    const forbidden = { code: "forbidden" };
    await expect(listUsers(ctx)).rejects.toMatchObject(forbidden);
    await expect(getUser(ctx, user.id)).rejects.toMatchObject(forbidden);
    await expect(createUser(ctx, userInput.parse({ username: "x" }))).rejects.toMatchObject(forbidden);
    await expect(updateUser(ctx, user.id, { version: 1, disabled: true })).rejects.toMatchObject(forbidden);
    await expect(resetPassword(ctx, user.id, {})).rejects.toMatchObject(forbidden);
    await expect(deleteUser(ctx, user.id)).rejects.toMatchObject(forbidden);
  }
});

test("new roles hold with the next request, and disabling ends the sessions for good", async () => {
  await makeUser([{ role: "admin", nodeId: null }]);
  const user = await makeUser([{ role: "engineer", nodeId: null }]);
  const ctx = await contextOf(user.username);
  await updateUser(system, user.id, { version: 1, roles: [{ role: "lead", nodeId: plant }] });
  const again = await findSignedIn(ctx.actor.kind === "user" ? ctx.actor.sessionId : "", null);
  expect(again?.ctx.grants).toEqual([{ role: "lead", nodeId: plant }]);
  await updateUser(system, user.id, { version: 2, disabled: true });
  expect(await isSignedIn(ctx)).toBe(false);
  await updateUser(system, user.id, { version: 3, disabled: false });
  expect(await isSignedIn(ctx)).toBe(false);
});

test("an edit from an old version is refused with what changed meanwhile and by whom", async () => {
  const user = await makeUser();
  await updateUser(systemContext("Anna"), user.id, { version: 1, displayName: "Berta" });
  await expect(updateUser(system, user.id, { version: 1, disabled: true })).rejects.toMatchObject({
    code: "stale_version",
    message: `Anna saved “${user.username}” after you opened it.`,
    details: { changed: ["displayName"], current: { displayName: "Berta", version: 2 } },
  });
});

test("a reset ends the sessions, lifts the block and asks for a new password", async () => {
  const user = await makeUser();
  const ctx = await contextOf(user.username);
  // A block doesn't end by itself while the clock stands still.
  vi.useFakeTimers({ toFake: ["Date"] });
  for (let n = 0; n < 5; n += 1) {
    await signInLocally({ username: user.username, password: "wrong" }, client).catch(() => undefined);
  }
  await expect(signInLocally({ username: user.username, password }, client)).rejects.toMatchObject({
    code: "too_many_attempts",
  });
  const { password: told } = await resetPassword(system, user.id, {});
  expect(await isSignedIn(ctx)).toBe(false);
  const next = await contextOf(user.username, told!);
  await expect(signInLocally({ username: user.username, password }, client)).rejects.toMatchObject({
    code: "wrong_password",
  });
  expect((await getUser(system, user.id)).mustChangePassword).toBe(true);
  await changeOwnPassword(next, { currentPassword: told!, newPassword: "another long password" });
  expect((await getUser(system, user.id)).mustChangePassword).toBe(false);
});

test("changing one's own password keeps this session and ends the others", async () => {
  const user = await makeUser();
  const here = await contextOf(user.username);
  const there = await contextOf(user.username);
  const wrong = changeOwnPassword(here, { currentPassword: "wrong", newPassword: "another long password" });
  await expect(wrong).rejects.toMatchObject({ code: "wrong_password", fields: [{ field: "currentPassword" }] });
  await changeOwnPassword(here, { currentPassword: password, newPassword: "another long password" });
  expect([await isSignedIn(here), await isSignedIn(there)]).toEqual([true, false]);
});

test("guessing the current password of an open session is throttled", async () => {
  const user = await makeUser();
  const ctx = await contextOf(user.username);
  vi.useFakeTimers({ toFake: ["Date"] });
  const guess = () => changeOwnPassword(ctx, { currentPassword: "wrong", newPassword: "another long password" });
  for (let n = 0; n < 5; n += 1) await expect(guess()).rejects.toMatchObject({ code: "wrong_password" });
  await expect(guess()).rejects.toMatchObject({ code: "too_many_attempts" });
});

test("people rename themselves without becoming somebody else in the audit log", async () => {
  const user = await makeUser();
  const ctx = await contextOf(user.username);
  await renameSelf(ctx, { displayName: "The boss" });
  expect((await getUser(system, user.id)).displayName).toBe("The boss");
  expect(ctx.actor.name).toBe(user.username);
  await expect(renameSelf(system, { displayName: "x" })).rejects.toMatchObject({ code: "forbidden" });
});

test("a list is searched, filtered, sorted and read page by page", async () => {
  for (const name of ["zoe", "Yves", "xaver_1", "xaverX1"]) {
    await createUser(
      system,
      userInput.parse({ username: name, password, roles: [{ role: "operator", nodeId: null }] }),
    );
  }
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listUsers(system, { role: "operator", sort: "-username", limit: 3, cursor });
    names.push(...page.items.map((user) => user.username));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(names).toEqual(["zoe", "Yves", "xaverX1", "xaver_1"]);
  const found = await listUsers(system, { q: "AVER_" });
  expect(found.items.map((user) => user.username)).toEqual(["xaver_1"]);
  const bySignIn = await listUsers(system, { sort: "-lastSignInAt", limit: 200 });
  const first = await listUsers(system, { sort: "-lastSignInAt", limit: 2 });
  const second = await listUsers(system, { sort: "-lastSignInAt", limit: 200, cursor: first.nextCursor! });
  expect([...first.items, ...second.items]).toEqual(bySignIn.items);
});

test("the last enabled admin for all nodes can't be disabled, demoted or deleted, not even by two at once", async () => {
  await getDb().delete(userRoles).where(eq(userRoles.role, "admin"));
  await makeUser([{ role: "admin", nodeId: plant }]);
  const [one, two] = [
    await makeUser([{ role: "admin", nodeId: null }]),
    await makeUser([{ role: "admin", nodeId: null }]),
  ];
  const refused = { code: "conflict", message: "This is the last enabled admin for all nodes." };

  const results = await Promise.allSettled([
    updateUser(system, one.id, { version: 1, disabled: true }),
    updateUser(system, two.id, { version: 1, roles: [] }),
  ]);
  expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(results.find((result) => result.status === "rejected")?.reason).toMatchObject(refused);

  const left = results[0].status === "rejected" ? one : two;
  await expect(updateUser(system, left.id, { version: 1, disabled: true })).rejects.toMatchObject(refused);
  await expect(updateUser(system, left.id, { version: 1, roles: [] })).rejects.toMatchObject(refused);
  await expect(deleteUser(system, left.id)).rejects.toMatchObject(refused);
  const third = await makeUser([{ role: "admin", nodeId: null }]);
  await deleteUser(system, left.id);
  expect(await getDb().select().from(users).where(eq(users.id, left.id))).toEqual([]);
  await expect(deleteUser(system, third.id)).rejects.toMatchObject(refused);
});

test("an admin who signs in at a provider does not count as the last one, nor do roles of such a person change here", async () => {
  await getDb().delete(userRoles).where(eq(userRoles.role, "admin"));
  const local = await makeUser([{ role: "admin", nodeId: null }]);
  const [external] = await getDb()
    .insert(users)
    .values({ username: "eve", issuer: "https://idp", subject: "1", mappedGrants: [{ role: "admin", nodeId: null }] })
    .returning({ id: users.id });
  await getDb().insert(userRoles).values({ userId: external!.id, role: "admin", nodeId: null });
  const refused = { code: "conflict", message: "This is the last enabled admin for all nodes." };
  await expect(updateUser(system, local.id, { version: 1, disabled: true })).rejects.toMatchObject(refused);
  const shown = await getUser(system, external!.id);
  expect(shown.roles).toEqual([{ role: "admin", nodeId: null, nodeName: null }]);
  const roles = [{ role: "lead" as const, nodeId: null }];
  await expect(updateUser(system, external!.id, { version: 1, roles })).rejects.toMatchObject({
    code: "invalid_input",
    fields: [{ field: "roles" }],
  });
  const same = [{ role: "admin" as const, nodeId: null }];
  expect(await updateUser(system, external!.id, { version: 1, roles: same, disabled: true })).toMatchObject({
    disabled: true,
  });
});
