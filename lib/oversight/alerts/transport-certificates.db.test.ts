import { eq } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { alertChannels } from "#drizzle/schema/alert-channels.ts";
import { alertDeliveries } from "#drizzle/schema/alert-deliveries.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { nodes } from "#drizzle/schema/nodes.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { triggers } from "#drizzle/schema/triggers.ts";
import { systemContext } from "#lib/access/permissions/context.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { deleteTransport } from "#lib/delivery/transport-edits/delete-transport.ts";
import { updateTransport } from "#lib/delivery/transport-edits/update-transport.ts";
import { fillCertificateEnds } from "#lib/delivery/transports/certificate-ends.ts";
import { listTransports } from "#lib/delivery/transports/read-transports.ts";
import { transportInput, transportUpdate } from "#lib/delivery/transports/schema.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import { createAuthority, updateAuthority } from "#lib/oauth/network/authorities.ts";
import { getDashboard } from "#lib/oversight/dashboards/get-dashboard.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { makeClientCertificate } from "#sandbox/certificates.ts";
import { insertManyCredentials } from "#scripts/many-credentials.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { getDelivery, listDeliveries } from "./list-channels.ts";
import { buildMessages } from "./messages/build-messages.ts";
import { createChannel } from "./save-channel.ts";
import { type ChannelInput, channelInput } from "./schema.ts";

setUpTestDatabase();
const admin = systemContext("Anna");
const portal = "https://portal.example";
const day = 86_400_000;
const at = (ms: number) => new Date(Date.now() + ms);
let plant: string;

beforeEach(async () => {
  for (const table of [triggers, transports, alertChannels, credentials, nodes]) await getDb().delete(table);
  plant = await insertNode("Plant 7");
});

const create = (more: Partial<ChannelInput> = {}) =>
  createChannel(
    admin,
    channelInput.parse({
      name: "Ops",
      kind: "webhook",
      url: "https://hooks.example.com/",
      secret: `whsec_${"A".repeat(32)}`,
      ...more,
    }),
  );
const mail = (to: string[]): Partial<ChannelInput> => ({
  name: "Mail",
  kind: "email",
  email: { host: "mail.example.com", port: 25, security: "none", from: "a@example.com", to, toOwner: true },
});
async function pair(days: number, name = "orders") {
  const { key, cert } = await makeClientCertificate(name, null, { days });
  return { privateKey: key, certificate: cert };
}
const add = (name: string, more: Record<string, unknown>) =>
  createTransport(
    admin,
    transportInput.parse({
      name,
      nodeId: plant,
      type: "HTTP",
      http: { url: "https://orders.example.com/", method: "GET", headers: [] },
      ...more,
    }),
  );

/** Gathers as of some days from now, then when that is due; the messages that were made, the latest first. */
async function tell(days = 0) {
  await buildMessages(portal, at(days * day));
  await buildMessages(portal, at(days * day + 60_000));
  const { items } = await listDeliveries(admin);
  return Promise.all(items.map(async ({ id }) => getDelivery(admin, id)));
}

test("a client certificate and a trusted CA that end are told once for each threshold, with the transport and its node", async () => {
  await create();
  const orders = await add("Orders", { clientCertificate: await pair(20) });
  const stock = await add("Stock", { trustedCa: (await pair(5)).certificate });
  await add("Prices", { clientCertificate: await pair(90) });
  const trigger = { name: "Send", nodeId: plant, transportId: orders.id, event: { kind: "on_demand" }, request: {} };
  await createTrigger(admin, triggerInput.parse(trigger));
  const [message] = await tell();
  expect(message).toMatchObject({
    credentials: 2,
    title: "2 transports: 2 with certificates that end",
    message: {
      url: `${portal}/transports`,
      items: [
        {
          transportId: stock.id,
          name: "Stock",
          nodeName: "Plant 7",
          text: expect.stringMatching(/^The trusted CA certificate ends on /),
          url: `${portal}/transports/${stock.id}`,
          triggers: 0,
        },
        {
          transportId: orders.id,
          text: expect.stringMatching(/^The client certificate ends on /),
          triggers: 1,
        },
      ],
    },
  });
  expect(await tell()).toHaveLength(1);
  const later = await tell(7);
  expect(later).toHaveLength(2);
  expect(later[0]!.message.items.map(({ name, daysLeft }) => [name, daysLeft])).toEqual([
    ["Stock", -3],
    ["Orders", 12],
  ]);
});

