import { expect, test } from "vitest";
import { credentialInput, credentialUpdate } from "#lib/oauth/credentials/schema.ts";
import { emptyValues, type FormValues, toInput, toUpdate } from "./form-values.ts";

const values: FormValues = {
  ...emptyValues,
  name: "Orders API",
  endpointUrl: "https://idp.example.com/token",
  clientId: "client",
  clientSecret: "s",
};
/** As an edit begins: the secret is stored and kept. */
const stored: FormValues = { ...values, clientSecret: undefined };

test("a filled form is a valid credential of either type", () => {
  expect(credentialInput.safeParse(toInput(values)).success).toBe(true);
  const user: FormValues = { ...values, type: "user", issuer: "https://idp.example.com" };
  expect(credentialInput.parse(toInput(user))).toMatchObject({ grantType: "authorization_code", jwtRolesKey: "roles" });
});

test("what the form does not show is not sent", () => {
  const hidden: FormValues = { ...values, issuer: "nonsense", certificate: "nonsense", privateKey: "nonsense" };
  expect(credentialInput.safeParse(toInput(hidden)).success).toBe(true);
  const tenant = "https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/oauth2/v2.0/token";
  const entra: FormValues = { ...values, type: "user", endpointUrl: tenant, issuer: "nonsense" };
  expect(toInput(entra).issuer).toBeNull();
});

test("an edit sends only what differs, and a secret only when it was entered", () => {
  expect(toUpdate(stored, stored, 3)).toEqual({ version: 3 });
  expect(toUpdate({ ...stored, owner: "Ops" }, stored, 3)).toEqual({ version: 3, owner: "Ops" });
  expect(toUpdate({ ...stored, clientSecret: "new" }, stored, 3)).toEqual({ version: 3, clientSecret: "new" });
});

test("Replace without a new secret is complained about, not taken as removing it", () => {
  const update = toUpdate({ ...stored, clientSecret: "" }, stored, 3);
  expect(credentialUpdate.safeParse(update).success).toBe(false);
});

test("a proxy's stored password stays, and an emptied one is removed", () => {
  const manual = { mode: "manual" as const, url: "http://proxy:3128", username: "u" };
  const proxy = { ...emptyValues.proxy, ...manual, password: undefined };
  const before: FormValues = { ...stored, proxy };
  expect(toUpdate({ ...before, owner: "Ops" }, before, 1)).toEqual({ version: 1, owner: "Ops" });
  const emptied = toUpdate({ ...before, proxy: { ...proxy, password: "" } }, before, 1);
  expect(emptied.proxy).toMatchObject({ password: null });
});

test("blank rows of parameters and headers are not sent, and the others keep their order", () => {
  const row = (name: string, value: string) => ({ name, value });
  const rows = [row("b", "1"), row("", ""), row("a", "2"), row("b", "1")];
  const sent = toInput({ ...values, tokenParameters: rows, tokenHeaders: [row("", ""), row("x-api-key", "k1")] });
  expect(sent.tokenParameters).toEqual([row("b", "1"), row("a", "2"), row("b", "1")]);
  expect(sent.tokenHeaders).toEqual([row("x-api-key", "k1")]);
});
