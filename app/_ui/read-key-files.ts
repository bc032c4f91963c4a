/** What files of keys and certificates hold, sorted by what it is. Blank = none of that. */
export type KeyFiles = {
  /** PEM of private keys. */
  privateKey: string;
  /** PEM of certificates. */
  certificate: string;
  /** A PKCS #12 file, base64. */
  pkcs12: string;
};

const certificateBlock = /-----BEGIN [A-Z0-9 ]*CERTIFICATE-----[\s\S]+?-----END [A-Z0-9 ]*CERTIFICATE-----/g;
const keyBlock = /-----BEGIN ([A-Z0-9 ]*)PRIVATE KEY-----[\s\S]+?-----END \1PRIVATE KEY-----/g;

/**
 * Sorts files by what is in them, since their names say little: PEM with keys and certificates, a certificate in DER as Windows
 * saves it, or a PKCS #12 file. What is none of these is taken for PKCS #12, and the server says what is wrong with it.
 */
export async function readKeyFiles(files: Iterable<File>): Promise<KeyFiles> {
  const found: KeyFiles = { privateKey: "", certificate: "", pkcs12: "" };
  for (const file of files) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const text = new TextDecoder().decode(bytes);
    if (text.includes("-----BEGIN ")) {
      found.privateKey += joinBlocks(text.match(keyBlock));
      found.certificate += joinBlocks(text.match(certificateBlock));
    } else if (/\.(cer|crt|der)$/i.test(file.name)) {
      found.certificate += toPem(bytes, "CERTIFICATE");
    } else {
      found.pkcs12 = toBase64(bytes);
    }
  }
  return found;
}

function joinBlocks(blocks: readonly string[] | null): string {
  return (blocks ?? []).map((block) => `${block}\n`).join("");
}

function toPem(bytes: Uint8Array, label: string): string {
  const lines = toBase64(bytes).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
