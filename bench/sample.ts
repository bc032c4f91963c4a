import { v7 } from "uuid";
import { nodes } from "#drizzle/schema/nodes.ts";
import { systemContext } from "#lib/access/permissions/context.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { transportInput } from "#lib/delivery/transports/schema.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { previewTrigger } from "#lib/delivery/triggers/preview-trigger.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import { createTransportWithWsdl } from "#lib/delivery/wsdls/save-transport.ts";
import { createCredential } from "#lib/oauth/credential-edits/create-credential.ts";
import { credentialInput } from "#lib/oauth/credentials/schema.ts";
import { getToken } from "#lib/oauth/tokens/get-token.ts";
import type { IssuedToken, TokenSubject } from "#lib/oauth/tokens/model.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { CLIENTS } from "#sandbox/clients.ts";

export const benchContext = systemContext("bench");

/** What the runs of the benchmarks are made of. */
export type Sample = {
  subject: TokenSubject;
  token: IssuedToken;
  triggerId: string;
  url: string;
  /** A SOAP call, and an HTTP request with the same envelope to the same address. */
  soapTriggerId: string;
  envelopeTriggerId: string;
  /** Takes the same request from a webhook. */
  webhook: { slug: string; secret: string };
  /** Where the runs of schedules go. */
  transportId: string;
  nodeId: string;
};

/** Makes a node, an Entra credential, a transport to the sandbox's fast answer and a trigger, and gets the first token. */
export async function makeSample(places: { tokenEndpoint: string; serviceUrl: string }): Promise<Sample> {
  const nodeId = v7();
  await getDb()
    .insert(nodes)
    .values({ id: nodeId, name: "Bench", path: [nodeId] });
  const credential = await createCredential(
    benchContext,
    credentialInput.parse({
      name: "Bench",
      type: "application",
      provider: "entra",
      endpointUrl: places.tokenEndpoint,
      clientId: CLIENTS.ordersApi.clientId,
      clientSecret: CLIENTS.ordersApi.clientSecret,
      scope: "api://orders/.default",
      allowedHosts: [new URL(places.serviceUrl).host],
    }),
  );
  const transport = await createTransport(
    benchContext,
    transportInput.parse({
      name: "Bench",
      nodeId,
      type: "HTTP",
      http: { url: places.serviceUrl, method: "POST" },
      authorization: { kind: "credential", credentialId: credential.id },
    }),
  );
  const trigger = await createTrigger(
    benchContext,
    triggerInput.parse({
      name: "Bench",
      nodeId,
      transportId: transport.id,
      request: { path: "/fast", body: '{"id":"{{variables.id}}"}' },
    }),
  );
  const webhook = await createTrigger(
    benchContext,
    triggerInput.parse({
      name: "Bench webhook",
      nodeId,
      transportId: transport.id,
      event: { kind: "webhook", slug: "bench" },
      request: { path: "/fast", body: '{"id":"{{webhook.body.id}}"}' },
    }),
  );
  if (!webhook.webhookSecret) throw new Error("the webhook has no secret");
  const authorization = { kind: "credential", credentialId: credential.id } as const;
  const endpointUrl = `${places.serviceUrl}/fast-soap`;
  const stock = await createTransportWithWsdl(
    benchContext,
    transportInput.parse({
      name: "Bench SOAP",
      nodeId,
      type: "WS_SOAP",
      soap: { wsdlUrl: `${places.serviceUrl}/soap/stock?wsdl`, service: "Stock", port: "StockSoap", endpointUrl },
      authorization,
    }),
  );
  const call = { operation: "GetStock", arguments: { site: "{{variables.id}}", item: "AB-1234" } };
  const soapTrigger = await createTrigger(
    benchContext,
    triggerInput.parse({ name: "Bench SOAP", nodeId, transportId: stock.id, request: call }),
  );
  const { body, headers } = await previewTrigger(benchContext, {
    transportId: stock.id,
    request: call,
    variables: { id: "VARIABLE" },
  });
  const sameTransport = await createTransport(
    benchContext,
    transportInput.parse({
      name: "Bench envelope",
      nodeId,
      type: "HTTP",
      http: { url: endpointUrl, method: "POST" },
      authorization,
    }),
  );
  const sameTrigger = await createTrigger(
    benchContext,
    triggerInput.parse({
      name: "Bench envelope",
      nodeId,
      transportId: sameTransport.id,
      request: {
        headers: headers.filter((header) => /^(content-type|soapaction)$/i.test(header.name)),
        body: body.replace("VARIABLE", "{{variables.id}}"),
      },
    }),
  );
  const { id, name, version, scope, enabled, refreshIntervalSeconds } = credential;
  const subject = { id, name, version, scope, enabled, refreshIntervalSeconds };
  const token = await getToken(subject, { cause: "bench" });
  return {
    subject,
    token,
    triggerId: trigger.id,
    url: `${places.serviceUrl}/fast`,
    soapTriggerId: soapTrigger.id,
    envelopeTriggerId: sameTrigger.id,
    webhook: { slug: "bench", secret: webhook.webhookSecret },
    transportId: transport.id,
    nodeId,
  };
}
