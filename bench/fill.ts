import { sql } from "drizzle-orm";
import { getDb, inTransaction } from "#lib/platform/db/client.ts";
import { dropPartition, makePartition } from "#lib/platform/retention/store.ts";
import { idOf } from "#scripts/made-rows.ts";

const dayMs = 86_400_000;

export type Sizes = { credentials: number; runs: number; events: number; days: number };

/** Nodes, transports and triggers of the bench; the last node has hardly any runs. */
const nodes = 50;
const transports = 2000;
const triggers = 500;

/** Fills an empty database as a portal of some size would have, week by week, ending now. */
export async function fillDatabase(sizes: Sizes, report: (line: string) => void): Promise<void> {
  await makeWeeks(sizes.days);
  const db = getDb();
  const run = (text: string) => db.execute(sql.raw(text));
  await run(`
    insert into nodes (id, name, path) select id, 'Plant ' || n, array[id] from generate_series(0, ${nodes - 1}) n,
      lateral (select ${idOf("1.7e12 + n", "'n' || n")} as id) made`);
  report(`${sizes.credentials} credentials`);
  await run(`
    insert into credentials (id, name, type, provider, endpoint_url, client_id, owner, status, status_reason, provider_code, secret_ends_at, token_expires_at, last_checked_at, next_check_at, created_at)
    select ${idOf("1.7e12 + n", "'c' || n")}, 'Credential ' || n, case when n % 50 = 0 then 'user' else 'application' end, case when n % 3 = 0 then 'entra' else 'generic' end,
      'https://login' || n % 20 || '.example/token', 'client-' || n, case when n % 40 = 0 then '' else 'Team ' || n % 300 end,
      (array['active','active','active','active','active','active','active','expiring','degraded','action_needed'])[1 + n % 10], 'Because.',
      case when n % 10 = 9 then (array['invalid_client','invalid_scope','unauthorized_client'])[1 + n % 3] end,
      case when n % 5 > 0 then now() + (n % 700 - 20) * interval '1 day' end, now() + (n % 90 - 15) * interval '1 minute', now(), now(), now() - n % 600 * interval '1 day'
    from generate_series(0, ${sizes.credentials - 1}) n`);
  await run(`
    insert into transports (id, name, node_id, type, http, authorization_kind, credential_id)
    select ${idOf("1.7e12 + n", "'t' || n")}, 'Transport ' || n, ${idOf(`1.7e12 + n % ${nodes}`, `'n' || n % ${nodes}`)}, 'HTTP', '{"url":"https://service.example","method":"GET","headers":[]}',
      'credential', ${idOf(`1.7e12 + n % ${sizes.credentials}`, `'c' || n % ${sizes.credentials}`)}
    from generate_series(0, ${transports - 1}) n`);
  await run(`
    insert into triggers (id, name, node_id, transport_id, event, request)
    select ${triggerId("n")}, 'Trigger ' || n, ${nodeOf("n")}, ${idOf("1.7e12 + n", "'t' || n")}, '{"kind":"on_demand"}', '{"path":"","query":{},"headers":[],"body":""}'
    from generate_series(0, ${triggers - 1}) n`);
  // Made-up rows take their trigger and its place from here, which is quicker than making the ids anew.
  await run(`
    create unlogged table bench_triggers as
    select n::int as n, ${triggerId("n")} as trigger_id, ${idOf("1.7e12 + n", "'t' || n")} as transport_id, ${nodeOf("n")} as node_id, ${idOf("1.7e12 + n", "'c' || n")} as credential_id
    from generate_series(0, ${triggers - 1}) n`);
  await run(`
    insert into credential_status_changes (credential_id, credential_version, at, from_status, to_status, reason, has_worked, handled_at)
    select id, 1, now() - random() * interval '${sizes.days} days', 'active', 'degraded', 'No answer.', true, now() from credentials order by random() limit ${Math.ceil(sizes.credentials / 5)}`);
  const indexes = await dropIndexes();
  report(`${sizes.runs} runs`);
  // What comes late is counted anew; here nothing is counted yet.
  await run("alter table runs disable trigger runs_late");
  await run("alter table credential_events disable trigger credential_events_late");
  const end = Date.now();
  const parts = Math.max(1, Math.ceil(sizes.runs / 500_000));
  for (let part = 0; part < parts; part++) {
    const from = Math.floor((sizes.runs * part) / parts);
    const to = Math.floor((sizes.runs * (part + 1)) / parts) - 1;
    const ms = `${end} - ${sizes.days * dayMs} + (n + 0.5) * ${(sizes.days * dayMs) / sizes.runs}`;
    await run(`
      insert into runs (id, trigger_id, trigger_name, transport_id, transport_name, node_id, node_path, credential_id, credential_name, event, actor, status,
        started_at, duration_ms, attempts, response_status, error_code, request, response, error)
      select ${idOf("ms", "made.n::text")}, trigger_id, 'Trigger ' || t, transport_id, 'Transport ' || t, node_id, array[node_id],
        credential_id, 'Credential ' || t, case when made.n % 97 = 0 then 'test' else 'on_demand' end, 'API key Bench', case when fails then 'failed' else 'succeeded' end,
        to_timestamp(ms / 1000), (5 + 2000 * power((hashtext(made.n::text) & 1023) / 1023.0, 8))::int, 1, 200, case when fails then 'service_error' end,
        '{"method":"POST","url":"https://service.example/orders","headers":[],"body":"{}","bodyBytes":2}', '{"status":200,"headers":[],"body":"{}","bodyBytes":2,"redirectedTo":null}',
        case when fails then '{"code":"service_error","message":"The service answered 500.","hint":null,"providerCode":null}'::jsonb end
      from (select n, ${ms} as ms, (hashint8(n) & 2147483647) % ${triggers} as t, hashint8(n + 1) & 63 = 0 as fails from generate_series(${from}::bigint, ${to}) n) made
        join bench_triggers on bench_triggers.n = made.t`);
    if (part % 4 === 3) report(`  ${to + 1}`);
  }
  report(`${sizes.events} events of credentials`);
  const ms = `${end} - ${sizes.days * dayMs} + (n + 0.5) * ${(sizes.days * dayMs) / sizes.events}`;
  await run(`
    insert into credential_events (id, credential_id, credential_version, at, kind, cause, outcome, duration_ms, error_code, provider_code)
    select ${idOf(ms, "'e' || n")}, ${idOf("1.7e12 + c", "'c' || c")}, 1, to_timestamp((${ms}) / 1000), case when c % 50 = 0 then 'sign_in' else 'token_request' end, 'renewal',
      case when fails then 'failed' else 'succeeded' end, 40, case when fails then 'token_request_refused' end, case when fails then 'invalid_client' end
    from (select n, (hashtext('e' || n) & 2147483647) % ${sizes.credentials} as c, hashtext('g' || n) & 127 = 0 as fails from generate_series(0::bigint, ${sizes.events - 1}) n) made`);
  report("indexes");
  for (const index of indexes) await run(index);
  await run("drop table bench_triggers");
  await run("alter table runs enable trigger runs_late");
  await run("alter table credential_events enable trigger credential_events_late");
  await run("vacuum analyze");
}

