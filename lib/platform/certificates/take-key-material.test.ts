import { createHmac, createPrivateKey, pbkdf2Sync, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Integer, ObjectIdentifier, OctetString, Sequence } from "asn1js";
import { describe, expect, test } from "vitest";
import { belowTag, membersOf, octetsOf, readAsn1 } from "./asn1.ts";
import { describeCertificate } from "./check-key-material.ts";
import { type KeyMaterial, KeyMaterialError } from "./model.ts";
import { decryptRc2 } from "./rc2.ts";
import { takeKeyMaterial } from "./take-key-material.ts";

// Made once with OpenSSL 3.0 (the older ways with -legacy) and Java 17's keytool (java8.p12 with keystore.pkcs12.legacy),
// valid for 100 years; the keys guard nothing.
const file = (name: string) => readFileSync(join(import.meta.dirname, "fixtures", name));
const text = (name: string) => file(name).toString("utf8");
const pfx = (name: string, passphrase?: string): KeyMaterial => ({ pkcs12: file(name).toString("base64"), passphrase });
const now = new Date("2027-01-15T12:00:00Z");
const take = (material: KeyMaterial) => takeKeyMaterial(material, now);
const refused = async (material: KeyMaterial, at = now) => {
  const err = await takeKeyMaterial(material, at).catch((caught: unknown) => caught);
  expect(err).toBeInstanceOf(KeyMaterialError);
  return `${(err as KeyMaterialError).at}: ${(err as KeyMaterialError).message}`;
};

describe("PKCS #12 files", () => {
  test.each([
    ["OpenSSL 3 (PBES2, AES-256, SHA-256)", "openssl3.pfx", "modern"],
    ["OpenSSL 1 (3DES key, RC2-40 certificates, SHA-1)", "openssl1.pfx", "legacy"],
    ["Windows (3DES, SHA-1) with a password beyond ASCII", "windows-3des.pfx", "Wörter € 7"],
  ])("of %s give key, certificate and chain", async (_, name, password) => {
    const { privateKey, certificate } = await take(pfx(name, password));
    const [leaf, issuer, root] = text("rsa-chain.pem").match(/-----BEGIN[\s\S]+?END CERTIFICATE-----\n/g)!;
    expect(createPrivateKey(privateKey!).equals(createPrivateKey(text("rsa.key")))).toBe(true);
    expect(certificate).toBe(leaf! + issuer!);
    expect(certificate).not.toContain(root);
  });

  test.each([
    ["no password", "no-password.pfx", undefined],
    ["no MAC", "no-mac.pfx", "nomac"],
    ["RC2 with 128 bits", "rc2-128.pfx", "rc2"],
    ["today's Java", "java.p12", "javajava"],
    ["Java 8 with its many rounds", "java8.p12", "javajava"],
  ])("with %s are read", async (_, name, password) => {
    const { privateKey, certificate } = await take(pfx(name, password));
    expect(new X509Certificate(certificate!).checkPrivateKey(createPrivateKey(privateKey!))).toBe(true);
  });

  test("with PBMAC1 (RFC 9579) are read, and their password is checked", async () => {
    const pkcs12 = withPbmac1(file("openssl3.pfx"), "modern").toString("base64");
    expect((await take({ pkcs12, passphrase: "modern" })).privateKey).toContain("BEGIN PRIVATE KEY");
    expect(await refused({ pkcs12, passphrase: "Modern" })).toBe("passphrase: This is not the password of the file.");
  });

  test.each([
    ["openssl3.pfx", "wrong", "passphrase: This is not the password of the file."],
    ["openssl1.pfx", undefined, "passphrase: Enter the password of the file."],
    ["no-mac.pfx", "wrong", "passphrase: This is not the password of the file."],
    ["certificate-only.pfx", "x", "pkcs12: There is no private key in the file."],
    ["key-only.pfx", "x", "pkcs12: There is no certificate in the file."],
    ["two-keys.p12", "javajava", "pkcs12: There are 2 private keys in the file."],
    ["rc4.pfx", "rc4", "pkcs12: The file is encrypted in a way that can't be read here"],
    ["rsa.key", "x", "pkcs12: This is not a PKCS #12 file (.pfx, .p12), or it is damaged."],
  ])("%s with the password %s is refused in words", async (name, password, message) => {
    expect(await refused(pfx(name, password))).toContain(message);
  });

  test("the hint for one that can't be read names the command that converts it", async () => {
    expect(await refused(pfx("rc4.pfx", "rc4"))).toContain("openssl pkcs12 -legacy -in old.pfx -nodes -out all.pem");
  });

  test("that are damaged anywhere are refused, or give the same pair where the byte says nothing", async () => {
    const whole = file("openssl3.pfx");
    const same = await take(pfx("openssl3.pfx", "modern"));
    for (let at = 0; at < whole.length; at += 97) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 0x55;
      const material = { pkcs12: damaged.toString("base64"), passphrase: "modern" };
      const outcome = await take(material).catch((err: unknown) => err);
      if (outcome instanceof KeyMaterialError) expect(outcome.at).toMatch(/^(pkcs12|passphrase)$/);
      else expect(outcome).toEqual(same);
    }
    expect(await refused({ pkcs12: whole.subarray(0, 900).toString("base64"), passphrase: "modern" })).toMatch(
      /^pkcs12/,
    );
  });
});

