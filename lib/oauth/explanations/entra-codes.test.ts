import { describe, expect, test } from "vitest";
import { credentialFields } from "#lib/oauth/credentials/definition.ts";
import { explainAnswer } from "#lib/oauth/sign-in/outcome/explain-answer.ts";
import { parseTokenAnswer } from "#lib/oauth/tokens/request/parse.ts";
import type { AppError } from "#lib/platform/errors/app-error.ts";
import { classifyFailure } from "./classify-failure.ts";
import { entraCodes, readEntraCode } from "./entra-codes.ts";
import { entraPages, linkEntraCode, linkEntraPage } from "./entra-pages.ts";
import { explainFailure, explainProviderAnswer } from "./explain.ts";

/** Those that admins meet. */
const wanted = [
  7000215, 7000222, 7000218, 700016, 90002, 900023, 90014, 70011, 500011, 1002012, 65001, 65004, 50011, 53000, 53003,
  50076, 50079, 50074, 50126, 50034, 50053, 50055, 50057, 50058, 50105, 50128, 50194, 500113, 700027, 700024, 700030,
  700082, 70008, 54005, 70043, 90008, 90094, 501051, 90033, 50196, 500341, 7000112, 9002313,
];
const fields = Object.keys(credentialFields);
const all = [...entraCodes.entries()];

/** The error of an answer whose description carries a code. */
function refuse(status: number, error: string, code: string): AppError {
  const body = Buffer.from(JSON.stringify({ error, error_description: `AADSTS${code}: Something. Trace ID: 1` }));
  try {
    parseTokenAnswer({ status, headers: [], body }, "login.example.com", 0);
  } catch (err) {
    return err as AppError;
  }
  throw new Error("no error");
}

test("the codes that admins meet are explained", () => {
  expect(wanted.filter((code) => !entraCodes.has(String(code)))).toEqual([]);
  expect(entraCodes.size).toBeGreaterThan(80);
});

test.each(all)("%s has words, an advice, a field of the form and a page that exists", (code, told) => {
  expect(told.words).toMatch(/^[A-Z].*[^.\s]$/);
  expect(told.hint).toMatch(/^[A-Z].*\.$/);
  if (told.field !== null) expect(fields).toContain(told.field);
  if (told.page !== null) expect(Object.keys(entraPages)).toContain(told.page);
  if (told.person) expect(explainAnswer("access_denied", `AADSTS${code}: x`)).toMatchObject(told.person);
  expect(linkEntraCode(code)).toBe(`https://login.microsoftonline.com/error?code=${code}`);
});

describe("codes are only looked up for words", () => {
  const histories = [
    { version: 1, workedVersion: null, unexplainedSince: null },
    { version: 1, workedVersion: 1, unexplainedSince: null },
  ];
  const answers: [number, string][] = [
    [400, "invalid_grant"],
    [401, "invalid_client"],
    [400, "something_new"],
    [503, "temporarily_unavailable"],
    [429, "invalid_client"],
  ];

  test.each(answers)(
    "%i %s leads to the same status with each known code as with one that nobody knows",
    (...answer) => {
      for (const history of histories) {
        const decide = (code: string) => {
          const { status, backoff } = classifyFailure(refuse(...answer, code), history, 1000);
          return { status, backoff };
        };
        const unknown = decide("99999999");
        for (const [code] of all) expect({ code, ...decide(code) }).toEqual({ code, ...unknown });
      }
    },
  );

  test("an unknown one leaves the words of RFC 6749", () => {
    const told = explainFailure(refuse(401, "invalid_client", "99999999"));
    expect(told).toMatchObject({ field: "clientSecret", page: null });
    expect(told.words).toMatch(/does not accept the client ID and its secret \(invalid_client\)/);
    expect(explainProviderAnswer("made_up", "AADSTS99999999: New.")).toBeNull();
  });
});

test("logs and receipts look the meaning up by what they keep", () => {
  expect(explainProviderAnswer("invalid_client", "AADSTS7000222: Expired.")).toMatchObject({
    words: "The client secret has expired",
    page: "secrets",
  });
  expect(explainProviderAnswer("invalid_scope", null)).toMatchObject({ field: "scope", page: null });
  expect(explainProviderAnswer("constructor", null)).toBeNull();
  expect(readEntraCode("See AADSTS50011")).toBeNull();
});

test("the page is that of the credential's own app registration, in its own cloud", () => {
  const clientId = "11111111-2222-4333-8444-555555555555";
  const link = (endpointUrl: string, id = clientId) => linkEntraPage("secrets", { clientId: id, endpointUrl });
  expect(link("https://login.microsoftonline.com/t/oauth2/v2.0/token")).toEqual({
    label: "App registrations → the app → Certificates & secrets",
    url: `https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Credentials/appId/${clientId}`,
  });
  expect(link("https://login.microsoftonline.us/t/oauth2/v2.0/token").url).toMatch(
    /^https:\/\/entra\.microsoft\.us\/#/,
  );
  expect(link("https://login.partner.microsoftonline.cn/t").url).toMatch(/^https:\/\/entra\.microsoftonline\.cn\/#/);
  expect(link("nonsense", "orders/../../x").url).toBe(
    "https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade",
  );
});
