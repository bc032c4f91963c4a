import { mkdtempSync, rmSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq, isNull, sql } from "drizzle-orm";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { alertAttempts } from "#drizzle/schema/alert-attempts.ts";
import { alertChannels } from "#drizzle/schema/alert-channels.ts";
import { alertDeliveries } from "#drizzle/schema/alert-deliveries.ts";
import { alertNotices } from "#drizzle/schema/alert-notices.ts";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { credentialSecrets } from "#drizzle/schema/credential-secrets.ts";
import { credentialStatusChanges } from "#drizzle/schema/credential-status-changes.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { users } from "#drizzle/schema/users.ts";
import { systemContext } from "#lib/access/permissions/context.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { transportInput } from "#lib/delivery/transports/schema.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { closePools } from "#lib/platform/net/pools.ts";
import { ensureCertificates } from "#sandbox/certificates.ts";
import { insertManyCredentials } from "#scripts/many-credentials.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { startMailServer } from "#scripts/test-mail-server.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { type Listening, listen } from "#scripts/test-servers.ts";
import { setUpWorkers } from "#scripts/test-workers.ts";
import { getDelivery, listChannels, listDeliveries } from "./list-channels.ts";
import { buildMessages } from "./messages/build-messages.ts";
import { deleteOldAlerts } from "./run.ts";
import { createChannel, deleteChannel, updateChannel } from "./save-channel.ts";
import { type ChannelInput, channelInput, channelUpdate } from "./schema.ts";
import { claimDeliveries, deliver } from "./sending/deliver.ts";
import { testChannel } from "./test-channel.ts";

setUpTestDatabase({ SALLYPORT_EGRESS: "allow:loopback" });
const workers = setUpWorkers();
const admin = systemContext("Anna");
const portal = "https://portal.example";
const day = 86_400_000;
const minute = 60_000;
const signingSecret = `whsec_${Buffer.from("canary-signing-secret-0123456789").toString("base64")}`;
const mailPassword = "canary-mail-password";
const mailLogin = `portal:${mailPassword}`;
const dir = mkdtempSync(join(tmpdir(), "sallyport-alerts-"));

type Posted = { headers: IncomingHttpHeaders; body: string };
const posted: Posted[] = [];
let answer: (count: number) => number | "hang" = () => 200;
let hook: Listening;
let mail: Awaited<ReturnType<typeof startMailServer>>;
let refusal: string | null = null;

beforeAll(async () => {
  const { key, cert, caFile } = await ensureCertificates(dir).then((made) => ({
    ...made,
    caFile: join(dir, "ca.pem"),
  }));
  process.env.SALLYPORT_EXTRA_CA = caFile;
  mail = await startMailServer({ tls: { key, cert }, login: mailLogin, refuse: () => refusal });
  hook = await listen((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      posted.push({ headers: request.headers, body });
      const status = answer(posted.length);
      if (status !== "hang") response.writeHead(status).end(status === 200 ? "ok" : "busy");
    });
  });
});
afterAll(async () => {
  await closePools();
  await hook.close();
  await mail.close();
  rmSync(dir, { recursive: true, force: true });
});
beforeEach(async () => {
  posted.length = 0;
  mail.mails.length = 0;
  refusal = null;
  answer = () => 200;
  for (const table of [transports, alertChannels, credentials, users]) await getDb().delete(table);
});

