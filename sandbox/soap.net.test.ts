import { BearerSecurity, type Client, createClientAsync, WSSecurity } from "soap";
import { type Agent, fetch } from "undici";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { CLIENTS } from "./clients.ts";
import { setUpSandbox } from "./set-up-sandbox.ts";
import { WSSE_PASSWORD, WSSE_USER } from "./soap.ts";
import type { Sandbox } from "./start.ts";

// The client is npm's `soap`: neither this service nor lib/delivery/soap can agree with it by sharing an error.

let sandbox: Sandbox;
let dispatcher: Agent;
let token: string;
setUpSandbox((running) => {
  ({ sandbox, dispatcher } = running);
});
beforeAll(async () => {
  const { clientId, clientSecret } = CLIENTS.ordersApi;
  const form = { grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret };
  const body = new URLSearchParams({ ...form, scope: "api://orders/.default" });
  const answer = await fetch(sandbox.tokenEndpoint, { method: "POST", body, dispatcher });
  token = ((await answer.json()) as { access_token: string }).access_token;
});
beforeEach(() => sandbox.control.reset());

const order = (item: string, quantity: string) => ({
  order: {
    number: 7,
    lines: [{ attributes: { unit: "piece" }, item, quantity }],
    deliverTo: "Line 1",
  },
});

async function connect(port: string, variant = ""): Promise<Client> {
  const url = `${sandbox.serviceUrl}/soap/${variant}stock?wsdl`;
  const client = await createClientAsync(url, { forceSoap12Headers: port === "StockSoap12" });
  client.setSecurity(new BearerSecurity(token));
  return client;
}

for (const port of ["StockSoap", "StockSoap12"]) {
  test(`${port} tells what is in stock`, async () => {
    const client = await connect(port);
    const [answer] = await client.GetStockAsync({ site: "Plant 7", item: "AB-1234" });
    expect(answer).toMatchObject({ item: "AB-1234", quantity: 100, unit: "piece" });
  });

  test(`${port} reserves, and answers with a typed fault where there is too little`, async () => {
    const client = await connect(port);
    const [taken] = await client.ReserveStockAsync(order("AB-1234", "2.5"));
    expect(taken.reservation).toBe(7001);
    const fault = await client.ReserveStockAsync(order("ZZ-0000", "2")).then(
      () => null,
      (error: { root: { Envelope: { Body: { Fault: object } } } }) => error.root.Envelope.Body.Fault,
    );
    expect(JSON.stringify(fault)).toContain('"available":"0.5"');
  });
}

test("a call without a token is answered 401, the WSDL is open unless it is guarded", async () => {
  const client = await connect("StockSoap");
  client.setSecurity(new BearerSecurity("nonsense"));
  await expect(client.PingAsync("hello")).rejects.toMatchObject({ response: { status: 401 } });
  await expect(connect("StockSoap", "guarded/")).rejects.toThrow();
});

test("the first token of a client has expired where the path says so", async () => {
  const client = await connect("StockSoap", "expired-fault/");
  await expect(client.GetStockAsync({ site: "a", item: "AB-1234" })).rejects.toThrow(/FailedAuthentication/);
});

for (const passwordType of ["PasswordText", "PasswordDigest"] as const) {
  test(`a user name token with ${passwordType} is checked`, async () => {
    const client = await connect("StockSoap", "wsse/");
    client.setSecurity(new WSSecurity(WSSE_USER, WSSE_PASSWORD, { passwordType, hasNonce: true }));
    const [answer] = await client.GetStockAsync({ site: "a", item: "AB-1234" });
    expect(answer.quantity).toBe(100);
    client.setSecurity(new WSSecurity(WSSE_USER, "wrong", { passwordType, hasNonce: true }));
    await expect(client.GetStockAsync({ site: "a", item: "AB-1234" })).rejects.toThrow(/FailedAuthentication/);
  });
}
