import { beforeEach, expect, test, vi } from "vitest";
import type { IssuedToken } from "#lib/oauth/tokens/model.ts";
import { requireFresh, type TokenSource } from "./authorization.ts";

const source = { getToken: vi.fn<TokenSource["getToken"]>(), dropToken: vi.fn<TokenSource["dropToken"]>() };
const now = Date.parse("2026-05-01T08:00:00Z");

const subject = {
  id: "c",
  name: "Orders API",
  type: "application" as const,
  version: 3,
  scope: "",
  enabled: true,
  refreshIntervalSeconds: 1800,
  allowedHosts: [],
};
const cause = { cause: "trigger Send" };
const request = () => requireFresh(source, subject, cause, () => now);

function makeToken(generation: number, expiresInMs: number): IssuedToken {
  const acquiredAt = now - 1000;
  const reach = { type: "application" as const, allowedHosts: [] };
  const about = { credentialId: "c", credentialVersion: 3, source: "cache" as const, acquiredAt, reach };
  return { ...about, accessToken: `token ${generation}`, generation, expiresAt: now + expiresInMs };
}

beforeEach(() => {
  source.getToken.mockReset();
  source.dropToken.mockReset().mockResolvedValue(true);
});

test("a token in memory comes without a promise", () => {
  const token = makeToken(1, 60_000);
  source.getToken.mockReturnValue(token);
  expect(request()).toBe(token);
});

test("an expired token is never given out: it is dropped and another one asked for", async () => {
  const renewed = makeToken(2, 60_000);
  source.getToken.mockReturnValueOnce(makeToken(1, -1)).mockResolvedValueOnce(renewed);
  expect(await request()).toBe(renewed);
  expect(source.dropToken).toHaveBeenCalledExactlyOnceWith(subject, 1);
});

test("a provider whose tokens are expired from the start is told apart", async () => {
  source.getToken.mockImplementation(async () => makeToken(1, -1));
  await expect(request()).rejects.toMatchObject({ code: "token_response_invalid" });
});

test("why there is no token is told as it is", async () => {
  source.getToken.mockRejectedValue(Object.assign(new Error("refused"), { code: "token_request_refused" }));
  await expect(request()).rejects.toThrow("refused");
});
