/** What somebody hands in; left out and null are nothing. `pkcs12` is base64 and holds key, certificate and chain in one. */
export type KeyMaterial = {
  privateKey?: string | null | undefined;
  certificate?: string | null | undefined;
  pkcs12?: string | null | undefined;
  passphrase?: string | null | undefined;
};

/** The members of `KeyMaterial`, for complaints. */
export type KeyMaterialField = keyof KeyMaterial;

/** What may be shown of a certificate. Nothing of it is secret. */
export type CertificateInfo = {
  /** Distinguished names as RFC 4514 writes them, the most specific part first. */
  subject: string;
  issuer: string;
  /** Hexadecimal, as the issuer's tools show it. */
  serialNumber: string;
  /** ISO times. */
  notBefore: string;
  notAfter: string;
  /** Thumbprints: hexadecimal capitals without colons. Microsoft's portal shows the one of SHA-1. */
  sha256: string;
  sha1: string;
  /** `RSA 2048`, `EC P-256` */
  key: string;
  selfSigned: boolean;
  /** How many certificates of its issuers are stored beside it. */
  chainLength: number;
};

/** Why key material can't be taken. `at` is the part to blame. */
export class KeyMaterialError extends Error {
  readonly at: KeyMaterialField;
  constructor(at: KeyMaterialField, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "KeyMaterialError";
    this.at = at;
  }
}

/** How large what is handed in may be, in characters of PEM or base64. */
export const maxKeyMaterialLength = 100_000;
