/**
 * The closed list of error codes. They are part of the REST API (`code` of a problem, RFC 9457) and of a run's receipt,
 * so a code is never renamed; the sentence beside it may be.
 */
export const errorCodes = [
  // input and state
  "invalid_input",
  "not_found",
  "conflict",
  "stale_version",
  "in_use",
  "name_taken",
  // requests of programs that can't be read
  "malformed_request",
  "malformed_json",
  "unsupported_media_type",
  "body_too_large",
  "method_not_allowed",
  // access
  "sign_in_required",
  "second_factor_required",
  "wrong_code",
  "profile_sign_in_required",
  "forbidden",
  "too_many_attempts",
  "wrong_password",
  // sign-ins at a provider; details.reason says which check failed
  "sign_in_refused",
  "local_sign_in_off",
  "id_token_invalid",
  // token requests
  "token_request_refused",
  "token_endpoint_unavailable",
  "token_response_invalid",
  "credential_disabled",
  "credential_backing_off",
  "host_not_allowed",
  "route_not_approved",
  // network
  "egress_denied",
  "name_not_resolved",
  "connection_failed",
  "tls_failed",
  "timeout",
  // a proxy: not reached; wants other credentials; does not let this through; can't reach the host itself; anything else
  "proxy_unreachable",
  "proxy_authentication_required",
  "proxy_refused",
  "proxy_target_unreachable",
  "proxy_failed",
  "response_too_large",
  // runs
  "template_invalid",
  "service_refused_token",
  "service_error",
  "redirect_refused",
  "trigger_disabled",
  "transport_unusable",
  "too_many_in_progress",
  "interrupted",
  "queue_full",
  "run_cancelled",
  // webhooks
  "webhook_signature_invalid",
  "webhook_message_in_progress",
  // SOAP
  "wsdl_unavailable",
  "wsdl_invalid",
  "wsdl_too_large",
  "wsdl_import_refused",
  "soap_fault",
  "soap_answer_unreadable",
  // the portal itself
  "secret_unreadable",
  "configuration_invalid",
  "database_unavailable",
  "internal",
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** One complaint about one field; `field` is the dotted path in the input (`proxy.url`, `headers.0.name`). */
export type FieldError = { field: string; message: string };

type AppErrorOptions = {
  /** What to do about it, for the person who reads the message. */
  hint?: string;
  /** Whether message and hint may be shown outside (default true). False: the edge shows a reference id instead. */
  expose?: boolean;
  /** Whether the same call may succeed later without a change of configuration. */
  retryable?: boolean;
  /** Field complaints, for `invalid_input`, `name_taken` and the like. */
  fields?: FieldError[];
  /** More members for the problem document, such as `usedBy` or `changed`; never a secret. */
  details?: Record<string, unknown>;
  /** RFC 6749 section 5.2 `error` and what came with it, when a provider refused. */
  provider?: ProviderError;
  cause?: unknown;
};

/** What an authorization server said when it refused (RFC 6749 section 5.2), parsed and shortened, never a secret. */
export type ProviderError = {
  /** HTTP status of the answer, null when there was none. */
  status: number | null;
  /** `error` of RFC 6749, null when the answer had none. */
  code: string | null;
  description: string | null;
  correlationId: string | null;
};

/** The one error of the project: thrown inside lib, converted once at the edge (`lib/web`, `lib/api/problem.ts`). */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | null;
  readonly expose: boolean;
  readonly retryable: boolean;
  readonly fields: FieldError[];
  readonly details: Record<string, unknown>;
  readonly provider: ProviderError | null;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.hint = options.hint ?? null;
    this.expose = options.expose ?? true;
    this.retryable = options.retryable ?? false;
    this.fields = options.fields ?? [];
    this.details = options.details ?? {};
    this.provider = options.provider ?? null;
  }
}

/**
 * Whether a thrown value is an AppError. By shape and not by `instanceof`: Next bundles its own copy of this module
 * into the same process.
 */
export function isAppError(value: unknown): value is AppError {
  return value instanceof Error && value.name === "AppError" && "code" in value && "fields" in value;
}

/** Any thrown value as an AppError: an unknown one becomes `internal`, kept as cause and not shown outside. */
export function toAppError(value: unknown): AppError {
  if (isAppError(value)) return value;
  return new AppError("internal", "Something went wrong inside Sallyport.", { expose: false, cause: value });
}

/** `not_found` for a thing by its noun and id. */
export function notFound(noun: string, id: string): AppError {
  return new AppError("not_found", `There is no ${noun} with the id ${id}. It may have been deleted.`);
}

/** `invalid_input` with field complaints; the message repeats the first one. */
export function invalidInput(fields: FieldError[], message?: string): AppError {
  const first = fields[0];
  return new AppError(
    "invalid_input",
    message ?? (first ? `${first.field}: ${first.message}` : "The input is not valid."),
    {
      fields,
    },
  );
}