const webhook = (more: Partial<ChannelInput> = {}): ChannelInput => ({
  name: "Ops",
  kind: "webhook",
  url: `http://127.0.0.1:${hook.port}/hooks/canary-token`,
  secret: signingSecret,
  ...more,
});
const email = (more: Partial<NonNullable<ChannelInput["email"]>> = {}): ChannelInput => ({
  name: "Mail",
  kind: "email",
  secret: mailPassword,
  email: {
    host: "localhost",
    port: mail.port,
    security: "starttls",
    username: "portal",
    from: "Sallyport <sallyport@example.com>",
    to: ["ops@example.com"],
    toOwner: true,
    ...more,
  },
});
const create = (input: ChannelInput) => createChannel(admin, channelInput.parse(input));
/** The clock of these tests: only they move it. */
const now = Date.parse("2030-06-15T12:00:00Z");
const at = (ms: number) => new Date(now + ms);
const endingIn = (days: number) => ({ secretEndsAt: at(days * day + 3_600_000) });
type Status = "active" | "degraded" | "action_needed" | "disabled";
async function setStatus(id: string, status: Status, reason = "so it is"): Promise<void> {
  await getDb().update(credentials).set({ status, statusReason: reason }).where(eq(credentials.id, id));
  // The database dates a change by its own clock.
  await getDb()
    .update(credentialStatusChanges)
    .set({ at: at(0) })
    .where(isNull(credentialStatusChanges.handledAt));
}
const url = "https://idp.example.com/token";

/** Gathers now and, what was noted then, when it is due; sends what came of it. */
async function tell(later = minute): Promise<void> {
  await buildMessages(portal, at(0));
  await buildMessages(portal, at(later));
  await sendDue(at(later));
}
async function sendDue(time: Date): Promise<void> {
  for (const claimed of await claimDeliveries(50, time)) await deliver(claimed, () => time.getTime());
}
const events = () => posted.map(({ body }) => JSON.parse(body));

test("an ending secret is told once for each threshold and receiver, many in one message, and anew for another date", async () => {
  await create(webhook());
  const ids = await insertManyCredentials(3, url, (index) => endingIn([20, 6, 90][index]!));
  await tell();
  expect(events()).toMatchObject([{ data: { total: 2, items: [{ daysLeft: 6 }, { daysLeft: 20 }] } }]);
  await tell();
  await Promise.all([buildMessages(portal, at(2 * minute)), buildMessages(portal, at(2 * minute))]);
  expect(posted).toHaveLength(1);
  // The next thresholds of the two: 14 and 1 days left, at once.
  await buildMessages(portal, at(7 * day));
  await buildMessages(portal, at(7 * day + minute));
  expect(await getDb().$count(alertDeliveries)).toBe(2);
  await getDb().update(credentials).set(endingIn(3)).where(eq(credentials.id, ids[1]!));
  await tell();
  const later = (await listDeliveries(admin)).items[0];
  expect(later).toMatchObject({ credentials: 1, title: expect.stringContaining("in 3 days") });
});

test("an ending secret whose successor is staged is told all the same, with the successor", async () => {
  await create(webhook());
  const [acted] = await insertManyCredentials(2, url, (index) => endingIn([6, 20][index]!));
  const stagedAt = "2026-01-05T08:00:00.000Z";
  await getDb()
    .insert(credentialSecrets)
    .values({
      credentialId: acted!,
      slot: "staged",
      secretId: crypto.randomUUID(),
      clientSecretSetAt: new Date(stagedAt),
      secretExpiresOn: "2090-06-30",
      boundTo: "https://idp.example.com",
      placedAt: new Date(stagedAt),
      placedBy: "Anna",
    });
  await tell();
  const successor = { what: "client secret", endsAt: "2090-07-01T00:00:00.000Z", stagedAt, test: "none" };
  const [event] = events();
  expect(event.data.items).toMatchObject([{ credentialId: acted, successor }, { daysLeft: 20 }]);
  expect(event.data.items[1]).not.toHaveProperty("successor");
});

test("a date that is corrected before it was told is not told", async () => {
  await create(webhook());
  const [id] = await insertManyCredentials(1, url, () => endingIn(5));
  await buildMessages(portal, at(0));
  await getDb().update(credentials).set(endingIn(300)).where(eq(credentials.id, id!));
  await tell();
  expect(posted).toEqual([]);
});

