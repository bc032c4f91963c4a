import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { v7 } from "uuid";
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { nodes } from "#drizzle/schema/nodes.ts";
import { users } from "#drizzle/schema/users.ts";
import { type Context, systemContext } from "#lib/access/permissions/context.ts";
import type { SignedIn } from "#lib/access/sessions/sessions.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { transportInput } from "#lib/delivery/transports/schema.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import { createCredential } from "#lib/oauth/credential-edits/create-credential.ts";
import { credentialInput } from "#lib/oauth/credentials/schema.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { dumpDatabase } from "#scripts/dump-database.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { insertApiKey, insertSession } from "#scripts/test-portal.ts";

/** What everybody who is signed in may do about themselves; a new one is added here on purpose or not at all. */
const aboutOneself = [
  ...["beginMyTotp", "changeMyPassword", "confirmMyTotp", "endOneSession", "removeMySecondFactor"],
  ...["renameMe", "renewMyRecoveryCodes", "signOutMyOthers"],
];

type Action = (input: unknown) => Promise<{ ok: boolean; error?: { code: string } }>;
type Captured = { permission: string; run: (ctx: Context, input: unknown) => unknown };

const state = vi.hoisted(() => ({ signedIn: null as unknown, captured: new Map<unknown, unknown>() }));
vi.mock("#lib/web/session.ts", () => ({
  getSignedIn: async () => state.signedIn,
  getRequestPath: async () => "/",
}));
vi.mock("next/cache", () => ({ revalidatePath: () => undefined, revalidateTag: () => undefined }));
// The action itself, and beside it what it does once the fence has let somebody through.
vi.mock("#lib/web/action.ts", async (importOriginal) => {
  const original = await importOriginal<typeof import("#lib/web/action.ts")>();
  const protectedAction: typeof original.protectedAction = (options, run) => {
    const action = original.protectedAction(options, run);
    state.captured.set(action, { permission: options.permission, run });
    return action;
  };
  return { ...original, protectedAction };
});

setUpTestDatabase();

const files = readdirSync("app", { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file) && !file.includes(".test."))
  .filter((file) => /^\s*["']use server["']/m.test(readFileSync(join("app", file), "utf8")));
const found: [name: string, action: Action][] = [];
for (const file of files) {
  for (const [name, value] of Object.entries(await import(join(process.cwd(), "app", file)))) {
    found.push([name, value as Action]);
  }
}
const guarded = found.filter(([name]) => !aboutOneself.includes(name));

const nobody: Context = {
  actor: { kind: "user", id: v7(), name: "Nobody", sessionId: v7() },
  grants: [],
  address: "192.0.2.7",
};
const signIn = (
  changes: Partial<SignedIn["user"]> = {},
  ctx: Context = nobody,
  missingFactor: SignedIn["missingFactor"] = [],
) => {
  state.signedIn = { ctx, sessionId: v7(), missingFactor, user: { mustChangePassword: false, ...changes } };
};

/** An input that many actions find what they need in. */
const inputFor = (id: string, kind: string) => ({
  ...{ id, kind, ids: [id], version: 1, nodeId: node, parentId: node, transportId: id, credentialId: id },
  ...{ name: "Mine", username: "mine", role: "admin", grants: [], enabled: false, request: { path: "/" } },
  ...{ q: "", include: [id], action: "transports.write", variables: {}, soap: { wsdlUrl: "https://erp.example.com" } },
});

let things: string[] = [];
let node = "";
/** The database that no refused action changes. */
let before: Record<string, string> = {};
beforeAll(async () => {
  const ctx = systemContext("Tester");
  node = await insertNode("Plant 7");
  const credential = credentialInput.parse({
    name: "Orders",
    type: "application",
    endpointUrl: "https://idp.example.com/token",
    clientId: "client",
    clientSecret: "secret",
    scope: "api",
  });
  const http = { url: "https://orders.example.com", method: "POST", headers: [] };
  const transport = await createTransport(
    ctx,
    transportInput.parse({ name: "Orders", nodeId: node, type: "HTTP", http }),
  );
  const trigger = { name: "Send", nodeId: node, transportId: transport.id, request: { path: "/" } };
  const [user] = await getDb().insert(users).values({ username: "anna" }).returning({ id: users.id });
  await insertApiKey("operator");
  things = [
    node,
    (await createCredential(ctx, credential)).id,
    transport.id,
    (await createTrigger(ctx, triggerInput.parse(trigger))).id,
    user!.id,
    await insertSession(),
  ];
  expect(await getDb().$count(nodes)).toBe(1);
  before = await dumpDatabase();
});
beforeEach(() => {
  state.signedIn = null;
});

test("every file of server actions is found, and nothing in it is made past protectedAction", () => {
  expect(files.length).toBeGreaterThan(7);
  expect(found.length).toBeGreaterThan(25);
  const past = found.filter(([, action]) => !state.captured.has(action)).map(([name]) => name);
  expect(past).toEqual([]);
});

test("the only routes beside pages, actions and the API are those of signing in", () => {
  const routes = readdirSync("app", { recursive: true, encoding: "utf8" }).filter((file) => /route\.tsx?$/.test(file));
  expect(routes.sort()).toEqual([
    "api/auth/[...nextauth]/route.ts",
    "api/credentials/[id]/authorize/route.ts",
    "api/credentials/callback/route.ts",
    "api/credentials/sign-out/route.ts",
  ]);
});

test("only what somebody does about themselves is open to all who are signed in", () => {
  const open = found.filter(([, action]) => (state.captured.get(action) as Captured).permission === "self");
  expect(open.map(([name]) => name).sort()).toEqual(aboutOneself);
});

describe.each(found)("%s", (_, action) => {
  test("refuses whoever is not signed in", async () => {
    expect(await action({})).toMatchObject({ ok: false, error: { code: "sign_in_required" } });
  });
});

describe.each(guarded)("%s", (_, action) => {
  test("refuses somebody without a role, whatever the input", async () => {
    signIn();
    expect(await action({})).toMatchObject({ ok: false, error: { code: "forbidden" } });
  });

  test("refuses an admin who has to choose a new password first", async () => {
    signIn({ mustChangePassword: true }, systemContext("Anna"));
    expect(await action({})).toMatchObject({ ok: false, error: { code: "forbidden" } });
  });

  test("refuses an admin whose role asks for a second factor that this session has not seen", async () => {
    signIn({}, systemContext("Anna"), ["admin"]);
    expect(await action({})).toMatchObject({ ok: false, error: { code: "second_factor_required" } });
  });

  test("refuses behind its fence too: for everything that there is, nothing is read or changed", async () => {
    const { run } = state.captured.get(action) as Captured;
    const codes = new Set<string>();
    for (const id of things) {
      for (const kind of ["node", "transport", "trigger"]) {
        const input = inputFor(id, kind);
        const result = await Promise.resolve()
          .then(() => run(nobody, { ...input, update: input, values: input }))
          .then(
            (value) => ({ value }),
            (err: Error & { code?: string }) => ({ code: err.code ?? err.name }),
          );
        if ("code" in result) codes.add(result.code);
        // A list may be empty instead.
        else for (const thing of things) expect(JSON.stringify(result.value) ?? "").not.toContain(thing);
      }
    }
    // A TypeError: these fields are not its input, so it got nowhere.
    for (const code of codes) expect(["forbidden", "not_found", "TypeError"]).toContain(code);
    expect(await dumpDatabase()).toEqual(before);
  });
});
