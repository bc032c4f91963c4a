import { type ErrorCode, errorCodes } from "#lib/platform/errors/app-error.ts";

type ProblemType = {
  status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 429 | 500 | 502 | 503 | 504;
  title: string;
};

/** HTTP status (RFC 9110 section 15) and title (RFC 9457 section 3.1.4: the same for every occurrence) of each code. */
const problemTypes: Record<ErrorCode, ProblemType> = {
  invalid_input: { status: 422, title: "The input is not valid" },
  not_found: { status: 404, title: "Not found" },
  conflict: { status: 409, title: "The state of the thing does not allow this" },
  stale_version: { status: 409, title: "Someone else changed it meanwhile" },
  in_use: { status: 409, title: "Still in use" },
  name_taken: { status: 409, title: "The name is taken" },
  malformed_request: { status: 400, title: "The request can't be read" },
  malformed_json: { status: 400, title: "The body is not valid JSON" },
  unsupported_media_type: { status: 415, title: "The body must be JSON" },
  body_too_large: { status: 413, title: "The body is too large" },
  method_not_allowed: { status: 405, title: "The path does not know this method" },
  sign_in_required: { status: 401, title: "An API key is needed" },
  second_factor_required: { status: 403, title: "A second factor is needed" },
  wrong_code: { status: 422, title: "The code is wrong" },
  profile_sign_in_required: { status: 403, title: "Somebody who is signed in with the credential must run this" },
  forbidden: { status: 403, title: "The API key may not do this" },
  too_many_attempts: { status: 429, title: "Too many attempts" },
  wrong_password: { status: 422, title: "The password is wrong" },
  local_sign_in_off: { status: 403, title: "Passwords are turned off" },
  sign_in_refused: { status: 403, title: "Signing in was refused" },
  id_token_invalid: { status: 502, title: "The provider's ID token can't be trusted" },
  token_request_refused: { status: 502, title: "The provider refused the token request" },
  token_endpoint_unavailable: { status: 502, title: "The token endpoint does not answer as it should" },
  token_response_invalid: { status: 502, title: "The token endpoint's answer can't be used" },
  credential_disabled: { status: 409, title: "The credential is disabled" },
  credential_backing_off: { status: 503, title: "The credential waits before it asks again" },
  host_not_allowed: { status: 422, title: "The credential may not be sent to this host" },
  route_not_approved: { status: 422, title: "The transport's proxy or trusted CA isn't approved" },
  egress_denied: { status: 422, title: "The address may not be dialled" },
  name_not_resolved: { status: 502, title: "The host name is not known" },
  connection_failed: { status: 502, title: "The host does not accept the connection" },
  tls_failed: { status: 502, title: "No secure connection" },
  timeout: { status: 504, title: "No answer in time" },
  proxy_unreachable: { status: 502, title: "The proxy can't be reached" },
  proxy_authentication_required: { status: 502, title: "The proxy wants a user and a password" },
  proxy_refused: { status: 502, title: "The proxy does not let this through" },
  proxy_target_unreachable: { status: 502, title: "The proxy can't reach the host" },
  proxy_failed: { status: 502, title: "The proxy does not work" },
  response_too_large: { status: 502, title: "The answer is too large" },
  template_invalid: { status: 422, title: "The template is not valid" },
  service_refused_token: { status: 502, title: "The service refused the token" },
  service_error: { status: 502, title: "The service answered with an error" },
  redirect_refused: { status: 502, title: "The service redirects elsewhere" },
  trigger_disabled: { status: 409, title: "The trigger is disabled" },
  transport_unusable: { status: 409, title: "The transport can't be used" },
  too_many_in_progress: { status: 429, title: "Too many runs in progress" },
  interrupted: { status: 500, title: "The run was interrupted" },
  queue_full: { status: 429, title: "The queue of the trigger is full" },
  run_cancelled: { status: 409, title: "The run was cancelled" },
  webhook_signature_invalid: { status: 401, title: "The signature is not valid" },
  webhook_message_in_progress: { status: 409, title: "The message is being worked on" },
  wsdl_unavailable: { status: 502, title: "The WSDL can't be read from its server" },
  wsdl_invalid: { status: 422, title: "The WSDL is not valid" },
  wsdl_too_large: { status: 422, title: "The WSDL is too large" },
  wsdl_import_refused: { status: 422, title: "The WSDL imports what may not be read" },
  soap_fault: { status: 502, title: "The service answered with a Fault" },
  soap_answer_unreadable: { status: 502, title: "The service's answer is no SOAP" },
  secret_unreadable: { status: 500, title: "A stored secret can't be read" },
  configuration_invalid: { status: 500, title: "Sallyport's configuration is not valid" },
  database_unavailable: { status: 503, title: "The database can't be reached" },
  internal: { status: 500, title: "Something went wrong inside Sallyport" },
};

/** Where problem types are listed for people and programs; `type` of a problem points into it. */
export const problemTypesPath = "/api/v1/problems";

export function getProblemType(code: ErrorCode): ProblemType {
  return problemTypes[code];
}

/** All problem types, for `GET /api/v1/problems`. */
export function listProblemTypes(): { code: ErrorCode; status: number; title: string }[] {
  return errorCodes.map((code) => ({ code, ...problemTypes[code] }));
}