test("a credential that leaves Active is told in the transaction's own words, and that it works again", async () => {
  await create(webhook());
  const [id] = await insertManyCredentials(1, url, () => ({ owner: "Anna" }));
  await setStatus(id!, "action_needed", "The client secret is wrong.");
  await tell();
  expect(events()[0].data.items).toMatchObject([
    { kind: "lost", text: "Action needed: The client secret is wrong.", owner: "Anna" },
  ]);
  await tell();
  expect(posted).toHaveLength(1);
  await setStatus(id!, "active");
  await tell();
  expect(events()[1].data.items).toMatchObject([{ kind: "regained", credentialId: id }]);
  const { headers, body } = posted[1]!;
  vi.setSystemTime(at(minute));
  expect(new Webhook(signingSecret).verify(body, headers as Record<string, string>)).toBeTruthy();
  vi.useRealTimers();
});

test("a status change that is rolled back leaves nothing to tell, one that flickers neither", async () => {
  await create(webhook());
  const [id] = await insertManyCredentials(1, url);
  const rolledBack = getDb().transaction(async (tx) => {
    await tx.update(credentials).set({ status: "action_needed" }).where(eq(credentials.id, id!));
    throw new Error("rolled back");
  });
  await expect(rolledBack).rejects.toThrow("rolled back");
  for (const status of ["degraded", "active", "degraded", "active"] as const) await setStatus(id!, status);
  await tell(10 * minute);
  expect(posted).toEqual([]);
  await setStatus(id!, "degraded");
  await tell(4 * minute);
  expect(posted).toEqual([]);
  await tell(6 * minute);
  expect(events()).toMatchObject([{ data: { items: [{ kind: "lost", status: "degraded" }] } }]);
});

test("mail goes through STARTTLS and login to the listed addresses and to each owner who has one", async () => {
  await create(email());
  await getDb()
    .insert(users)
    .values([
      { username: "anna@example.com", displayName: "Anna Weber" },
      { username: "two@example.com", displayName: "Twin" },
      { username: "twin@example.com", displayName: "Twin" },
    ]);
  const owners = [
    { owner: "Anna Weber" },
    { owner: "bob@example.com" },
    { owner: "x", ownerEmail: "Carl@example.com" },
    { owner: "Twin" },
    {},
  ];
  const ids = await insertManyCredentials(5, url, (index) => owners[index]!);
  for (const id of ids) await setStatus(id, "action_needed");
  await tell();
  const sent = Object.fromEntries(mail.mails.map((each) => [each.to.join(), each]));
  expect(Object.keys(sent).sort()).toEqual([
    "anna@example.com",
    "bob@example.com",
    "carl@example.com",
    "ops@example.com",
  ]);
  expect(sent["ops@example.com"]).toMatchObject({ secure: true, user: "portal", from: "sallyport@example.com" });
  expect(sent["ops@example.com"]!.raw).toContain("Subject: [Sallyport] 5 credentials");
  expect(sent["anna@example.com"]!.raw).toContain(`${portal}/credentials/${ids[0]}`);
  expect(sent["anna@example.com"]!.raw).not.toContain(ids[1]!);
});

