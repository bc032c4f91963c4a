import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readKeyFiles } from "./read-key-files.ts";

const bytes = (name: string) => readFileSync(`lib/platform/certificates/fixtures/${name}`);
const file = (name: string, content: Buffer | string = bytes(name)) =>
  new File([new Uint8Array(Buffer.from(content))], name);

test("key and certificate in files of their own, or in one, are told apart", async () => {
  const [key, certificate] = [bytes("p256.key").toString(), bytes("p256.pem").toString()];
  const apart = await readKeyFiles([file("p256.pem"), file("p256.key")]);
  expect(apart).toEqual({ privateKey: key, certificate, pkcs12: "" });
  expect(await readKeyFiles([file("both.txt", `Bag Attributes\n${certificate}\n${key}`)])).toEqual(apart);
});

test("a certificate that Windows saved in DER becomes PEM", async () => {
  const { raw } = new X509Certificate(bytes("p256.pem"));
  const { certificate } = await readKeyFiles([file("orders.cer", raw)]);
  expect(new X509Certificate(certificate).raw.equals(raw)).toBe(true);
});

test("anything else is handed over as PKCS #12", async () => {
  expect(await readKeyFiles([file("openssl3.pfx")])).toEqual({
    privateKey: "",
    certificate: "",
    pkcs12: bytes("openssl3.pfx").toString("base64"),
  });
});
