/** What a form holds of a private key and its certificate. Of the key undefined = the stored one is kept. */
export type KeyPairValues = {
  privateKey: string | undefined;
  certificate: string;
  /** Base64 of a file, in place of the two; blank = none. */
  pkcs12: string;
  passphrase: string;
};

export const emptyKeyPair: KeyPairValues = { privateKey: "", certificate: "", pkcs12: "", passphrase: "" };

/** The fields as lib/platform/certificates takes them: the file alone, or key and certificate, and a passphrase only beside what it opens. */
export function toKeyPairInput({ privateKey, certificate, pkcs12, passphrase }: KeyPairValues) {
  const opens = passphrase === "" ? {} : { passphrase };
  if (pkcs12 !== "") return { pkcs12, ...opens };
  const entered = privateKey === "" ? null : privateKey;
  return { privateKey: entered, certificate: certificate || null, ...(entered ? opens : {}) };
}
