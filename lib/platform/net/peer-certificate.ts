import { X509Certificate } from "node:crypto";
import type { DetailedPeerCertificate, TLSSocket } from "node:tls";

/** A server's certificate as people compare it. */
export type PeerCertificate = {
  subject: string;
  issuer: string;
  /** Names and addresses that it is for. */
  names: string[];
  /** ISO times. */
  validFrom: string;
  validTo: string;
  /** SHA-256, in hexadecimal with colons. */
  fingerprint: string;
  /** Subjects from the server's own up to the last that is known. */
  chain: string[];
};

const maxChain = 10;

/**
 * What the server showed in the handshake; null when it showed nothing that can be read. (Not by `getPeerX509Certificate`:
 * after it Node's own check of the host name finds no certificate any more.)
 */
export function readPeerCertificate(socket: TLSSocket): PeerCertificate | null {
  const shown: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  try {
    return shown?.raw ? toCertificate(shown) : null;
  } catch {
    // Looking must not be what breaks a connection.
    return null;
  }
}

function toCertificate(shown: DetailedPeerCertificate): PeerCertificate {
  const leaf = new X509Certificate(shown.raw);
  const chain: string[] = [];
  const seen = new Set<string>();
  for (
    let each = shown;
    each?.raw && !seen.has(each.fingerprint256) && seen.size < maxChain;
    each = each.issuerCertificate
  ) {
    seen.add(each.fingerprint256);
    chain.push(oneLine(new X509Certificate(each.raw).subject));
  }
  return {
    subject: oneLine(leaf.subject),
    issuer: oneLine(leaf.issuer),
    names: (leaf.subjectAltName ?? "")
      .split(/,\s*/)
      .map((name) => name.replace(/^(DNS|IP Address):/, ""))
      .filter(Boolean)
      .slice(0, 50),
    validFrom: new Date(leaf.validFrom).toISOString(),
    validTo: new Date(leaf.validTo).toISOString(),
    fingerprint: leaf.fingerprint256,
    chain,
  };
}

function oneLine(name: string | undefined): string {
  return (name ?? "").replaceAll(/\s*\n\s*/g, ", ").slice(0, 300);
}
