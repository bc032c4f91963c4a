import pg from "pg";
import { idOf } from "./made-rows.ts";

/** How many days are made up, and how many runs and token requests in them. */
const days = 7;
const runs = 2400;
const requests = 700;

/**
 * Makes up what happened in the last days, so that the dashboard of the demo has something to show. Nothing where a run is older
 * than an hour already: a portal that was used has a history of its own.
 */
export async function addDemoHistory(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("begin");
    const { rows } = await client.query("select 1 from runs where started_at < now() - interval '1 hour' limit 1");
    if (rows.length === 0) {
      await client.query(insertRuns);
      await client.query(insertEvents);
    }
    await client.query("commit");
  } finally {
    await client.end();
  }
}

// Denser by day than by night; one trigger fails always since yesterday, the others now and then.
const at = (count: number) =>
  `extract(epoch from now() - interval '1 minute' - interval '${days} days' * power((n + 0.5) / ${count}, 1.2))::float8 * 1000`;

const insertRuns = `
  insert into runs (id, trigger_id, trigger_name, transport_id, transport_name, node_id, node_path, credential_id, credential_name, event, actor, status,
    started_at, duration_ms, attempts, response_status, error_code, error)
  select ${idOf("ms", "n::text")}, trigger.id, trigger.name, transport.id, transport.name, node.id, node.path, credential.id, credential.name,
    'on_demand', 'API key Demo', case when fails then 'failed' else 'succeeded' end, to_timestamp(ms / 1000),
    (20 + 400 * power((hashtext(n::text) & 1023) / 1023.0, 6) + 60 * (hashtext(trigger.name) & 3))::int, 1, case when fails then 503 else 200 end,
    case when fails then 'service_error' end,
    case when fails then '{"code":"service_error","message":"The service answered 503 Service Unavailable.","hint":"The service failed on its side; its own log tells why. Try again later.","providerCode":null}'::jsonb end
  from generate_series(0, ${runs - 1}) n
  cross join lateral (select ${at(runs)} as ms) time
  join (select *, row_number() over (order by name) - 1 as place, count(*) over () as total from triggers) trigger on trigger.place = n % trigger.total
  join transports transport on transport.id = trigger.transport_id
  join nodes node on node.id = trigger.node_id
  left join credentials credential on credential.id = transport.credential_id
  cross join lateral (select case when trigger.name = 'Report a fault' then n % 3 > 0 else hashtext('x' || n) & 31 = 0 end as fails) outcome
  on conflict (id) do nothing`;

const insertEvents = `
  insert into credential_events (id, credential_id, credential_version, at, kind, cause, outcome, duration_ms, error_code, provider_code, http_status, description)
  select ${idOf("ms", "'e' || n::text")}, credential.id, credential.version, to_timestamp(ms / 1000), case when credential.type = 'user' then 'sign_in' else 'token_request' end,
    case when credential.type = 'user' then 'olga@sandbox.example' else 'renewal' end, case when fails then 'failed' else 'succeeded' end,
    40 + (hashtext(n::text) & 63), case when fails then case when credential.type = 'user' then 'sign_in_refused' else 'token_request_refused' end end,
    case when not fails then null when credential.type = 'user' then 'roles_missing' when credential.name = 'Maintenance API' then 'invalid_client' else 'temporarily_unavailable' end,
    case when fails then 401 else 200 end, case when fails then 'Made up for the demo.' end
  from generate_series(0, ${requests - 1}) n
  cross join lateral (select ${at(requests)} as ms) time
  join (select *, row_number() over (order by name) - 1 as place, count(*) over () as total from credentials) credential on credential.place = n % credential.total
  cross join lateral (select credential.name = 'Maintenance API' or hashtext('y' || n) & 15 = 0 as fails) outcome
  on conflict (id) do nothing`;
