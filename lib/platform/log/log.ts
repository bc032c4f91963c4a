import pino, { type DestinationStream, type Logger, type SerializedError } from "pino";
import { getEnv } from "#lib/platform/env/env.ts";
import { singleton } from "#lib/platform/env/singleton.ts";
import { getCorrelation } from "./correlation.ts";

const secretNames = [
  "authorization",
  "cookie",
  "set-cookie",
  "password",
  "clientSecret",
  "client_secret",
  "privateKey",
  "pkcs12",
  "passphrase",
  "secret",
  "token",
];
const tokenNames = ["accessToken", "access_token", "refreshToken", "refresh_token", "idToken", "id_token", "apiKey"];
const names = [...secretNames, ...tokenNames];

/** The logger of this process: JSON lines on stdout. */
export function getLog(): Logger {
  return singleton("log", () => createLog(getEnv().SALLYPORT_LOG_LEVEL));
}

/**
 * A structured logger that removes known secret fields up to three levels deep. That is the second fence; the first is
 * that nobody hands a secret to the logger.
 * @param destination where lines go, stdout if left out.
 */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: undefined,
    mixin: readCorrelationId,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: names.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
      censor: "[removed]",
    },
    serializers: { err: (err: Error) => withoutParameters(pino.stdSerializers.err(err)) },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Every line of a request or a run tells which one. */
function readCorrelationId(): { correlationId?: string } {
  const correlation = getCorrelation();
  return correlation ? { correlationId: correlation.id } : {};
}

function withoutParameters(err: SerializedError): Omit<SerializedError, "raw"> {
  return {
    type: err.type,
    code: err.code as unknown,
    message: cutParameters(err.message),
    stack: cutParameters(err.stack),
  };
}

/** Drizzle's errors repeat the parameters of the query, among them envelopes and hashes; the query alone is enough. */
export function cutParameters(text: string): string {
  // A parameter may hold line breaks itself: everything goes up to the first frame of the stack.
  return text.replace(/\nparams: [\s\S]*?(?=\n {4}at |$)/g, "");
}
