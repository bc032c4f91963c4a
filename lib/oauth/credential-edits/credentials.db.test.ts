import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { eq, sql } from "drizzle-orm";
import { v7 } from "uuid";
import { describe, expect, test } from "vitest";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { tokens } from "#drizzle/schema/tokens.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { type Context, systemContext } from "#lib/access/permissions/context.ts";
import { getCredential } from "#lib/oauth/credential-lists/get-credential.ts";
import {
  credentialOrders,
  listAssignableCredentials,
  listCredentials,
} from "#lib/oauth/credential-lists/list-credentials.ts";
import { listCredentialEvents } from "#lib/oauth/credential-lists/list-events.ts";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import { openCredential } from "#lib/oauth/credentials/open-credential.ts";
import {
  type CredentialInput,
  type CredentialUpdate,
  credentialInput,
  credentialSorts,
  credentialUpdate,
} from "#lib/oauth/credentials/schema.ts";
import { recordCredentialEvent, setCredentialStatus } from "#lib/oauth/credentials/set-status.ts";
import { tokenAad } from "#lib/platform/crypto/aad.ts";
import { sealSecret } from "#lib/platform/crypto/envelope.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { keyset } from "#lib/platform/db/keyset.ts";
import type { AppError } from "#lib/platform/errors/app-error.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { createCredential } from "./create-credential.ts";
import { deleteCredential } from "./delete-credential.ts";
import { setCredentialEnabled } from "./set-enabled.ts";
import { updateCredential } from "./update-credential.ts";

setUpTestDatabase();

const admin = systemContext("Anna");
const other: Context = { ...admin, actor: { kind: "system", id: null, name: "Bert" } };
const engineer: Context = { ...admin, grants: [{ role: "engineer", nodeId: null }] };
const lead: Context = { ...admin, grants: [{ role: "lead", nodeId: v7() }] };

function create(input: Partial<CredentialInput> = {}, ctx = admin): Promise<CredentialDetail> {
  return createCredential(
    ctx,
    credentialInput.parse({
      name: `Credential ${v7()}`,
      type: "application",
      endpointUrl: "https://idp.example.com/oauth2/token",
      clientId: "client",
      clientSecret: "canary-client-secret",
      scope: "api",
      ...input,
    }),
  );
}

function update(
  of: CredentialDetail,
  patch: Omit<CredentialUpdate, "version">,
  ctx = admin,
): Promise<CredentialDetail> {
  return updateCredential(ctx, of.id, credentialUpdate.parse({ version: of.version, ...patch }));
}

async function refusal(promise: Promise<unknown>): Promise<AppError> {
  return promise.then(
    () => expect.unreachable("it was not refused"),
    (err) => err as AppError,
  );
}

async function addTransport(credentialId: string, url = "https://orders.example.com/v1", name = `T ${v7()}`) {
  const nodeId = v7();
  await getDb()
    .insert(nodes)
    .values({ id: nodeId, name: `Plant ${nodeId}`, path: [nodeId] });
  const http = { url, method: "GET" as const, headers: [] };
  const values = {
    id: v7(),
    name,
    nodeId,
    type: "HTTP" as const,
    http,
    authorizationKind: "credential" as const,
    credentialId,
  };
  await getDb().insert(transports).values(values);
  return values;
}

async function addToken(of: CredentialDetail) {
  const [row] = await getDb().select().from(credentials).where(eq(credentials.id, of.id));
  const key = { credentialId: of.id, credentialVersion: of.version, scope: of.scope };
  const accessTokenEnvelope = sealSecret("token-1", tokenAad(row!, key));
  await getDb()
    .insert(tokens)
    .values({ ...key, accessTokenEnvelope, generation: 3 });
}

const tokensOf = (id: string) => getDb().select().from(tokens).where(eq(tokens.credentialId, id));
const auditOf = (id: string) =>
  getDb().select().from(auditRecords).where(eq(auditRecords.targetId, id)).orderBy(auditRecords.id);

const active = { status: "active" as const, checkedAt: new Date(), nextCheckAt: null, failingSince: null, failures: 0 };

