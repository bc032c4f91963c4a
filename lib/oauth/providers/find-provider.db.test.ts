import { expect, test } from "vitest";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { setUpSandbox, tester } from "#scripts/test-sandbox.ts";
import { findProvider } from "./find-provider.ts";

setUpTestDatabase();
const sandbox = setUpSandbox();
const origin = () => new URL(sandbox.current.tokenEndpoint).origin;
const tenant = () => new URL(sandbox.current.tokenEndpoint).pathname.split("/")[1]!;
const find = (kind: "entra" | "discovery", text: string) => findProvider(tester, { kind, text }, Date.now, origin());

test("finds the endpoint of an Entra tenant", async () => {
  expect(await find("entra", ` ${tenant()} `)).toEqual({
    endpointUrl: sandbox.current.tokenEndpoint,
    issuer: `${origin()}/${tenant()}/v2.0`,
    discoveryUrl: `${origin()}/${tenant()}/v2.0/.well-known/openid-configuration`,
  });
});

test("says that Entra ID has no such tenant", async () => {
  await expect(find("entra", "nobody.example.com")).rejects.toMatchObject({
    code: "invalid_input",
    message: expect.stringContaining("Entra ID has no tenant nobody.example.com."),
  });
});

test.each(["", "a/b", "contoso.com?x", "../v2.0", "a b"])("rejects %j as a tenant without a request", async (text) => {
  await expect(findProvider(tester, { kind: "entra", text }, Date.now, "https://localhost:1")).rejects.toMatchObject({
    code: "invalid_input",
    message: "Enter a tenant ID or a domain, such as contoso.com.",
  });
});

test("reads an issuer's discovery document", async () => {
  const issuer = `${origin()}/${tenant()}/v2.0`;
  const found = await find("discovery", `${issuer}/`);
  expect(found).toMatchObject({ issuer, endpointUrl: sandbox.current.tokenEndpoint });
  expect(await find("discovery", found.discoveryUrl)).toEqual(found);
});

test("rejects URLs without https without a request", async () => {
  await expect(find("discovery", "http://id.example.com")).rejects.toMatchObject({ code: "invalid_input" });
});

test("the egress policy denies lookups as it denies all requests", async () => {
  const denied = { code: "egress_denied", message: expect.stringContaining("169.254.169.254") };
  const internal = "https://169.254.169.254";
  await expect(find("discovery", internal)).rejects.toMatchObject(denied);
  const lookup = { kind: "entra", text: "contoso.com" } as const;
  await expect(findProvider(tester, lookup, Date.now, internal)).rejects.toMatchObject(denied);
});
