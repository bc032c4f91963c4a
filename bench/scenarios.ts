import { createHmac, randomUUID } from "node:crypto";
import { Pool } from "undici";
import { v7 } from "uuid";
import { runs } from "#drizzle/schema/runs.ts";
import { fireTrigger } from "#lib/delivery/firing/fire.ts";
import type { Run } from "#lib/delivery/runs/model.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { cpuOf, ownCpu } from "./children.ts";
import { benchContext, type Sample } from "./sample.ts";

/** One way to make a run; `records` says whether each call leaves a row. */
export type Scenario = { name: string; records: boolean; call: () => Promise<void>; cpu: () => number | null };

type Servers = {
  portal: { pid: number; url: string; apiKey: string };
  /** Another web process on the same database. */
  second: { pid: number; url: string };
  plain: { pid: number; url: string };
};

let counter = 0;
const variables = () => ({ id: `A-${counter++}` });

/** The ways that are compared, the bare ones first. */
export async function makeScenarios(sample: Sample, servers: Servers): Promise<Scenario[]> {
  const bare = bareRequest(sample);
  const insert = await oneInsert(sample);
  const run = (triggerId: string) => async () => {
    const { status, error } = await fireTrigger(benchContext, triggerId, { variables: variables() });
    if (status !== "succeeded") throw new Error(`a run failed: ${error?.message}`);
  };
  const inBoth = async () => {
    await bare();
    await insert();
  };
  return [
    { name: "undici request, static token", records: false, call: bare, cpu: ownCpu },
    { name: "the same and one INSERT each", records: true, call: inBoth, cpu: ownCpu },
    { name: "run through lib, recorded", records: true, call: run(sample.triggerId), cpu: ownCpu },
    { name: "an envelope over HTTP, recorded", records: true, call: run(sample.envelopeTriggerId), cpu: ownCpu },
    { name: "the same envelope over WS_SOAP", records: true, call: run(sample.soapTriggerId), cpu: ownCpu },
    {
      name: "plain Node server, records nothing",
      records: false,
      call: post(servers.plain.url, {}),
      cpu: () => cpuOf(servers.plain.pid),
    },
    {
      name: "run through the API, recorded",
      records: true,
      call: post(`${servers.portal.url}/api/v1/triggers/${sample.triggerId}/run`, {
        authorization: `Bearer ${servers.portal.apiKey}`,
      }),
      cpu: () => cpuOf(servers.portal.pid),
    },
    {
      name: "webhook, signed, recorded",
      records: true,
      call: sendWebhook([servers.portal.url], sample),
      cpu: () => cpuOf(servers.portal.pid),
    },
    {
      name: "webhook on two web processes",
      records: true,
      call: sendWebhook([servers.portal.url, servers.second.url], sample),
      cpu: () => sumOf(cpuOf(servers.portal.pid), cpuOf(servers.second.pid)),
    },
  ];
}

function bareRequest({ url, token }: Sample): () => Promise<void> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: 256 });
  const headers = { authorization: `Bearer ${token.accessToken}`, "content-type": "application/json" };
  return async () => {
    const body = JSON.stringify(variables());
    const answer = await pool.request({ path: pathname, method: "POST", headers, body });
    await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`the service answered ${answer.statusCode}`);
  };
}

/** A row like the one of a run, committed by a statement of its own. */
async function oneInsert(sample: Sample): Promise<() => Promise<void>> {
  const like: Run = await fireTrigger(benchContext, sample.triggerId, { variables: variables() });
  const times = { startedAt: new Date(like.startedAt), queuedAt: null, dueAt: null, heldUntil: null };
  const row = { ...like, ...times, nodePath: [like.nodeId], responseStatus: 200 };
  return async () => {
    await getDb()
      .insert(runs)
      .values({ ...row, id: v7() });
  };
}

function post(url: string, headers: Record<string, string>): () => Promise<void> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: 256 });
  const all = { ...headers, "content-type": "application/json" };
  return async () => {
    const body = JSON.stringify({ variables: variables() });
    const answer = await pool.request({ path: pathname, method: "POST", headers: all, body });
    const text = await answer.body.text();
    if (answer.statusCode !== 200 || !text.includes('"status":"succeeded"')) {
      throw new Error(`${url} answered ${answer.statusCode}: ${text.slice(0, 500)}`);
    }
  };
}

/** Messages as Standard Webhooks has them, to the portals by turns. */
function sendWebhook(portals: string[], { webhook }: Sample): () => Promise<void> {
  const pools = portals.map((url) => new Pool(url, { connections: 256 }));
  const key = Buffer.from(webhook.secret.replace("whsec_", ""), "base64");
  let turn = 0;
  return async () => {
    const body = JSON.stringify(variables());
    const [id, timestamp] = [randomUUID(), String(Math.floor(Date.now() / 1000))];
    const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
    const answer = await pools[turn++ % pools.length]!.request({
      path: `/api/hooks/${webhook.slug}`,
      method: "POST",
      headers: {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": timestamp,
        "webhook-signature": `v1,${signature}`,
      },
      body,
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`the webhook answered ${answer.statusCode}: ${text}`);
    if (JSON.parse(text).status !== "succeeded") throw new Error(`a run of the webhook failed: ${text}`);
  };
}

function sumOf(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one + other;
}
