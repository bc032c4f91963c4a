import { connect, isIP, type Socket } from "node:net";
import { createTransport } from "nodemailer";
import { AppError, isAppError } from "#lib/platform/errors/app-error.ts";
import { createCheckedLookup, egressDenied } from "./connecting/connect.ts";
import { checkEgress } from "./egress.ts";
import { codeOf } from "./exchange/error-code.ts";
import { explainConnectFailure } from "./exchange/failure.ts";
import { getEgressRules } from "./pools.ts";
import { createTrust } from "./trust.ts";

/** Limits of a conversation with a mail server. */
export type MailServer = {
  host: string;
  port: number;
  /** `tls`: from the start. `starttls`: plain first, and no mail without the upgrade. `none`: never. */
  security: "tls" | "starttls" | "none";
  /** Null = the server wants none. */
  login: { username: string; password: string } | null;
};

export type Mail = {
  from: string;
  to: string[];
  subject: string;
  text: string;
  html: string;
  /** Of the header Message-ID, with its angle brackets. */
  messageId: string;
  headers: Record<string, string>;
};

const connectTimeoutMs = 10_000;
const timeoutMs = 30_000;

/**
 * Hands a message to a mail server (RFC 5321). The socket is Sallyport's own: the egress policy is asked inside the lookup, so
 * the address that was checked is the one that is dialled; TLS trusts what every other connection trusts. No proxy: SMTP
 * does not go through HTTP proxies.
 * @returns the status with which the server accepted the message, without its words.
 * @throws AppError `egress_denied`, `name_not_resolved`, `connection_failed`, `tls_failed`, `timeout`, or `service_error` with
 *   the server's status when it refuses the login, an address or the message.
 */
export async function sendMail(server: MailServer, mail: Mail): Promise<string> {
  const socket = await openSocket(server.host, server.port);
  const transport = createTransport({
    connection: socket,
    host: server.host,
    port: server.port,
    secure: server.security === "tls",
    requireTLS: server.security === "starttls",
    ignoreTLS: server.security === "none",
    tls: {
      secureContext: createTrust({ trustedCa: null, clientCertificate: null }),
      rejectUnauthorized: true,
      ...(isIP(server.host) ? {} : { servername: server.host }),
    },
    auth: server.login ? { user: server.login.username, pass: server.login.password } : undefined,
    greetingTimeout: connectTimeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const timer = setTimeout(() => socket.destroy(timedOut(server)), timeoutMs);
  try {
    const { from, to, subject, text, html, messageId, headers } = mail;
    const sent = await transport.sendMail({ from, to, subject, text, html, messageId, headers });
    return statusOf(sent.response) || "accepted";
  } catch (cause) {
    throw explain(cause, server);
  } finally {
    clearTimeout(timer);
    transport.close();
    socket.destroy();
  }
}

function openSocket(host: string, port: number): Promise<Socket> {
  const rules = getEgressRules();
  return new Promise((resolve, reject) => {
    const fail = (err: unknown) => {
      reject(explainConnectFailure(err, { host, port: String(port), role: "host" }, connectTimeoutMs));
    };
    const denied = isIP(host) ? checkEgress(rules, { host, address: host, port }) : null;
    if (denied) return fail(egressDenied(host, port, denied));
    const socket = connect({ host, port, lookup: createCheckedLookup(rules, port, null) });
    socket.setTimeout(connectTimeoutMs, () => socket.destroy(timedOut({ host, port })));
    socket.once("error", fail);
    socket.once("connect", () => {
      socket.setTimeout(0).off("error", fail);
      resolve(socket);
    });
  });
}

function timedOut({ host, port }: Pick<MailServer, "host" | "port">): AppError {
  return new AppError("timeout", `The mail server ${host}:${port} did not answer in time.`, {
    hint: "Check host and port; a port for TLS from the start (465) says nothing to who waits for a greeting.",
    retryable: true,
  });
}

function explain(cause: unknown, server: MailServer): AppError {
  if (isAppError(cause)) return cause;
  const where = `${server.host}:${server.port}`;
  const { code = "", response, responseCode, command } = cause as Record<string, string | number | undefined>;
  if (response !== undefined) {
    const what =
      code === "EAUTH"
        ? "refused user and password"
        : command === "RCPT TO"
          ? "refused a recipient"
          : command === "MAIL FROM"
            ? "refused the sender"
            : "refused the message";
    return new AppError("service_error", `The mail server ${where} ${what}: ${statusOf(response)}.`, {
      retryable: Number(responseCode) < 500,
      cause,
    });
  }
  if (code === "ETIMEDOUT") return timedOut(server);
  const inner = (cause as { cause?: unknown }).cause ?? cause;
  if (code === "ETLS" || /TLS|SSL|certificate/i.test((cause as Error).message)) {
    const told = explainConnectFailure(
      inner,
      { host: server.host, port: String(server.port), role: "host" },
      timeoutMs,
    );
    if (told.code === "tls_failed") return told;
    return new AppError("tls_failed", `TLS with the mail server ${where} failed: ${(cause as Error).message}`, {
      hint: "Check the port and how the connection is secured: TLS from the start (465) or STARTTLS (587).",
      retryable: true,
      cause,
    });
  }
  return new AppError(
    "connection_failed",
    `The conversation with the mail server ${where} broke off (${code || codeOf(inner)}).`,
    {
      retryable: true,
      cause,
    },
  );
}

/** The reply code of RFC 5321 and the enhanced status code of RFC 3463. A server's words might repeat what it was told. */
function statusOf(response: unknown): string {
  return /^\d{3}(?:[ -]\d\.\d{1,3}\.\d{1,3})?/.exec(String(response))?.[0].replace("-", " ") ?? "";
}
