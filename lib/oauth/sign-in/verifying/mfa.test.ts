import { expect, test } from "vitest";
import { askForMfa, explainMissingMfa, findMfa, type MfaSettings } from "./mfa.ts";

const entra: MfaSettings = { provider: "entra", mfaContext: null, mfaMethods: [] };
const generic: MfaSettings = { ...entra, provider: "generic" };

test.each([
  [entra, { acrValues: null, claims: { id_token: { amr: { essential: true, values: ["mfa"] } } } }],
  [
    { ...entra, mfaContext: "c1" },
    { acrValues: null, claims: { id_token: { acrs: { essential: true, value: "c1" } } } },
  ],
  [
    { ...entra, mfaContext: "c1 c2" },
    { acrValues: null, claims: { id_token: { acrs: { essential: true, values: ["c1", "c2"] } } } },
  ],
  [generic, { acrValues: "http://schemas.openid.net/pape/policies/2007/06/multi-factor", claims: null }],
  [
    { ...generic, mfaContext: "gold platinum" },
    { acrValues: "gold platinum", claims: null },
  ],
] as [MfaSettings, object][])("with %j it is asked for as %j", (settings, asked) => {
  const { acrValues, claims } = askForMfa(settings);
  expect({ acrValues, claims: claims && JSON.parse(claims) }).toEqual(asked);
});

test.each([
  ["amr holds mfa", { amr: ["pwd", "mfa"] }, entra, "mfa"],
  ["amr is a text", { amr: "pwd otp" }, generic, "otp"],
  ["amr holds a password only", { amr: ["pwd"] }, entra, null],
  ["amr is missing", {}, entra, null],
  ["amr is no list", { amr: { mfa: true } }, entra, null],
  ["amr holds what the credential names", { amr: ["pwd", "swk"] }, { ...generic, mfaMethods: ["swk"] }, "swk"],
  ["amr holds what the credential does not name", { amr: ["mfa"] }, { ...generic, mfaMethods: ["swk"] }, null],
  ["acrs holds the context", { acrs: ["c1", "c3"] }, { ...entra, mfaContext: "c1" }, "c1"],
  ["acrs holds another context", { acrs: ["c2"] }, { ...entra, mfaContext: "c1" }, null],
  ["amr stands in for a context", { amr: ["mfa"] }, { ...entra, mfaContext: "c1" }, null],
  ["amr stands in where that was said", { amr: ["mfa"] }, { ...entra, mfaContext: "c1", mfaMethods: ["mfa"] }, "mfa"],
  ["acr is one of the values", { acr: "platinum" }, { ...generic, mfaContext: "gold platinum" }, "platinum"],
  ["acr is another value", { acr: "silver" }, { ...generic, mfaContext: "gold" }, null],
  ["Entra's acr is not its acrs", { acr: "c1" }, { ...entra, mfaContext: "c1" }, null],
] as [string, Record<string, unknown>, MfaSettings, string | null][])(
  "when %s, %j counts so",
  (_, claims, settings, is) => {
    expect(findMfa(claims, settings)).toBe(is);
  },
);

test("a missing factor is explained with what was stated and what was wanted", () => {
  const { message, hint } = explainMissingMfa({ amr: ["pwd"] }, entra);
  expect(message).toContain("says pwd in amr (wanted: mfa or ngcmfa");
  expect(hint).toContain("enter its id, such as c1, as Authentication context");
  expect(explainMissingMfa({}, { ...entra, mfaContext: "c1" }).message).toContain("nothing in acrs (wanted: c1)");
  expect(explainMissingMfa({}, { ...generic, mfaContext: "gold" }).message).toContain("nothing in acr (wanted: gold)");
});
