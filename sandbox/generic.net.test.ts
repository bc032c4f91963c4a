import { decodeJwt } from "jose";
import * as oauth from "openid-client";
import { type Agent, fetch } from "undici";
import { describe, expect, it } from "vitest";
import { CLIENTS, type SandboxClient } from "./clients.ts";
import { setUpSandbox } from "./set-up-sandbox.ts";
import type { Sandbox } from "./start.ts";

const { generic, genericOpaque } = CLIENTS;

let sandbox: Sandbox;
let dispatcher: Agent;
setUpSandbox((running) => {
  ({ sandbox, dispatcher } = running);
});

const customFetch = (url: string, options: object) =>
  fetch(url, { ...options, dispatcher }) as unknown as Promise<Response>;

function discover(client: SandboxClient, authentication: oauth.ClientAuth) {
  return oauth.discovery(new URL(sandbox.genericIssuer), client.clientId, undefined, authentication, {
    [oauth.customFetch]: customFetch,
  });
}

describe("openid-client", () => {
  it.each([
    ["client_secret_post", oauth.ClientSecretPost],
    ["client_secret_basic", oauth.ClientSecretBasic],
  ])("discovers the provider and gets a token by %s", async (_name, authenticate) => {
    const configuration = await discover(generic, authenticate(generic.clientSecret));
    const answer = await oauth.clientCredentialsGrant(configuration, { scope: "orders.read" });
    expect(answer).toMatchObject({
      token_type: "bearer",
      expires_in: generic.tokenLifetimeSeconds,
      scope: "orders.read",
    });
    expect(decodeJwt(answer.access_token)).toMatchObject({ iss: sandbox.genericIssuer, aud: "api://orders" });
  });

  it.each(["audience", "resource"])("asks for another audience by the parameter %s", async (parameter) => {
    const configuration = await discover(generic, oauth.ClientSecretPost(generic.clientSecret));
    const answer = await oauth.clientCredentialsGrant(configuration, { [parameter]: "api://stock" });
    expect(decodeJwt(answer.access_token).aud).toBe("api://stock");
  });

  it("is told the plain error for a wrong secret, a scope and an audience", async () => {
    const wrong = await discover(generic, oauth.ClientSecretPost("wrong"));
    await expect(oauth.clientCredentialsGrant(wrong)).rejects.toMatchObject({ error: "invalid_client", status: 401 });
    const right = await discover(generic, oauth.ClientSecretPost(generic.clientSecret));
    await expect(oauth.clientCredentialsGrant(right, { scope: "other" })).rejects.toMatchObject({
      error: "invalid_scope",
      status: 400,
    });
    await expect(oauth.clientCredentialsGrant(right, { audience: "api://none" })).rejects.toMatchObject({
      error: "invalid_target",
    });
  });

  it("gets an opaque token where the client's tokens are opaque", async () => {
    const configuration = await discover(genericOpaque, oauth.ClientSecretPost(genericOpaque.clientSecret));
    const { access_token: token } = await oauth.clientCredentialsGrant(configuration);
    expect(token).not.toContain(".");
    const orders = await fetch(`${sandbox.serviceUrl}/orders`, { headers: { authorization: `Bearer ${token}` } });
    expect(orders.status).toBe(200);
    await sandbox.control.revokeTokens();
    const refused = await fetch(`${sandbox.serviceUrl}/fast`, { headers: { authorization: `Bearer ${token}` } });
    expect(refused.status).toBe(401);
  });
});