describe("secrets", () => {
  test("what is read back holds no secret, and openCredential alone opens them", async () => {
    const proxy = {
      mode: "manual" as const,
      url: "http://proxy:3128",
      username: "u",
      password: "canary-proxy",
      bypass: [],
    };
    const created = await create({ proxy });
    const read = await getCredential(admin, created.id);
    expect(JSON.stringify([created, read, await listCredentials(admin)])).not.toMatch(/canary|Envelope/);
    expect(read.clientSecretSetAt).toEqual(expect.any(String));
    expect(read.proxy).toMatchObject({ passwordSetAt: expect.any(String) });
    const open = await openCredential(created.id);
    expect(open.clientSecret).toBe("canary-client-secret");
    expect(open.proxy).toMatchObject({ password: "canary-proxy" });
    expect(JSON.stringify(await getDb().select().from(credentials))).not.toContain("canary");
  });

  test("a secret that is left out stays, null removes it, another one replaces it; the audit log only says which", async () => {
    const created = await create({ type: "user", issuer: "https://idp.example.com" });
    const renamed = await update(created, { owner: "Ops" });
    expect((await openCredential(created.id)).clientSecret).toBe("canary-client-secret");
    const replaced = await update(renamed, { clientSecret: "canary-second" });
    expect((await openCredential(created.id)).clientSecret).toBe("canary-second");
    await update(replaced, { clientSecret: null });
    expect((await openCredential(created.id)).clientSecret).toBeNull();
    const records = await auditOf(created.id);
    expect(JSON.stringify(records)).not.toContain("canary");
    expect(records.map(({ after }) => after?.clientSecret)).toEqual(["set", undefined, "replaced", "removed"]);
    expect(records[1]).toMatchObject({ before: { owner: "", version: 1 }, after: { owner: "Ops", version: 2 } });
  });

  test("a stored secret is not sent to another server: moving the endpoint asks for it again", async () => {
    const created = await create();
    const error = await refusal(update(created, { endpointUrl: "https://evil.example.com/oauth2/token" }));
    expect(error.code).toBe("invalid_input");
    expect(error.fields).toMatchObject([
      { field: "clientSecret", message: expect.stringContaining("evil.example.com") },
    ]);
    await update(created, { endpointUrl: "https://idp2.example.com/token", clientSecret: "canary-new" });
    expect((await openCredential(created.id)).clientSecret).toBe("canary-new");
  });

  test("a stored secret must be entered again for another discovery URL", async () => {
    const created = await create({ type: "user", issuer: "https://idp.example.com" });
    for (const patch of [
      { discoveryUrl: "https://evil.example.com/.well-known/openid-configuration" },
      { issuer: "https://evil.example.com" },
    ]) {
      const { fields } = await refusal(update(created, patch));
      expect(fields).toMatchObject([{ field: "clientSecret", message: expect.stringContaining("evil.example.com") }]);
    }
  });

  test("a stored secret that the client no longer uses does not move along to another server", async () => {
    const created = await create();
    const moved = await update(created, {
      endpointUrl: "https://evil.example.com/oauth2/token",
      clientAuthentication: "private_key_jwt",
      privateKey: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
        type: "pkcs8",
        format: "pem",
      }) as string,
    });
    expect(moved).toMatchObject({ clientSecretSetAt: null, privateKeySetAt: expect.any(String) });
    const back = await refusal(update(moved, { clientAuthentication: "client_secret_post" }));
    expect(back.fields).toMatchObject([{ field: "clientSecret" }]);
  });

  test("a key and a certificate that are no pair, or can't be read, are refused at their fields", async () => {
    const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
      type: "pkcs8",
      format: "pem",
    }) as string;
    const broken = key.replace(/\n[A-Za-z0-9+/]{20}/, "\nAAAAAAAAAAAAAAAAAAAA");
    const authentication = { clientAuthentication: "private_key_jwt", clientSecret: undefined } as const;
    expect((await refusal(create({ ...authentication, privateKey: broken }))).fields).toMatchObject([
      { field: "privateKey" },
    ]);
    const certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----";
    expect((await refusal(create({ ...authentication, privateKey: key, certificate }))).fields).toMatchObject([
      { field: "certificate" },
    ]);
  });

  test("another path on the same server keeps the secret", async () => {
    const moved = await update(await create(), { endpointUrl: "https://idp.example.com/v2/token" });
    expect(moved.version).toBe(2);
  });

  test("a proxy's password is not sent to another proxy", async () => {
    const proxy = { mode: "manual" as const, url: "http://proxy:3128", username: "u", bypass: [] };
    const created = await create({ proxy: { ...proxy, password: "canary" } });
    const error = await refusal(update(created, { proxy: { ...proxy, url: "http://evil:3128" } }));
    expect(error.fields).toMatchObject([{ field: "proxy.password" }]);
    await update(created, { proxy: { ...proxy, username: "v" } });
    expect((await openCredential(created.id)).proxy).toMatchObject({ username: "v", password: "canary" });
  });

  test("a proxy that is no longer manual loses its password", async () => {
    const created = await create({
      proxy: { mode: "manual", url: "http://proxy:3128", username: "u", password: "canary", bypass: [] },
    });
    const without = await update(created, { proxy: { mode: "none" } });
    const again = await update(without, {
      proxy: { mode: "manual", url: "http://proxy:3128", username: "u", bypass: [] },
    });
    expect(again.proxy).toMatchObject({ passwordSetAt: null });
  });
});

