import { CLIENTS } from "#sandbox/clients.ts";
import type { SandboxPlaces } from "./sandbox-process.ts";
import { StartError } from "./start-error.ts";

type Target = { url: string; apiKey: string; places: SandboxPlaces; report: (line: string) => void };
type Item = { id: string; name: string; version: number } & Record<string, unknown>;
type Input = { name: string } & Record<string, unknown>;

/**
 * Sample nodes, credentials, transports and triggers, through the REST API as any program would make them. What is already there
 * (by its name) stays as it is; a credential whose provider has moved to another port follows it.
 * @throws StartError with what the API answered.
 */
export async function seedDemo({ url, apiKey, places, report }: Target): Promise<void> {
  const api = connect(url, apiKey);
  const known = await api.list("triggers");
  if (known.length === 0) report("Adding sample data…");

  const plant = await api.ensure("nodes", { name: "Plant 7", parentId: null, listed: true });
  const line = await api.ensure("nodes", { name: "Line 1", parentId: plant.id });
  const office = await api.ensure("nodes", { name: "Head office", parentId: null, listed: true });

  const entra = { provider: "entra", endpointUrl: places.tokenEndpoint, scope: "api://orders/.default" };
  // Without the port: the sandbox might get another one at the next start.
  const allowedHosts = [new URL(places.serviceUrl).hostname];
  const orders = await api.ensure("credentials", {
    ...entra,
    name: "Orders API",
    type: "application",
    clientId: CLIENTS.ordersApi.clientId,
    clientSecret: CLIENTS.ordersApi.clientSecret,
    clientAuthentication: "client_secret_post",
    refreshIntervalSeconds: 1800,
    owner: "Integration team",
    allowedHosts,
    notes: "An Entra-like tenant in the sandbox.",
  });
  const generic = await api.ensure("credentials", {
    name: "Stock API",
    type: "application",
    provider: "generic",
    endpointUrl: places.genericTokenEndpoint,
    clientId: CLIENTS.generic.clientId,
    clientSecret: CLIENTS.generic.clientSecret,
    clientAuthentication: "client_secret_basic",
    scope: "orders.read orders.write",
    tokenParameters: { audience: "api://orders" },
    owner: "Warehouse IT",
    secretExpiresOn: new Date(Date.now() + 45 * 86_400_000).toISOString().slice(0, 10),
    allowedHosts,
    notes: "Another OAuth 2.0 provider in the sandbox.",
  });
  const broken = await api.ensure("credentials", {
    ...entra,
    name: "Maintenance API",
    type: "application",
    clientId: CLIENTS.shortLived.clientId,
    clientSecret: "not-the-secret",
    clientAuthentication: "client_secret_post",
    owner: "Plant 7",
    ownerEmail: "plant7@example.com",
    secretExpiresOn: new Date(Date.now() + 12 * 86_400_000).toISOString().slice(0, 10),
    allowedHosts,
    notes: "Its client secret is wrong: the status says why.",
  });
  await api.ensure("credentials", {
    ...entra,
    name: "Workbench sign-in",
    type: "user",
    scope: "openid profile email offline_access",
    clientId: CLIENTS.workbench.clientId,
    clientSecret: CLIENTS.workbench.clientSecret,
    clientAuthentication: "client_secret_post",
    jwtUsernameKey: "preferred_username",
    jwtRolesKey: "roles",
    roleMapping: [
      { claimValue: "Plant7.Operators", role: "operator", nodeId: plant.id },
      { claimValue: "Plant7.Engineers", role: "engineer", nodeId: plant.id },
      { claimValue: "Plant7.Leads", role: "lead", nodeId: null },
      { claimValue: "Sallyport.Admins", role: "admin", nodeId: null },
    ],
    mfa: "none",
  });

  const transport = (name: string, nodeId: string, http: object, credentialId: string) =>
    api.ensure("transports", {
      name,
      nodeId,
      type: "HTTP",
      http: { headers: [], ...http },
      authorization: { kind: "credential", credentialId },
      timeoutMs: 10_000,
    });
  const sendOrders = await transport(
    "Orders",
    line.id,
    { url: `${places.serviceUrl}/orders`, method: "POST" },
    orders.id,
  );
  const readOrders = await transport(
    "Order list",
    office.id,
    { url: `${places.serviceUrl}/orders`, method: "GET" },
    generic.id,
  );
  const maintenance = await transport(
    "Maintenance",
    line.id,
    { url: `${places.serviceUrl}/echo`, method: "POST" },
    broken.id,
  );

  const stock = await api.ensure("transports", {
    name: "Stock",
    nodeId: line.id,
    type: "WS_SOAP",
    soap: { wsdlUrl: `${places.serviceUrl}/soap/guarded/stock?wsdl`, service: "Stock", port: "StockSoap12" },
    authorization: { kind: "credential", credentialId: orders.id },
    timeoutMs: 10_000,
    notes: "A SOAP service of the sandbox: the token is needed for the WSDL, too.",
  });

  const onDemand = { kind: "on_demand" };
  const trigger = (name: string, nodeId: string, transportId: string, request: object, event: object = onDemand) =>
    api.ensure("triggers", {
      name,
      nodeId,
      transportId,
      enabled: true,
      event,
      request: "operation" in request ? request : { path: "", query: {}, headers: [], body: "", ...request },
      maxInProgress: 0,
      queueSize: 0,
      maxExecutionMs: 60_000,
    });
  await api.ensure("alert-channels", {
    name: "Sandbox webhook",
    kind: "webhook",
    url: `${places.serviceUrl}/public`,
    secret: `whsec_${Buffer.from("of the sandbox, which does not check").toString("base64")}`,
  });
  const json = [{ name: "Content-Type", value: "application/json" }];
  await trigger("Send order", line.id, sendOrders.id, {
    headers: json,
    body: '{"id":"{{variables.id}}","quantity":{{variables.quantity}}}',
  });
  await trigger("Read orders", office.id, readOrders.id, { query: { site: "{{variables.site}}" } });
  await trigger("Read stock", line.id, stock.id, {
    operation: "GetStock",
    arguments: { site: "{{variables.site}}", item: "{{variables.item}}" },
    safeToRepeat: true,
  });
  await trigger(
    "Count the stock",
    line.id,
    stock.id,
    { operation: "GetStock", arguments: { site: "Plant 7", item: "AB-1234" }, safeToRepeat: true },
    { kind: "schedule", cron: "*/15 6-22 * * MON-SAT", timezone: "Europe/Berlin", catchUp: "once" },
  );
  await trigger(
    "Order of the shop",
    line.id,
    sendOrders.id,
    { headers: json, body: '{"id":"{{webhook.body.order.id}}","lines":{{webhook.body.order.lines}}}' },
    { kind: "webhook", slug: "demo-shop" },
  );
  await trigger("Report a fault", line.id, maintenance.id, {
    headers: json,
    body: '{"machine":"{{variables.machine}}"}',
  });
}

