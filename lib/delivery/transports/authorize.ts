import type { Authorization } from "./model.ts";

/**
 * The Authorization header of a request, as a list so that none is none: Basic (RFC 7617, UTF-8) or Bearer (RFC 6750
 * section 2.1).
 */
export function authorize(authorization: Authorization): [string, string][] {
  if (authorization.kind === "none") return [];
  if (authorization.kind === "bearer") return [["authorization", `Bearer ${authorization.token}`]];
  const { username, password } = authorization;
  return [["authorization", `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`]];
}
