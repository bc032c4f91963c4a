import type { SimpleType } from "./model.ts";
import { ncName, nmtoken, xmlName } from "./xml/name-chars.ts";

const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;
const float = /^([+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|-?INF|NaN)$/;
const zone = "(Z|[+-]((0\\d|1[0-3]):[0-5]\\d|14:00))?";
// No year 0, and no more zeros before a year than it needs.
const year = "-?(?!0000)(\\d{4}|[1-9]\\d{4,})";
const day = `${year}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])`;
const clock = "(([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d+)?|24:00:00(\\.0+)?)";

/** How each built-in type is written (XML Schema part 2, section 3), and an example of it. */
export const forms: Record<string, { form: RegExp; example: string }> = {
  boolean: { form: /^(true|false|1|0)$/, example: "true" },
  decimal: { form: decimal, example: "12.5" },
  float: { form: float, example: "12.5" },
  double: { form: float, example: "12.5" },
  dateTime: { form: new RegExp(`^${day}T${clock}${zone}$`), example: "2026-05-01T08:00:00Z" },
  date: { form: new RegExp(`^${day}${zone}$`), example: "2026-05-01" },
  time: { form: new RegExp(`^${clock}${zone}$`), example: "08:00:00" },
  duration: { form: /^-?P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/, example: "P1DT2H" },
  gYear: { form: new RegExp(`^${year}${zone}$`), example: "2026" },
  gYearMonth: { form: new RegExp(`^${year}-(0[1-9]|1[0-2])${zone}$`), example: "2026-05" },
  gMonth: { form: new RegExp(`^--(0[1-9]|1[0-2])${zone}$`), example: "--05" },
  gMonthDay: { form: new RegExp(`^--(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])${zone}$`), example: "--05-01" },
  gDay: { form: new RegExp(`^---(0[1-9]|[12]\\d|3[01])${zone}$`), example: "---01" },
  hexBinary: { form: /^([0-9a-fA-F]{2})*$/, example: "0aff" },
  base64Binary: { form: /^[A-Za-z0-9+/ ]*(= ?){0,2}$/, example: "SGVsbG8=" },
  language: { form: /^[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*$/, example: "en" },
  NMTOKEN: { form: nmtoken, example: "token" },
  Name: { form: xmlName, example: "name" },
  NCName: { form: ncName, example: "name" },
};
forms.ID = forms.IDREF = forms.ENTITY = forms.NCName!;

/** Smallest and largest value of the integer types. */
export const ranges: Record<string, [bigint | null, bigint | null]> = {
  integer: [null, null],
  long: [-(2n ** 63n), 2n ** 63n - 1n],
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  short: [-32768n, 32767n],
  byte: [-128n, 127n],
  nonNegativeInteger: [0n, null],
  positiveInteger: [1n, null],
  nonPositiveInteger: [null, 0n],
  negativeInteger: [null, -1n],
  unsignedLong: [0n, 2n ** 64n - 1n],
  unsignedInt: [0n, 2n ** 32n - 1n],
  unsignedShort: [0n, 65535n],
  unsignedByte: [0n, 255n],
};

/** Whether a built-in type is one of the integers. */
export const isInteger = (base: string): boolean => Object.hasOwn(ranges, base);

/** What may be written for a type, for an example. */
export function exampleOf(type: SimpleType): string {
  if (type.enumeration) return type.enumeration[0] ?? "";
  if (isInteger(type.base)) {
    const min = type.facets?.minInclusive ?? ranges[type.base]![0]?.toString();
    return min !== undefined && Number(min) > 0
      ? min
      : type.base.startsWith("neg")
        ? "-1"
        : type.base.startsWith("nonPos")
          ? "0"
          : "1";
  }
  return forms[type.base]?.example ?? "";
}
