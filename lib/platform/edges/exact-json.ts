/** RFC 8259 section 6. */
const numberText = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const rawJson = (JSON as unknown as { rawJSON: (text: string) => unknown }).rawJSON;

/** A number of a JSON text that a double can't hold, such as an ID above 2^53. It's written with the digits that it had. */
export class ExactNumber {
  readonly digits: string;

  constructor(digits: string) {
    if (!numberText.test(digits)) throw new TypeError("not a JSON number");
    this.digits = digits;
  }

  toString(): string {
    return this.digits;
  }

  toJSON(): unknown {
    return rawJson(this.digits);
  }

  /** @throws RangeError for calculations, which would round it silently. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint !== "number") return this.digits;
    throw new RangeError(`the number ${this.digits.slice(0, 60)} has too many digits to calculate with`);
  }
}

type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;
const parseWith = JSON.parse as (text: string, reviver: Reviver) => unknown;

/**
 * Parses JSON as `JSON.parse` does, but keeps each number that would be rounded as an `ExactNumber`.
 * @throws SyntaxError
 */
export function parseExactJson(text: string): unknown {
  // Only such long numbers, or those with an exponent, can be rounded.
  if (!/\d[\d.]{15}|\d[eE]/.test(text)) return JSON.parse(text);
  return parseWith(text, (_, value, { source }) =>
    typeof value === "number" && source !== undefined && !isExact(source) ? new ExactNumber(source) : value,
  );
}

/** Finds a number in a JSON text that a double would round; null when there is none, or the text isn't JSON. */
export function findRounded(text: string): string | null {
  try {
    return findExactNumber(parseExactJson(text))?.digits ?? null;
  } catch {
    return null;
  }
}

function isExact(source: string): boolean {
  const value = Number(source);
  return Number.isFinite(value) && canonical(source) === canonical(String(value));
}

/** A decimal number as its digits without zeros at the ends, and an exponent. */
function canonical(text: string): string {
  const [, sign, whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, "");
  // A pattern for zeros at the end would try again at every zero before.
  let end = digits.length;
  while (digits[end - 1] === "0") end--;
  const significant = digits.slice(0, end);
  if (significant === "") return "0";
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}

/** Whether a value can be written as JSON without loss. */
export function isJsonValue(value: unknown): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object") return false;
  if (value instanceof ExactNumber) return true;
  if (Array.isArray(value)) return value.every(isJsonValue);
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every(isJsonValue);
}

/** A value in which such numbers are texts, for what isn't written as JSON. */
export function spellOutNumbers(value: unknown): unknown {
  if (value instanceof ExactNumber) return value.digits;
  if (Array.isArray(value)) return value.map(spellOutNumbers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, spellOutNumbers(member)]));
}

/** Where a value has such a number, for fields that can't keep it; null when there is none. */
export function findExactNumber(value: unknown, path = ""): { field: string; digits: string } | null {
  if (value instanceof ExactNumber) return { field: path, digits: value.digits };
  if (typeof value !== "object" || value === null) return null;
  for (const [name, member] of Object.entries(value)) {
    const found = findExactNumber(member, path === "" ? name : `${path}.${name}`);
    if (found) return found;
  }
  return null;
}