test("the end of a named certificate authority is told for each transport that trusts it, and a successor ends that", async () => {
  await create();
  const certificates = (await pair(5)).certificate;
  const { id } = await createAuthority(admin, { name: "Plant CA", certificates });
  const stock = await add("Stock", { trustedCaId: id });
  await add("Orders", { trustedCaId: id, clientCertificate: await pair(3) });
  const [message] = await tell();
  const items = message!.message.items.map(({ name, text }) => [name, text]);
  expect(items).toEqual([
    ["Orders", expect.stringMatching(/^The client certificate ends on /)],
    ["Stock", expect.stringMatching(/^The trusted CA certificate ends on /)],
  ]);
  expect((await listTransports(admin, { certificateEnds: "7" })).items.map(({ name }) => name)).toContain("Stock");
  const both = `${certificates}${(await pair(400)).certificate}`;
  await updateAuthority(admin, id, { version: 1, certificates: both });
  expect((await listTransports(admin, { certificateEnds: "7" })).items.map(({ name }) => name)).toEqual(["Orders"]);
  const [row] = await getDb().select().from(transports).where(eq(transports.id, stock.id));
  expect(row!.certificateEndsAt!.getTime()).toBeGreaterThan(Date.now() + 300 * day);
});

test("a certificate that is replaced or removed before it was told is not told, another end starts anew", async () => {
  await create();
  const { id } = await add("Orders", { clientCertificate: await pair(5) });
  await buildMessages(portal, at(0));
  await updateTransport(admin, id, transportUpdate.parse({ version: 1, clientCertificate: await pair(300) }));
  expect(await tell()).toEqual([]);
  await updateTransport(admin, id, transportUpdate.parse({ version: 2, clientCertificate: await pair(6) }));
  expect(await tell()).toHaveLength(1);
  await updateTransport(admin, id, transportUpdate.parse({ version: 3, clientCertificate: null }));
  expect(await tell(5.5)).toHaveLength(1);
  await deleteTransport(admin, id);
  expect(await getDb().$count(alertDeliveries)).toBe(1);
});

test("the owner of the transport's credential is told, and a channel of a node only of its own", async () => {
  const other = await insertNode("Plant 8");
  await create({ nodeId: other });
  await create(mail([]));
  const [credentialId] = await insertManyCredentials(1, "https://idp.example.com/token", () => ({
    ownerEmail: "ines@example.com",
    owner: "Ines",
    allowedHosts: ["orders.example.com"],
  }));
  const authorization = { kind: "credential", credentialId };
  await add("Orders", { clientCertificate: await pair(20), authorization });
  await add("Nobody's", { clientCertificate: await pair(20, "nobody") });
  const messages = await tell();
  expect(messages).toMatchObject([
    { recipient: "ines@example.com", channelName: "Mail", message: { items: [{ name: "Orders", owner: "Ines" }] } },
  ]);
  await add("Stock", { clientCertificate: await pair(20, "stock"), nodeId: other });
  const [ops] = await tell();
  expect(ops).toMatchObject({ channelName: "Ops", message: { items: [{ name: "Stock", nodeName: "Plant 8" }] } });
});

test("of several trusted certificates the last end counts, and it is noted for what was stored before", async () => {
  const [old, next] = [await pair(5), await pair(50)];
  const { id, trustedCaEndsAt } = await add("Orders", { trustedCa: `${next.certificate}${old.certificate}` });
  const read = async () => (await getDb().select().from(transports).where(eq(transports.id, id)))[0]!.certificateEndsAt;
  const end = await read();
  expect(end!.toISOString()).toBe(trustedCaEndsAt);
  expect(Math.round((end!.getTime() - Date.now()) / day)).toBe(50);
  await getDb().update(transports).set({ certificateEndsAt: null });
  expect(await fillCertificateEnds()).toBe(1);
  expect(await read()).toEqual(end);
  expect(await fillCertificateEnds()).toBe(0);
});

test("the dashboard counts them as the list has them, and names the next beside the credentials", async () => {
  await add("Orders", { clientCertificate: await pair(20) });
  await add("Stock", { trustedCa: (await pair(5)).certificate });
  await insertManyCredentials(1, "https://idp.example.com/token", () => ({ name: "Own", secretEndsAt: at(9 * day) }));
  const { endings } = await getDashboard(admin);
  expect(endings.next.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    "transport Stock",
    "credential Own",
    "transport Orders",
  ]);
  expect(endings.transports.map(({ count }) => count)).toEqual([0, 1, 2, 2]);
  for (const { within, count } of endings.transports) {
    expect((await listTransports(admin, { certificateEnds: within })).items).toHaveLength(count);
  }
  const elsewhere = await getDashboard(admin, { nodeId: await insertNode("Plant 8") });
  expect(elsewhere.endings).toMatchObject({
    next: [],
    transports: [{ count: 0 }, { count: 0 }, { count: 0 }, { count: 0 }],
  });
});
