import { asc, eq } from "drizzle-orm";
import pg from "pg";
import { v7 } from "uuid";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { auditRecords } from "#drizzle/schema/audit-records.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { systemContext } from "#lib/access/permissions/context.ts";
import { requireDestination } from "#lib/delivery/transports/destinations.ts";
import { loadTransportPlan } from "#lib/delivery/transports/plan.ts";
import { transportUpdate } from "#lib/delivery/transports/schema.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { loadBindingStage } from "#lib/platform/keys/bind-secrets.ts";
import { chainExisting } from "#lib/platform/migrations/chain-existing.ts";
import { urlOfDatabase } from "#scripts/database-url.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { applyMigrations } from "#scripts/test-migrations.ts";
import { adoptDestinations } from "./adopt-destinations.ts";
import { updateTransport } from "./update-transport.ts";

setUpTestDatabase();

// A database as the previous version left it, in which an empty list of hosts allowed every host over https.
const name = `test_${process.pid}_before_destinations`;
const [node, open, listed, unused, person] = [v7(), v7(), v7(), v7(), v7()];
const [orders, stock, plain, local, kept] = [v7(), v7(), v7(), v7(), v7()];
let asAdmin: pg.Client;
let client: pg.Client;

beforeAll(async () => {
  const { url } = inject("testPostgres");
  asAdmin = new pg.Client({ connectionString: url });
  await asAdmin.connect();
  await asAdmin.query(`create database ${name}`);
  process.env.DATABASE_URL = urlOfDatabase(url, name);
  client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  await applyMigrations(client, { upTo: "0026_transport-routes" });
  await client.query("insert into nodes (id, name, path) values ($1::uuid, 'Plant', array[$1::uuid])", [node]);
  for (const [id, type, hosts] of [
    [open, "application", []],
    [listed, "application", ["orders.example.com"]],
    [unused, "application", []],
    [person, "user", []],
  ] as const) {
    await insertCredential(id, type, hosts);
  }
  await insertTransport(orders, open, { url: "https://orders.example.com:8443/v1", method: "GET", headers: [] });
  await insertTransport(plain, open, { url: "http://plain.example.com/", method: "GET", headers: [] });
  await insertTransport(local, open, { url: "http://127.0.0.1:4080/", method: "GET", headers: [] });
  await insertTransport(kept, listed, { url: "https://orders.example.com/", method: "GET", headers: [] });
  await insertTransport(v7(), person, { url: "https://orders.example.com/", method: "GET", headers: [] });
  const soap = { wsdlUrl: "https://erp.example.com/stock?wsdl", service: "Stock", port: "StockSoap" };
  await client.query(
    `insert into transports (id, name, node_id, type, soap, authorization_kind, credential_id)
     values ($1::uuid, $1::uuid::text, $2, 'WS_SOAP', $3, 'credential', $4)`,
    [stock, node, soap, open],
  );
  const services = [{ name: "Stock", ports: [{ name: "StockSoap", address: "https://calls.example.com/stock" }] }];
  await client.query(
    "insert into wsdls (transport_id, source, entry, hash, bytes, services) values ($1, 'url', $2, 'hash', 1, $3)",
    [stock, soap.wsdlUrl, JSON.stringify(services)],
  );
  await applyMigrations(client, { after: "0026_transport-routes" });
  await client.query("insert into change_counter default values on conflict do nothing");
  await chainExisting(getDb());
  await loadBindingStage();
});
afterAll(async () => {
  await client.end();
  await asAdmin.query(`drop database ${name} with (force)`);
  await asAdmin.end();
});

const insertCredential = (id: string, type: string, hosts: readonly string[]) =>
  client.query(
    `insert into credentials (id, name, type, provider, endpoint_url, client_id, allowed_hosts)
     values ($1::uuid, $1::uuid::text, $2, 'generic', 'https://idp.example.com/token', 'client', $3)`,
    [id, type, hosts],
  );
const insertTransport = (id: string, credentialId: string, http: object) =>
  client.query(
    `insert into transports (id, name, node_id, type, http, authorization_kind, credential_id)
     values ($1::uuid, $1::uuid::text, $2, 'HTTP', $3, 'credential', $4)`,
    [id, node, http, credentialId],
  );

const read = async (id: string) => {
  const [row] = await getDb().select().from(credentials).where(eq(credentials.id, id));
  return { allowedHosts: row!.allowedHosts.toSorted(), hostsState: row!.hostsState };
};
/** Whether a transport's token can go to a URL. */
const canSend = async (id: string, url: string) => {
  const { plan } = await loadTransportPlan(id);
  try {
    requireDestination(plan, url);
    return true;
  } catch {
    return false;
  }
};
const inUse = ["127.0.0.1:4080", "calls.example.com", "erp.example.com", "orders.example.com:8443"];

test("until an upgrade lists the hosts in use, existing transports still send over https", async () => {
  expect(await canSend(orders, "https://orders.example.com:8443/v1")).toBe(true);
  expect(await canSend(stock, "https://calls.example.com/stock")).toBe(true);
  expect(await canSend(plain, "http://plain.example.com/")).toBe(false);
  expect(await canSend(kept, "https://stock.example.com/")).toBe(false);
});

test("an upgrade allows the hosts in use, of credentials without transports none, and the audit log lists them", async () => {
  await Promise.all([adoptDestinations(), adoptDestinations()]);
  expect(await read(open)).toEqual({ allowedHosts: inUse, hostsState: "derived" });
  expect(await read(listed)).toEqual({ allowedHosts: ["orders.example.com"], hostsState: "entered" });
  expect(await read(unused)).toEqual({ allowedHosts: [], hostsState: "derived" });
  expect(await read(person)).toEqual({ allowedHosts: [], hostsState: "entered" });
  const records = await getDb().select().from(auditRecords).orderBy(asc(auditRecords.id));
  expect(records.map(({ action, actorName, targetId }) => [action, actorName, targetId])).toEqual([
    ["credential.allow-hosts", "Sallyport (upgrade)", open],
  ]);
  expect((records[0]!.after!.allowedHosts as string[]).toSorted()).toEqual(inUse);
  expect(await canSend(stock, "https://calls.example.com/stock")).toBe(true);
  expect(await canSend(orders, "https://elsewhere.example.com/")).toBe(false);
});

test("what the previous version still writes during an upgrade is kept when its transports are saved", async () => {
  const [credentialId, transportId] = [v7(), v7()];
  await insertCredential(credentialId, "application", []);
  await insertTransport(transportId, credentialId, { url: "https://late.example.com/", method: "GET", headers: [] });
  expect(await canSend(transportId, "https://late.example.com/")).toBe(true);
  const grants = [{ role: "engineer" as const, nodeId: null }];
  const engineer = { ...systemContext("Eve"), grants };
  const http = { url: "https://evil.example.com/", method: "GET" };
  const move = transportUpdate.parse({ version: 1, http });
  await expect(updateTransport(engineer, transportId, move)).rejects.toMatchObject({ code: "host_not_allowed" });
  await updateTransport(engineer, transportId, transportUpdate.parse({ version: 1, notes: "x" }));
  expect(await read(credentialId)).toEqual({ allowedHosts: ["late.example.com"], hostsState: "derived" });
});
