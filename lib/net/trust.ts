import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import { getEnv } from "../env.ts";
import { AppError } from "../errors.ts";
import { singleton } from "../singleton.ts";

const pemBlock = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * The TLS context that trusts Node's CAs, those of SALLYPORT_EXTRA_CA and the given ones; undefined when that is just
 * Node's. Made once per pool: reading all CAs costs tens of milliseconds.
 * @param trustedCa PEM text or null.
 * @throws AppError `tls_failed` when it holds no readable certificate.
 */
export function createTrust(trustedCa: string | null): SecureContext | undefined {
  const more = [...getExtraCas(), ...(trustedCa ? readCertificates(trustedCa, "The trusted CA", "tls_failed") : [])];
  if (more.length === 0) return undefined;
  return createSecureContext({ ca: [...getCACertificates("default"), ...more] });
}

/**
 * The certificates of SALLYPORT_EXTRA_CA, read once.
 * @throws AppError `configuration_invalid`
 */
export function getExtraCas(): string[] {
  return singleton("net.extraCa", () => {
    const path = getEnv().SALLYPORT_EXTRA_CA;
    if (!path) return [];
    try {
      return readCertificates(readFileSync(path, "utf8"), "SALLYPORT_EXTRA_CA", "configuration_invalid");
    } catch (cause) {
      if (cause instanceof AppError) throw cause;
      throw new AppError("configuration_invalid", `SALLYPORT_EXTRA_CA: the file ${path} can't be read.`, { cause });
    }
  });
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