describe("editing", () => {
  test("a stale edit is refused with what changed since, and by whom", async () => {
    const created = await create();
    await update(created, { owner: "Ops", notes: "Call first." }, other);
    const error = await refusal(update(created, { owner: "Me" }));
    expect(error).toMatchObject({ code: "stale_version", details: { changedBy: ["Bert"] } });
    expect(error.details.changed).toEqual(["notes", "owner"]);
    expect(error.details.current).toMatchObject({ version: 2, owner: "Ops" });
  });

  test("of two edits of the same version one wins and the other is stale", async () => {
    const created = await create();
    const results = await Promise.allSettled([update(created, { owner: "A" }), update(created, { owner: "B" })]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const lost = results.find((result) => result.status === "rejected");
    expect(lost?.reason).toMatchObject({ code: "stale_version" });
  });

  test("an edit that matters to tokens drops them and the status", async () => {
    const created = await create();
    await addToken(created);
    await setCredentialStatus(created.id, 1, { ...active, tokenExpiresAt: new Date() });
    const edited = await update(created, { scope: "other" });
    expect(edited).toMatchObject({
      version: 2,
      status: "unverified",
      statusReason: "Changed, not checked yet.",
      tokenExpiresAt: null,
    });
    expect(await tokensOf(created.id)).toEqual([]);
    expect((await openCredential(created.id)).workedVersion).toBe(1);
  });

  test("an edit that does not matter to tokens keeps them and the status", async () => {
    const created = await create();
    await addToken(created);
    await setCredentialStatus(created.id, 1, active);
    const edited = await update(created, { name: `Renamed ${v7()}`, notes: "x", allowedHosts: ["*.example.com"] });
    expect(edited).toMatchObject({ version: 2, status: "active" });
    const [token] = await tokensOf(created.id);
    expect(token).toMatchObject({ credentialVersion: 2, generation: 3 });
    expect((await openCredential(created.id)).workedVersion).toBe(2);
  });

  test("an edit that changes nothing leaves the version and the audit log alone", async () => {
    const created = await create({ tokenParameters: { resource: "r", audience: "a" } });
    const same = await update(created, { name: created.name, tokenParameters: { resource: "r", audience: "a" } });
    expect(same.version).toBe(1);
    expect(await auditOf(created.id)).toHaveLength(1);
  });

  test("the order of token parameters counts, and repeats are kept", async () => {
    const pairs = ["b=1", "a=2", "b=1"].map((pair) => ({ name: pair[0]!, value: pair[2]! }));
    const created = await create({ tokenParameters: pairs, tokenHeaders: { "x-api-key": "k1" } });
    const tokenHeaders = [{ name: "x-api-key", value: null, secret: true, setAt: expect.any(String) }];
    expect(created).toMatchObject({ tokenParameters: pairs, tokenHeaders });
    const turned = await update(created, { tokenParameters: pairs.slice(1) });
    expect(turned).toMatchObject({ version: 2, tokenParameters: pairs.slice(1) });
    expect(await openCredential(created.id)).toMatchObject({
      tokenParameters: pairs.slice(1),
      tokenHeaders: [{ name: "x-api-key", value: "k1", secret: true }],
    });
  });

  test("an edit leaves the URL of a generic provider as it was entered", async () => {
    const endpointUrl = "https://idp.example.com/72f988bf-86f1-41af-91ab-2d7cd011db47/oauth2/token?region=eu";
    const created = await create({ endpointUrl, provider: "generic" });
    const edited = await update(created, { notes: "x" });
    expect(edited).toMatchObject({ endpointUrl, provider: "generic" });
  });

  test("the migration turns stored token parameters into lists", async () => {
    const created = await create({ tokenParameters: { audience: "a", resource: 'r"' } });
    const statements = readFileSync("drizzle/migrations/0025_token-requests.sql", "utf8").split(
      "--> statement-breakpoint",
    );
    const convert = sql.raw(statements.at(-1)!);
    const old = JSON.stringify({ audience: "a", resource: 'r"' });
    await getDb().execute(sql`update credentials set token_parameters = ${old}::jsonb where id = ${created.id}`);
    // The second time changes nothing.
    for (let times = 0; times < 2; times++) {
      await getDb().execute(convert);
      expect((await openCredential(created.id)).tokenParameters).toEqual(created.tokenParameters);
    }
    await getDb().execute(sql`update credentials set token_parameters = '{}' where id = ${created.id}`);
    await getDb().execute(convert);
    expect((await openCredential(created.id)).tokenParameters).toEqual([]);
  });

  test("a noted end of the secret within 30 days turns active into expiring, and back", async () => {
    const created = await create();
    await setCredentialStatus(created.id, 1, active);
    const soon = new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10);
    const expiring = await update(created, { secretExpiresOn: soon });
    expect(expiring).toMatchObject({ status: "expiring", statusReason: expect.stringContaining(soon) });
    expect(await update(expiring, { secretExpiresOn: null })).toMatchObject({ status: "active" });
  });

  test("names are unique whatever their capitals, in the database", async () => {
    const first = await create({ name: "Orders API" });
    const error = await refusal(create({ name: "orders api" }));
    expect(error).toMatchObject({ code: "name_taken", fields: [{ field: "name" }] });
    const second = await create();
    expect(await refusal(update(second, { name: first.name }))).toMatchObject({ code: "name_taken" });
  });

  test("the type stays", async () => {
    const error = await refusal(update(await create(), { type: "user" }));
    expect(error.fields).toMatchObject([{ field: "type" }]);
  });

  test("the provider follows a new endpoint unless it was set on purpose", async () => {
    const tenant = v7();
    const moved = await update(await create(), { endpointUrl: tenant, clientSecret: "canary" });
    expect(moved.provider).toBe("entra");
    expect(moved.endpointUrl).toBe(`https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`);
    const like = await create({ endpointUrl: `https://localhost:8443/${tenant}/oauth2/v2.0/token`, provider: "entra" });
    const edited = await update(like, { endpointUrl: `https://localhost:8443/${v7()}/oauth2/v2.0/token` });
    expect(edited.provider).toBe("entra");
  });

  test("allowed hosts that would cut off a transport are refused by its name", async () => {
    const created = await create({ allowedHosts: ["orders.example.com"] });
    const transport = await addTransport(created.id);
    await addTransport(created.id, "https://not-allowed-before.example.com/");
    const error = await refusal(update(created, { allowedHosts: ["stock.example.com"] }));
    expect(error.fields).toMatchObject([{ field: "allowedHosts", message: expect.stringContaining(transport.name) }]);
    await update(created, { allowedHosts: ["orders.example.com", "stock.example.com"] });
  });
});