describe("PEM", () => {
  test.each([
    ["PKCS #8 encrypted with AES-256", "rsa-encrypted.key", "p8"],
    ["PKCS #8 encrypted by way of scrypt", "p256-scrypt.key", "p8"],
    ["the traditional form, encrypted", "rsa-traditional.key", "old"],
  ])("%s comes out as plain PKCS #8, and the passphrase decides", async (_, name, passphrase) => {
    const { privateKey } = await take({ privateKey: text(name), passphrase });
    expect(privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(await refused({ privateKey: text(name) })).toBe("passphrase: The key is protected. Enter its passphrase.");
    const wrong = await refused({ privateKey: text(name), passphrase: `${passphrase}!` });
    expect(wrong).toBe("passphrase: This is not the passphrase of the key.");
  });

  test("with key, certificate and chain in one paste, in any order, is put in order", async () => {
    const [leaf, issuer, root] = text("rsa-chain.pem").match(/-----BEGIN[\s\S]+?END CERTIFICATE-----\n/g)!;
    const { certificate } = await take({ privateKey: root! + issuer! + text("rsa.key") + leaf! });
    expect(certificate).toBe(leaf! + issuer!);
  });

  test.each<[string, KeyMaterial, string]>([
    [
      "an RSA key of 1,024 bits",
      { privateKey: text("rsa-1024.key") },
      "privateKey: This key is RSA 1024. An RSA key needs at least 2048 bits.",
    ],
    ["another curve", { privateKey: text("k256.key") }, "privateKey: This key is EC secp256k1."],
    ["another kind of key", { privateKey: text("ed25519.key") }, "privateKey: This key is ED25519."],
    [
      "a certificate of another key",
      { privateKey: text("p256.key"), certificate: text("rsa-chain.pem") },
      "certificate: None of these certificates belongs",
    ],
    [
      "a certificate in place of the key",
      { privateKey: text("p256.pem") },
      "privateKey: There is no private key in it, only a certificate.",
    ],
    ["two keys", { privateKey: text("p256.key") + text("rsa.key") }, "privateKey: There are 2 private keys in it."],
    [
      "nonsense in place of a certificate",
      { certificate: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" },
      "certificate: This certificate can't be read.",
    ],
    [
      "a request",
      { certificate: "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----" },
      "certificate: This is a request for a certificate.",
    ],
    ["far too much", { privateKey: "x".repeat(100_001) }, "privateKey: This is too large"],
    [
      "two ways at once",
      { ...pfx("openssl3.pfx", "modern"), certificate: text("p256.pem") },
      "pkcs12: Hand in a PKCS #12 file, or",
    ],
  ])("%s is refused in words", async (_, material, message) => {
    expect(await refused(material)).toContain(message);
  });

  test("a certificate outside its time is refused, in a PKCS #12 file too", async () => {
    const pair = { privateKey: text("p256.key"), certificate: text("p256.pem") };
    const early = new Date("2026-11-01T00:00:00Z");
    const late = new Date("2200-01-01T00:00:00Z");
    expect(await refused(pair, early)).toMatch(/^certificate: This certificate is not valid before 2026-11-24 /);
    expect(await refused(pair, late)).toMatch(/^certificate: This certificate expired on 2126-10-31 /);
    expect(await refused(pfx("openssl3.pfx", "modern"), late)).toMatch(/^pkcs12: This certificate expired on /);
  });
});

test("what is shown of a certificate is what openssl x509 shows", async () => {
  expect(describeCertificate(text("rsa-chain.pem"))).toEqual({
    subject: "CN=orders-client, O=Plant 7, C=DE",
    issuer: "CN=Test Issuing CA",
    serialNumber: "0A1B2C",
    notBefore: "2026-11-24T12:24:57.000Z",
    notAfter: "2126-10-31T12:24:57.000Z",
    sha256: "5C3C70B7F931C63DFAA8EC8EF2B4E2A094AB9D8744648193551E09AC91801A4E",
    sha1: "04BB3967AA6378A7D51E8620D717BCAD624C920D",
    key: "RSA 2048",
    selfSigned: false,
    chainLength: 2,
  });
  expect(describeCertificate(null)).toBeNull();
  expect(describeCertificate("nonsense")).toBeNull();
});

test("RC2 decrypts the vector of RFC 2268 section 5 whose last byte is a right padding", () => {
  const key = Buffer.from("3000000000000000", "hex");
  const plain = decryptRc2(key, 64, Buffer.alloc(8), Buffer.from("30649edf9be7d2c2", "hex"));
  expect(plain?.toString("hex")).toBe("10000000000000");
});

/** The same file with its MAC as RFC 9579 has it, computed here by Node alone. */
function withPbmac1(pkcs12: Buffer, password: string): Buffer {
  const [version, authSafe] = membersOf(readAsn1(pkcs12));
  const content = octetsOf(belowTag(membersOf(authSafe)[1]));
  const salt = Buffer.from("0102030405060708", "hex");
  const mac = createHmac("sha512", pbkdf2Sync(password, salt, 2048, 64, "sha256"))
    .update(content)
    .digest();
  const oid = (value: string) => new ObjectIdentifier({ value });
  const sequence = (...value: Sequence["valueBlock"]["value"]) => new Sequence({ value });
  const octets = (valueHex: Buffer) => new OctetString({ valueHex });
  const derivation = sequence(
    oid("1.2.840.113549.1.5.12"),
    sequence(
      octets(salt),
      new Integer({ value: 2048 }),
      new Integer({ value: 64 }),
      sequence(oid("1.2.840.113549.2.9")),
    ),
  );
  const scheme = sequence(oid("1.2.840.113549.2.11"));
  const digestInfo = sequence(sequence(oid("1.2.840.113549.1.5.14"), sequence(derivation, scheme)), octets(mac));
  const macData = sequence(digestInfo, octets(Buffer.from("unused")), new Integer({ value: 1 }));
  return Buffer.from(sequence(version!, authSafe!, macData).toBER());
}
