import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import { getEnv } from "../env.ts";
import { AppError, isAppError } from "../errors.ts";
import { singleton } from "../singleton.ts";

/** Contexts kept at once; the oldest gives way. */
const maxContexts = 100;
const pemBlock = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * The TLS context that trusts Node's CAs, the machine's, those of SALLYPORT_EXTRA_CA and the given ones. Made once per set
 * of CAs: reading them all costs tens of milliseconds.
 * @param trustedCa PEM text or null.
 * @throws AppError `tls_failed` when it holds no readable certificate.
 */
export function createTrust(trustedCa: string | null): SecureContext {
  const contexts = singleton("net.trust", () => new Map<string | null, SecureContext>());
  let context = contexts.get(trustedCa);
  if (context) return context;
  const more = trustedCa ? readCertificates(trustedCa, "The trusted CA", "tls_failed") : [];
  context = createSecureContext({ ca: [...getCommonCas(), ...more] });
  contexts.set(trustedCa, context);
  const [oldest] = contexts.keys();
  if (contexts.size > maxContexts && oldest !== undefined) contexts.delete(oldest);
  return context;
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