function connect(url: string, apiKey: string) {
  const ask = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${url}/api/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok)
      throw new StartError(`The sample data could not be added: ${method} ${path} answered ${response.status} ${text}`);
    return JSON.parse(text);
  };
  const list = async (collection: string): Promise<Item[]> => (await ask("GET", `${collection}?limit=200`)).items;
  const ensure = async (collection: string, input: Input): Promise<Item> => {
    const existing = (await list(collection)).find((item) => item.name === input.name);
    if (!existing) return ask("POST", collection, input);
    const moved = findMoved(existing, input);
    if (!moved) return existing;
    return ask("PATCH", `${collection}/${existing.id}`, { version: existing.version, ...moved });
  };
  return { list, ensure };
}

/** The addresses in `input` that the existing item has otherwise: the sandbox runs on other ports than last time. */
function findMoved(existing: Item, input: Input): Record<string, unknown> | null {
  // A stored secret is never sent to another server, so it goes along.
  if (input.endpointUrl !== existing.endpointUrl) {
    return { endpointUrl: input.endpointUrl, clientSecret: input.clientSecret };
  }
  if (typeof input.url === "string" && new URL(input.url).host !== existing.urlHost) return { url: input.url };
  const [soapBefore, soapNow] = [existing.soap, input.soap] as ({ wsdlUrl: string } | null | undefined)[];
  if (soapBefore && soapNow && soapBefore.wsdlUrl !== soapNow.wsdlUrl) {
    return { soap: { ...soapBefore, wsdlUrl: soapNow.wsdlUrl } };
  }
  const [before, now] = [existing.http, input.http] as ({ url: string } | null | undefined)[];
  return before && now && before.url !== now.url ? { http: { ...before, url: now.url } } : null;
}
