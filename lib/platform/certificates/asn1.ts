import { type BaseBlock, Constructed, fromBER, Integer, ObjectIdentifier, OctetString, Primitive } from "asn1js";

/** A value of ASN.1 as it was read. Files of Java and Mozilla are BER, not DER: lengths may be indefinite, octets in parts. */
export type Asn1 = BaseBlock;

/** @throws Error when it is not one whole value. */
export function readAsn1(bytes: Uint8Array): Asn1 {
  const { result, offset } = fromBER(bytes);
  if (offset === -1) throw new Error(`not ASN.1: ${result.error}`);
  return result;
}

/** The members of a SEQUENCE, a SET or an explicit tag. @throws Error */
export function membersOf(value: Asn1 | undefined): Asn1[] {
  if (!(value instanceof Constructed)) throw new Error("a sequence is missing");
  return value.valueBlock.value;
}

/** The value below an explicit tag `[n]`. @throws Error */
export function belowTag(value: Asn1 | undefined): Asn1 {
  const [inner] = membersOf(value);
  if (!inner) throw new Error("a value is missing");
  return inner;
}

/** The octets of an OCTET STRING, also of one in parts or with an implicit tag. @throws Error */
export function octetsOf(value: Asn1 | undefined): Buffer {
  if (value instanceof OctetString) return Buffer.from(value.getValue());
  if (value instanceof Constructed) return Buffer.concat(value.valueBlock.value.map(octetsOf));
  if (value instanceof Primitive) return Buffer.from(value.valueBlock.valueHexView);
  throw new Error("octets are missing");
}

/** @throws Error when there is none, or it has no place in a number. */
export function numberOf(value: Asn1 | undefined): number {
  if (!(value instanceof Integer) || value.valueBlock.isHexOnly) throw new Error("a number is missing");
  return value.valueBlock.valueDec;
}

/** @throws Error */
export function identifierOf(value: Asn1 | undefined): string {
  if (!(value instanceof ObjectIdentifier)) throw new Error("an object identifier is missing");
  return value.valueBlock.toString();
}

export function isNumber(value: Asn1 | undefined): boolean {
  return value instanceof Integer;
}

/** The bytes that a value was read from. */
export function bytesOf(value: Asn1): Buffer {
  return Buffer.from(value.valueBeforeDecodeView);
}
