import { beforeEach, expect, test, vi } from "vitest";
import type { IssuedToken } from "../tokens/model.ts";
import { getFreshToken } from "./authorization.ts";

const desk = vi.hoisted(() => ({ getToken: vi.fn(), dropToken: vi.fn() }));
vi.mock("../tokens/get-token.ts", () => desk);

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
const actor = { kind: "system", id: null, name: "test" } as const;

function makeToken(generation: number, expiresInMs: number): IssuedToken {
  const acquiredAt = Date.now() - 1000;
  const about = { credentialId: "c", credentialVersion: 3, source: "cache" as const, acquiredAt };
  return { ...about, accessToken: `token ${generation}`, generation, expiresAt: Date.now() + expiresInMs };
}

beforeEach(() => {
  desk.getToken.mockReset();
  desk.dropToken.mockReset().mockResolvedValue(true);
});

test("a token in memory comes without a promise", () => {
  const token = makeToken(1, 60_000);
  desk.getToken.mockReturnValue(token);
  expect(getFreshToken(subject, cause, actor)).toBe(token);
});

test("an expired token is never given out: it is dropped and another one asked for", async () => {
  const renewed = makeToken(2, 60_000);
  desk.getToken.mockReturnValueOnce(makeToken(1, -1)).mockResolvedValueOnce(renewed);
  expect(await getFreshToken(subject, cause, actor)).toBe(renewed);
  expect(desk.dropToken).toHaveBeenCalledExactlyOnceWith(subject, 1);
});

test("a provider whose tokens are expired from the start is told apart", async () => {
  desk.getToken.mockImplementation(async () => makeToken(1, -1));
  await expect(getFreshToken(subject, cause, actor)).rejects.toMatchObject({ code: "token_response_invalid" });
});

test("why there is no token is told as it is", async () => {
  desk.getToken.mockRejectedValue(Object.assign(new Error("refused"), { code: "token_request_refused" }));
  await expect(getFreshToken(subject, cause, actor)).rejects.toThrow("refused");
});
