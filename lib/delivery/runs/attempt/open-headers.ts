import type { RunRequest } from "../model.ts";

/**
 * Puts the values of secret headers into a request that is about to be sent.
 * @param secrets gets the values.
 * @throws AppError as what opens them: `transport_unusable`, `secret_unreadable`, `invalid_input`, `host_not_allowed`, `route_not_approved`
 */
export function openHeaders(request: RunRequest, secrets: string[]): RunRequest {
  const { secretHeaders = [] } = request;
  if (secretHeaders.length === 0) return request;
  const headers = [...request.headers];
  for (const { index, open } of secretHeaders) {
    const value = open();
    secrets.push(value);
    headers[index] = [headers[index]![0], value];
  }
  return { ...request, headers };
}
