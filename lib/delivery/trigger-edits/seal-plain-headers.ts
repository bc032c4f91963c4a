import { eq, type SQL, sql } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { transports } from "#drizzle/schema/transports.ts";
import { triggers } from "#drizzle/schema/triggers.ts";
import { isSoapRequest } from "#lib/delivery/requests/model.ts";
import { adoptRoute, upgrade } from "#lib/delivery/transport-edits/adopt-destinations.ts";
import { needsApproval } from "#lib/delivery/transports/route.ts";
import { takeHttp } from "#lib/delivery/transports/secret-headers.ts";
import { takeRequest } from "#lib/delivery/triggers/secret-headers.ts";
import { takeTokenLists } from "#lib/oauth/credentials/token-lists.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { getDb, inTransaction, type Transaction } from "#lib/platform/db/client.ts";
import {
  plainParameterNames,
  secretHeaderNames,
  secretParameterNames,
} from "#lib/platform/header-values/secret-names.ts";
import { toEntered } from "#lib/platform/header-values/secret-values.ts";
import { hasOldHolder } from "#lib/platform/keys/holders.ts";

/**
 * Encrypts the values of secret headers and token parameters that an older version stored in plain text. While a process
 * of that version runs, which could not send them then, it does nothing.
 */
export async function sealPlainHeaders(now = new Date()): Promise<void> {
  if (await hasOldHolder()) return;
  const ofTransports = await findIds(transports, listsPlain(sql`${transports.http} -> 'headers'`, header));
  const ofTriggers = await findIds(triggers, listsPlain(sql`${triggers.request} -> 'headers'`, header));
  const inHeaders = listsPlain(sql`${credentials.tokenHeaders}`, header);
  const inParameters = listsPlain(sql`${credentials.tokenParameters}`, parameter);
  const ofCredentials = await findIds(credentials, sql`${inHeaders} or ${inParameters}`);
  for (const id of ofTransports) await inTransaction((tx) => sealTransport(tx, id, now));
  for (const id of ofTriggers) await inTransaction((tx) => sealTrigger(tx, id, now));
  for (const id of ofCredentials) await inTransaction((tx) => sealCredential(tx, id, now));
}

const header = `@.name like_regex "${secretHeaderNames.source}" flag "i"`;
const parameter = `@.name like_regex "${secretParameterNames.source}" flag "i" && !(@.name like_regex "${plainParameterNames.source}" flag "i")`;

/** Whether a list has a value that its name makes secret, of a version that didn't mark values. */
function listsPlain(list: SQL, named: string): SQL {
  const path = `$[*] ? (!exists(@.setAt) && !exists(@.secret) && ${named})`;
  return sql`jsonb_typeof(${list}) = 'array' and jsonb_path_exists(${list}, ${path}::jsonpath)`;
}

async function findIds(table: typeof transports | typeof triggers | typeof credentials, where: SQL): Promise<string[]> {
  const rows = await getDb().select({ id: table.id }).from(table).where(where).orderBy(table.id);
  return rows.map(({ id }) => id);
}

type Sealed = { kind: "transport" | "trigger" | "credential"; id: string; name: string };

async function record(tx: Transaction, target: Sealed, names: string[]): Promise<void> {
  await recordAudit(tx, upgrade, { action: `${target.kind}.encrypt-headers`, target, after: { names } });
  await bumpChanges(tx);
}

const namesOf = (list: readonly { name: string; setAt?: string }[]) =>
  list.flatMap(({ name, setAt }) => (setAt === undefined ? [] : [name]));

async function sealTransport(tx: Transaction, id: string, now: Date): Promise<void> {
  const [row] = await tx.select().from(transports).where(eq(transports.id, id)).for("update");
  if (!row?.http) return;
  const columns = takeHttp(id, { ...row, http: { ...row.http, headers: toEntered(row.http.headers) } }, row, now);
  await tx.update(transports).set(columns).where(eq(transports.id, id));
  await record(tx, { kind: "transport", id, name: row.name }, namesOf(columns.http.headers));
  const sealed = { ...row, ...columns };
  if (needsApproval(sealed) && !needsApproval(row)) await adoptRoute(tx, sealed, now);
}

async function sealTrigger(tx: Transaction, id: string, now: Date): Promise<void> {
  const [found] = await tx
    .select({ row: triggers, transport: transports })
    .from(triggers)
    .innerJoin(transports, eq(transports.id, triggers.transportId))
    .where(eq(triggers.id, id))
    .for("update", { of: triggers });
  const request = found?.row.request;
  if (!found || !request || isSoapRequest(request)) return;
  const { row, transport } = found;
  const entered = { ...request, headers: toEntered(request.headers) };
  const { columns } = takeRequest({ id, request: entered }, row, transport, now);
  await tx.update(triggers).set(columns).where(eq(triggers.id, id));
  const sealed = isSoapRequest(columns.request) ? [] : columns.request.headers;
  await record(tx, { kind: "trigger", id, name: row.name }, namesOf(sealed));
}

async function sealCredential(tx: Transaction, id: string, now: Date): Promise<void> {
  const [row] = await tx.select().from(credentials).where(eq(credentials.id, id)).for("update");
  if (!row) return;
  const { tokenHeaders, tokenParameters } = row;
  const entered = { ...row, tokenHeaders: toEntered(tokenHeaders), tokenParameters: toEntered(tokenParameters) };
  const { columns } = takeTokenLists(id, entered, row, now);
  await tx.update(credentials).set(columns).where(eq(credentials.id, id));
  const names = [...namesOf(columns.tokenHeaders), ...namesOf(columns.tokenParameters)];
  await record(tx, { kind: "credential", id, name: row.name }, names);
}