test("a receiver that fails is tried again with the same id, each attempt stands in the log, and others are not held up", async () => {
  const channel = await create(webhook());
  await create(email());
  refusal = "4.3.0 try again later";
  answer = (count) => (count === 1 ? 503 : 200);
  const [id] = await insertManyCredentials(1, url);
  await setStatus(id!, "action_needed");
  await tell();
  expect(await claimDeliveries(10, at(minute + 14_000))).toEqual([]);
  refusal = null;
  await sendDue(at(minute + 15_000));
  expect(new Set(posted.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  expect(posted).toHaveLength(2);
  expect(mail.mails).toHaveLength(1);
  const [delivery] = (await listDeliveries(admin, { channelId: channel.id })).items;
  expect(delivery).toMatchObject({ status: "delivered", attempts: 2, lastError: null, nextAttemptAt: null });
  expect((await getDelivery(admin, delivery!.id)).log).toMatchObject([
    { outcome: "succeeded", description: "200" },
    { outcome: "failed", errorCode: "service_error", description: `127.0.0.1:${hook.port} answered 503.` },
  ]);
});

test("a worker by itself tells what happens, start to end", async () => {
  await create(webhook());
  const [id] = await insertManyCredentials(1, url, () => ({ nextCheckAt: null }));
  // It changed a minute ago, while no worker ran.
  await setStatus(id!, "action_needed");
  await getDb().execute(sql`update credential_status_changes set at = now() - interval '1 minute'`);
  const [worker] = await workers.start(1);
  await expect.poll(() => getDb().$count(alertDeliveries, eq(alertDeliveries.status, "delivered"))).toBe(1);
  expect(posted).toHaveLength(1);
  expect(await workers.end(worker!, "SIGTERM")).toBe(0);
});

test("what a worker had in hand when it was killed is sent by the next one, once more and with the same id", async () => {
  await create(webhook());
  const [id] = await insertManyCredentials(1, url, () => ({ nextCheckAt: null }));
  await setStatus(id!, "action_needed");
  await buildMessages(portal, at(0));
  await buildMessages(portal, at(minute));
  const began = Date.now();
  const sent = Promise.withResolvers<void>();
  answer = () => {
    sent.resolve();
    return "hang";
  };
  // Due at any real time, which the worker goes by.
  await getDb()
    .update(alertDeliveries)
    .set({ nextAttemptAt: new Date(0) });
  const [worker] = await workers.start(1);
  await sent.promise;
  await workers.end(worker!, "SIGKILL");
  answer = () => 200;
  const [{ until } = { until: null }] = await getDb()
    .select({ until: alertDeliveries.nextAttemptAt })
    .from(alertDeliveries);
  expect(until!.getTime()).toBeGreaterThanOrEqual(began + 2 * minute);
  expect(await claimDeliveries(10, new Date(until!.getTime() - 1))).toEqual([]);
  await sendDue(until!);
  expect(posted).toHaveLength(2);
  expect(posted[1]!.headers["webhook-id"]).toBe(posted[0]!.headers["webhook-id"]);
  expect(await getDb().$count(alertDeliveries, eq(alertDeliveries.status, "delivered"))).toBe(1);
});

test("a channel of a node tells of what its transports use, and one that is off tells nothing", async () => {
  const nodeId = await insertNode("Plant 7");
  const channel = await create(webhook({ nodeId }));
  const [used, other] = await insertManyCredentials(2, url);
  const http = { url: "https://orders.example.com/", method: "GET", headers: [] };
  const authorization = { kind: "credential", credentialId: used! };
  const transport = { name: "Orders", nodeId, type: "HTTP", http, authorization };
  await createTransport(admin, transportInput.parse(transport));
  for (const id of [used!, other!]) await setStatus(id, "action_needed");
  await updateChannel(admin, channel.id, channelUpdate.parse({ version: 1, enabled: false }));
  await tell();
  expect(posted).toEqual([]);
  await updateChannel(admin, channel.id, channelUpdate.parse({ version: 2, enabled: true }));
  for (const id of [used!, other!]) await setStatus(id, "active");
  for (const id of [used!, other!]) await setStatus(id, "action_needed");
  await tell();
  expect(events()).toMatchObject([{ data: { total: 1, items: [{ credentialId: used, transports: 1, triggers: 0 }] } }]);
});

test("the delivery log has the receiver's status, and none of its words", async () => {
  answer = () => 503;
  const posts = await create(webhook());
  expect(await testChannel(admin, posts.id)).toMatchObject({ description: `127.0.0.1:${hook.port} answered 503.` });
  refusal = "4.3.0 canary of the mail server";
  const mails = await create(email());
  const { description } = await testChannel(admin, mails.id);
  expect(description).toMatch(/refused [a-z ]+: \d{3}( 4\.3\.0)?\.$/);
  expect(JSON.stringify((await listDeliveries(admin, {})).items)).not.toContain("canary");
});

test("a test says what the receiver answered, and why it could not be reached", async () => {
  const good = await create(webhook());
  expect(await testChannel(admin, good.id)).toMatchObject({ ok: true, description: "200" });
  const wrong = await create({ ...email(), name: "Wrong", secret: "canary-wrong-password" });
  const refused = await testChannel(admin, wrong.id);
  expect(refused).toMatchObject({ ok: false, description: expect.stringMatching(/refused user and password: 535/) });
  expect(refused.description).not.toContain("canary");
  const plain = await create({ ...email({ security: "tls" }), name: "TLS" });
  expect(await testChannel(admin, plain.id)).toMatchObject({ ok: false, description: expect.stringMatching(/TLS/) });
  const metadata = await create({ ...email({ host: "169.254.169.254" }), name: "Metadata" });
  expect((await testChannel(admin, metadata.id)).description).toMatch(/may not connect to 169\.254\.169\.254/);
  expect((await listDeliveries(admin, { status: "failed" })).items).toHaveLength(3);
});

test("a stored signing secret must be entered again for another server", async () => {
  const channel = await create(webhook());
  const moved = channelUpdate.parse({ version: 1, url: "https://hooks.example.com/x" });
  await expect(updateChannel(admin, channel.id, moved)).rejects.toMatchObject({ fields: [{ field: "secret" }] });
  const url = `http://127.0.0.1:${hook.port}/hooks/other`;
  await updateChannel(admin, channel.id, channelUpdate.parse({ version: 1, url }));
});

test("a stored password goes to no other server, a stale edit is refused, a name is unique, the kind stays", async () => {
  const channel = await create(email());
  const moved = channelUpdate.parse({ version: 1, email: { ...channel.email!, host: "evil.example.com" } });
  await expect(updateChannel(admin, channel.id, moved)).rejects.toMatchObject({ fields: [{ field: "secret" }] });
  const plain = channelUpdate.parse({ version: 1, email: { ...channel.email!, security: "none" } });
  await expect(updateChannel(admin, channel.id, plain)).rejects.toMatchObject({ fields: [{ field: "secret" }] });
  await updateChannel(admin, channel.id, channelUpdate.parse({ version: 1, quietMinutes: 9 }));
  const stale = channelUpdate.parse({ version: 1, name: "Other" });
  await expect(updateChannel(admin, channel.id, stale)).rejects.toMatchObject({ code: "stale_version" });
  await expect(create({ ...webhook(), name: "mail" })).rejects.toMatchObject({ code: "name_taken" });
  await deleteChannel(admin, channel.id);
  expect((await listChannels(admin)).items).toEqual([]);
});

test("no secret of a channel is in what is read back, logged or audited", async () => {
  const channel = await create(webhook());
  await create(email());
  await testChannel(admin, channel.id);
  const [id] = await insertManyCredentials(1, url);
  await setStatus(id!, "action_needed");
  await tell();
  const audit = await getDb().select().from(auditRecords);
  const attempts = await getDb().select().from(alertAttempts);
  const deliveries = await getDb().select().from(alertDeliveries);
  const rows = await getDb().select().from(alertChannels);
  const everything = JSON.stringify([
    audit,
    attempts,
    deliveries,
    rows,
    await listChannels(admin),
    await listDeliveries(admin),
  ]);
  for (const secret of ["canary", signingSecret, signingSecret.slice(6), mailPassword])
    expect(everything).not.toContain(secret);
  for (const { body } of posted) expect(body).not.toContain("canary");
});

test("the log is cleared after 90 days, what must not be told twice is kept", async () => {
  await create(webhook());
  const ids = await insertManyCredentials(2, url, (index) => (index === 0 ? endingIn(40) : {}));
  await setStatus(ids[1]!, "action_needed");
  await tell();
  await setStatus(ids[1]!, "active");
  await tell();
  const old = at(-100 * day);
  await getDb().update(alertNotices).set({ createdAt: old });
  await getDb().update(alertDeliveries).set({ createdAt: old });
  await deleteOldAlerts(at(0));
  expect(await getDb().$count(alertNotices)).toBe(1);
  expect(await getDb().$count(alertDeliveries)).toBe(1);
  await tell();
  expect(await getDb().$count(alertDeliveries)).toBe(1);
});
