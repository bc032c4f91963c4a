import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import { getEnv } from "#lib/platform/env/env.ts";
import { singleton } from "#lib/platform/env/singleton.ts";
import { AppError, isAppError } from "#lib/platform/errors/app-error.ts";

/** What is shown to servers that ask who calls (RFC 8446 section 4.4.2): PKCS #8 PEM, and PEM with the leaf first. */
export type ClientCertificate = { key: string; certificate: string };

/** What TLS with a target goes by: PEM of CAs that are trusted beside the usual ones, and what is shown to the target. */
export type TlsSettings = { trustedCa: string | null; clientCertificate: ClientCertificate | null };

/** Contexts kept at once; the oldest gives way. */
const maxContexts = 100;
const pemBlock = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * The TLS context that trusts Node's CAs, the machine's, those of SALLYPORT_EXTRA_CA and the given ones. Made once per set
 * of CAs: reading them all costs tens of milliseconds.
 * @throws AppError `tls_failed` when it holds no readable certificate, or key and certificate don't belong together.
 */
export function createTrust(tls: TlsSettings): SecureContext {
  const { trustedCa, clientCertificate } = tls;
  const contexts = singleton("net.trust", () => new Map<string, SecureContext>());
  const key = nameTls(tls);
  let context = contexts.get(key);
  if (context) return context;
  const more = trustedCa ? readCertificates(trustedCa, "The trusted CA", "tls_failed") : [];
  context = createContext([...getCommonCas(), ...more], clientCertificate);
  contexts.set(key, context);
  const [oldest] = contexts.keys();
  if (contexts.size > maxContexts && oldest !== undefined) contexts.delete(oldest);
  return context;
}

function createContext(ca: string[], clientCertificate: ClientCertificate | null): SecureContext {
  if (!clientCertificate) return createSecureContext({ ca });
  try {
    return createSecureContext({ ca, key: clientCertificate.key, cert: clientCertificate.certificate });
  } catch (cause) {
    throw new AppError("tls_failed", "The client certificate and its key can't be used for TLS.", {
      hint: "Enter key and certificate again.",
      cause,
    });
  }
}

/** Names a text without holding it: keys must not become keys of maps. */
export function digest(text: string | null | undefined): string {
  return text ? createHash("sha256").update(text).digest("base64url") : "";
}

/** Names settings: the same name, the same CAs, certificate and key. */
export function nameTls({ trustedCa, clientCertificate: shown }: TlsSettings): string {
  return `${digest(trustedCa)} ${shown ? digest(`${shown.key}\n${shown.certificate}`) : ""}`;
}

function getCommonCas(): string[] {
  return singleton("net.cas", () => {
    const known = [...getCACertificates("default"), ...getCACertificates("system")];
    return [...new Set([...known, ...readExtraCas(getEnv().SALLYPORT_EXTRA_CA)])];
  });
}

/**
 * Reads the certificates of SALLYPORT_EXTRA_CA.
 * @param path of a PEM file; undefined = none.
 * @throws AppError `configuration_invalid`
 */
export function readExtraCas(path: string | undefined): string[] {
  if (!path) return [];
  try {
    return readCertificates(readFileSync(path, "utf8"), `SALLYPORT_EXTRA_CA: ${path}`, "configuration_invalid");
  } catch (cause) {
    if (isAppError(cause)) throw cause;
    throw new AppError("configuration_invalid", `SALLYPORT_EXTRA_CA: the file ${path} can't be read.`, { cause });
  }
}

function readCertificates(pem: string, where: string, code: "tls_failed" | "configuration_invalid"): string[] {
  const blocks = pem.match(pemBlock) ?? [];
  try {
    if (blocks.length === 0) throw new Error("no certificate");
    for (const block of blocks) new X509Certificate(block);
  } catch (cause) {
    throw new AppError(code, `${where} holds no readable PEM certificate.`, {
      hint: "It must have -----BEGIN CERTIFICATE----- lines, one block per certificate.",
      cause,
    });
  }
  return blocks;
}
