import { expect, test } from "vitest";
import { parseEnv } from "#lib/platform/env/env.ts";
import { findClientAddress } from "./client-address.ts";

const trusted = parseEnv({ SALLYPORT_TRUSTED_PROXIES: "10.0.0.0/8, 127.0.0.1, fd00::/8" }).SALLYPORT_TRUSTED_PROXIES;

test("without trusted proxies the socket's address counts, whatever a header says", () => {
  expect(findClientAddress("192.0.2.7", "198.51.100.1", [])).toBe("192.0.2.7");
  expect(findClientAddress("::ffff:192.0.2.7", undefined, [])).toBe("192.0.2.7");
  expect(findClientAddress(undefined, undefined, [])).toBe("");
});

test("behind trusted proxies the last address that is not one of them counts", () => {
  expect(findClientAddress("10.0.0.1", "198.51.100.1", trusted)).toBe("198.51.100.1");
  expect(findClientAddress("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.2.2.2", trusted)).toBe("198.51.100.1");
  expect(findClientAddress("::ffff:127.0.0.1", "fd00::5", trusted)).toBe("fd00::5");
});

test("a client that is no trusted proxy can't name another address", () => {
  expect(findClientAddress("192.0.2.7", "198.51.100.1", trusted)).toBe("192.0.2.7");
});

test("what is no address in the header is not believed", () => {
  expect(findClientAddress("10.0.0.1", "drop table, unknown", trusted)).toBe("10.0.0.1");
});