/**
 * Writes to every other credential as a renewal does. A portal always has many that were renewed since the last vacuum, and an
 * index alone does not tell which of their rows count.
 */
export async function renewHalf(): Promise<void> {
  const db = getDb();
  await db.execute(sql`alter table credentials set (autovacuum_enabled = off)`);
  await db.execute(sql`
    update credentials set token_expires_at = token_expires_at + interval '1 second', last_checked_at = now(), next_check_at = now()
    where hashtext(id::text) % 2 = 0`);
}

/** Drops the indexes of the logs but their keys; filling is much quicker without. @returns the statements that make them. */
async function dropIndexes(): Promise<string[]> {
  const { rows } = await getDb().execute<{ name: string; definition: string }>(sql`
    select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition from pg_index i
    where i.indrelid in ('runs'::regclass, 'credential_events'::regclass) and not i.indisprimary`);
  for (const { name } of rows) await getDb().execute(sql.raw(`drop index ${name}`));
  return rows.map(({ definition }) => definition.replace(" ON ONLY ", " ON "));
}

const triggerId = (n: string) => idOf(`1.7e12 + ${n}`, `'g' || ${n}`);
/** Nodes by how often triggers lie on them: the first have many, the last one has one. */
const nodeIndex = (n: string) => `case when ${n} = ${triggers - 1} then ${nodes - 1} else ${n} % ${nodes - 1} end`;
const nodeOf = (n: string) => idOf(`1.7e12 + (${nodeIndex(n)})`, `'n' || (${nodeIndex(n)})`);

/** A portal that has run for a while has a partition for each week; a new one has one for everything. */
async function makeWeeks(days: number): Promise<void> {
  const week = 7 * dayMs;
  const monday = 4 * dayMs;
  const first = Math.floor((Date.now() - days * dayMs - monday) / week) * week + monday;
  for (const log of ["runs", "credential_events"] as const) {
    await inTransaction(async (tx) => {
      await dropPartition(tx, `${log}_first`);
      for (let from = first; from < Date.now() + 2 * week; from += week)
        await makePartition(tx, log, { from, to: from + week });
    });
  }
}
