import { expect, test } from "vitest";
import { complainAboutEndpoint, complainAboutUrl } from "#lib/oauth/credentials/endpoint.ts";
import { catalog, describeNeeds, findEntry } from "./catalog.ts";
import { fillEntry, listMissing } from "./fill.ts";

const inputs = {
  server: "https://sso.example.com/",
  realm: "plant",
  domain: "https://id.example.com/",
  audience: "https://orders.example.com/",
  subdomain: "example-prod",
  region: "eu10",
  url: "https://id.example.com/token",
};

test("entries have their own IDs and names", () => {
  for (const key of ["id", "name"] as const)
    expect(new Set(catalog.map((entry) => entry[key])).size).toBe(catalog.length);
});

test.each(catalog)("$name links to a page over https and asks for something", ({ page, ask }) => {
  expect(new URL(page).protocol).toBe("https:");
  expect(ask.length).toBeGreaterThan(0);
});

test.each(catalog.filter(({ lookup }) => lookup === "none"))(
  "$name fills in whole https URLs from its inputs",
  (entry) => {
    for (const type of Object.keys(entry.scope) as ("application" | "user")[]) {
      const { endpointUrl = "", ...filled } = fillEntry(entry, inputs, type, null);
      expect(complainAboutEndpoint(endpointUrl)).toBeNull();
      for (const url of [endpointUrl, filled.issuer]) {
        if (url === undefined) continue;
        expect(complainAboutUrl(url)).toBeNull();
        expect(new URL(url).protocol).toBe("https:");
      }
      expect(filled.type).toBe(type);
    }
  },
);

test.each(catalog)("$name uses each of its inputs", (entry) => {
  const templates = JSON.stringify([entry.endpointUrl, entry.issuer, entry.tokenParameters]);
  const unused = entry.inputs.filter(({ name }) => !templates.includes(`{${name}}`));
  expect(entry.lookup === "none" ? unused : []).toEqual([]);
});

test("domains are accepted as URLs, and an empty input has its initial value", () => {
  expect(
    fillEntry(findEntry("okta"), { domain: "https://example.okta.com/admin" }, "application", null).endpointUrl,
  ).toBe("https://example.okta.com/oauth2/default/v1/token");
});

test("an audience is sent exactly as entered, or not at all", () => {
  const fill = (audience: string) => fillEntry(findEntry("auth0"), { ...inputs, audience }, "application", null);
  expect(fill(" https://orders.example.com/ ").tokenParameters).toEqual([
    { name: "audience", value: "https://orders.example.com/" },
  ]);
  expect(fill("")).not.toHaveProperty("tokenParameters");
});

test("a provider without client credentials selects the type User", () => {
  expect(fillEntry(findEntry("google"), {}, "application", null)).toMatchObject({
    type: "user",
    scope: "openid email profile",
  });
});

test("a discovery URL is kept only if it doesn't follow from the issuer", () => {
  const found = { endpointUrl: "https://id.example.com/t", issuer: "https://id.example.com/" };
  const fill = (discoveryUrl: string) => fillEntry(findEntry("oidc"), {}, "user", { ...found, discoveryUrl });
  expect(fill("https://id.example.com/.well-known/openid-configuration")).not.toHaveProperty("discoveryUrl");
  expect(fill("https://id.example.com/other")).toMatchObject({ discoveryUrl: "https://id.example.com/other" });
});

test("lists inputs that are missing", () => {
  expect(listMissing(findEntry("sap"), { region: " " })).toEqual(["Subaccount subdomain", "Region"]);
  expect(listMissing(findEntry("auth0"), { domain: "example.auth0.com" })).toEqual([]);
});

test("the text for the IT team has the redirect URI", () => {
  expect(describeNeeds(findEntry("okta"), "https://portal.example.com/cb")).toMatch(
    /connect Sallyport to Okta[\s\S]*portal\.example\.com\/cb/,
  );
});