describe("deleting", () => {
  test("is refused with what uses the credential, and works once nothing does", async () => {
    const created = await create();
    const transport = await addTransport(created.id);
    const error = await refusal(deleteCredential(admin, created.id));
    expect(error).toMatchObject({ code: "in_use", details: { usedBy: [{ kind: "transport", id: transport.id }] } });
    await getDb().delete(transports).where(eq(transports.id, transport.id));
    await addToken(created);
    await deleteCredential(admin, created.id);
    expect(await refusal(getCredential(admin, created.id))).toMatchObject({ code: "not_found" });
    expect((await auditOf(created.id)).map(({ action }) => action)).toEqual(["credential.create", "credential.delete"]);
  });

  test("and a transport saved at the same moment never end up both done", async () => {
    const created = await create();
    const results = await Promise.allSettled([deleteCredential(admin, created.id), addTransport(created.id)]);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});

describe("status and events", () => {
  test("news about an older version or a disabled credential are not noted", async () => {
    const created = await create();
    const edited = await update(created, { scope: "x" });
    expect(await setCredentialStatus(created.id, 1, active)).toBe(false);
    expect(await setCredentialStatus(created.id, edited.version, active)).toBe(true);
    const disabled = await setCredentialEnabled(admin, created.id, false);
    expect(disabled).toMatchObject({ status: "disabled", statusReason: "Disabled by Anna.", enabled: false });
    expect(await setCredentialStatus(created.id, disabled.version, active)).toBe(false);
    expect(await setCredentialEnabled(admin, created.id, true)).toMatchObject({ status: "unverified" });
  });

  test("events are listed newest first, page by page, and one of a deleted credential is let go", async () => {
    const created = await create();
    const event = {
      credentialId: created.id,
      credentialVersion: 1,
      kind: "check",
      cause: "Anna",
      durationMs: 12.4,
    } as const;
    for (const outcome of ["succeeded", "failed", "succeeded"] as const)
      await recordCredentialEvent({ ...event, outcome });
    const first = await listCredentialEvents(admin, created.id, { limit: 2 });
    expect(first.items.map(({ outcome }) => outcome)).toEqual(["succeeded", "failed"]);
    const second = await listCredentialEvents(admin, created.id, { limit: 2, cursor: first.nextCursor ?? "" });
    expect(second).toMatchObject({
      items: [{ outcome: "succeeded", durationMs: 12, proxy: "none" }],
      nextCursor: null,
    });
    await deleteCredential(admin, created.id);
    await recordCredentialEvent({ ...event, outcome: "failed" });
  });
});

describe("the list", () => {
  test.each(credentialSorts)("sorted by %s goes through all rows once, both ways", async (sort) => {
    await getDb().delete(transports);
    await getDb().delete(credentials);
    for (let index = 0; index < 7; index++) {
      const created = await create({ owner: ["", "Ops", "ops"][index % 3] ?? "" });
      const at = new Date(Date.UTC(2026, 0, 1 + (index % 2)));
      if (index % 3) await setCredentialStatus(created.id, 1, { ...active, checkedAt: at, tokenExpiresAt: at });
    }
    const walk = async (order: typeof sort | `-${typeof sort}`) => {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await listCredentials(admin, { sort: order, limit: 2, cursor });
        seen.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      return seen;
    };
    const up = await walk(sort);
    expect(new Set(up).size).toBe(7);
    expect(await walk(`-${sort}`)).toEqual([...up].reverse());
  });

  test("filters, and counts the transports that use each", async () => {
    const used = await create({ name: "Used 100%", owner: "Filter" });
    await addTransport(used.id);
    await addTransport(used.id);
    await create({ name: "Idle 1000", owner: "filter" });
    const names = async (query: Parameters<typeof listCredentials>[1]) =>
      (await listCredentials(admin, { owner: "FILTER", ...query })).items.map(
        ({ name, usedBy }) => `${name}: ${usedBy}`,
      );
    expect(await names({})).toEqual(["Idle 1000: 0", "Used 100%: 2"]);
    expect(await names({ used: "true" })).toEqual(["Used 100%: 2"]);
    expect(await names({ used: "false", status: "unverified", type: "application", provider: "generic" })).toHaveLength(
      1,
    );
    expect(await names({ q: "100%" })).toEqual(["Used 100%: 2"]);
    expect(await names({ status: "active" })).toEqual([]);
  });

  test("worst status comes first", async () => {
    await getDb().delete(transports);
    await getDb().delete(credentials);
    const fine = await create();
    const bad = await create();
    await setCredentialStatus(fine.id, 1, active);
    await setCredentialStatus(bad.id, 1, { ...active, status: "action_needed", statusReason: "No." });
    expect((await listCredentials(admin, { sort: "status" })).items.map(({ id }) => id)).toEqual([bad.id, fine.id]);
  });

  test("is filtered by when secrets end, and an edit of the date moves the end", async () => {
    await getDb().delete(transports);
    await getDb().delete(credentials);
    const on = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    const ended = await create({ secretExpiresOn: on(-2) });
    const soon = await create({ secretExpiresOn: on(5) });
    const later = await create({ secretExpiresOn: on(40) });
    const unknown = await create();
    const idsOf = async (secretEnds: "ended" | "7" | "30" | "60" | "unknown") =>
      (await listCredentials(admin, { secretEnds, sort: "secretEndsAt" })).items.map(({ id }) => id);
    expect(await idsOf("ended")).toEqual([ended.id]);
    expect(await idsOf("7")).toEqual([soon.id]);
    expect(await idsOf("60")).toEqual([soon.id, later.id]);
    expect(await idsOf("unknown")).toEqual([unknown.id]);
    await update(soon, { secretExpiresOn: on(20) });
    expect([await idsOf("7"), await idsOf("30")]).toEqual([[], [soon.id]]);
  });

  test("a cursor of another list is refused", async () => {
    expect(await refusal(listCredentials(admin, { cursor: "nonsense" }))).toMatchObject({ code: "invalid_input" });
  });
});

describe("permissions", () => {
  test("an engineer may assign credentials but not see them; a lead may see but not change them", async () => {
    const created = await create({ name: "Seen" });
    expect(await refusal(listCredentials(engineer))).toMatchObject({ code: "forbidden" });
    expect(await refusal(getCredential(engineer, created.id))).toMatchObject({ code: "forbidden" });
    const assignable = await listAssignableCredentials(engineer, { type: "application" });
    expect(assignable.find(({ id }) => id === created.id)).toEqual({
      id: created.id,
      name: "Seen",
      type: "application",
      status: "unverified",
      statusReason: "Not checked yet.",
      allowedHosts: [],
    });
    for (const act of [create({}, lead), update(created, {}, lead), deleteCredential(lead, created.id)]) {
      expect(await refusal(act)).toMatchObject({ code: "forbidden" });
    }
  });

  test("a lead of one node does not see credentials that others use", async () => {
    const created = await create();
    await addTransport(created.id);
    expect(await refusal(getCredential(lead, created.id))).toMatchObject({ code: "not_found" });
    const leadOfAll: Context = { ...admin, grants: [{ role: "lead", nodeId: null }] };
    for (const reader of [admin, leadOfAll]) {
      expect(await getCredential(reader, created.id)).toMatchObject({
        usedBy: [{ kind: "transport" }],
        usedElsewhere: 0,
      });
    }
  });
});

test.each(credentialSorts)("the order by %s walks an index and does not sort the table", async (sort) => {
  const { orderBy } = keyset(credentialOrders[sort], credentials.id, "desc", undefined);
  const query = getDb()
    .select({ id: credentials.id })
    .from(credentials)
    .orderBy(...orderBy)
    .limit(51);
  const plan = await getDb().transaction(async (tx) => {
    // The table of a test is so small that reading it whole is cheaper.
    await tx.execute(sql`set local enable_seqscan = off`);
    await tx.execute(sql`set local enable_bitmapscan = off`);
    await tx.execute(sql`set local enable_sort = off`);
    return JSON.stringify((await tx.execute(sql`explain ${query}`)).rows);
  });
  expect(plan).toMatch(/Index (Only )?Scan/);
  expect(plan).not.toContain("Seq Scan");
});
