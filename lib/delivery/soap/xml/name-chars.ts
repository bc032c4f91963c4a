/** NameStartChar of XML 1.0 (section 2.3), as ranges of code points. */
export const nameStartRanges: readonly (readonly [number, number])[] = [
  [0x3a, 0x3a],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
  [0xc0, 0xd6],
  [0xd8, 0xf6],
  [0xf8, 0x2ff],
  [0x370, 0x37d],
  [0x37f, 0x1fff],
  [0x200c, 0x200d],
  [0x2070, 0x218f],
  [0x2c00, 0x2fef],
  [0x3001, 0xd7ff],
  [0xf900, 0xfdcf],
  [0xfdf0, 0xfffd],
  [0x10000, 0xeffff],
];

/** NameChar of XML 1.0 (section 2.3). */
export const nameRanges: readonly (readonly [number, number])[] = [
  ...nameStartRanges,
  [0x2d, 0x2e],
  [0x30, 0x39],
  [0xb7, 0xb7],
  [0x300, 0x36f],
  [0x203f, 0x2040],
];

const toClass = (ranges: typeof nameRanges): string =>
  ranges.map(([from, to]) => `\\u{${from.toString(16)}}-\\u{${to.toString(16)}}`).join("");
const withoutColon = (ranges: typeof nameRanges) => ranges.filter(([from]) => from !== 0x3a);

export const nmtoken = new RegExp(`^[${toClass(nameRanges)}]+$`, "u");
export const xmlName = new RegExp(`^[${toClass(nameStartRanges)}][${toClass(nameRanges)}]*$`, "u");
/** A name without a colon (Namespaces in XML 1.0 section 3). */
export const ncName = new RegExp(
  `^[${toClass(withoutColon(nameStartRanges))}][${toClass(withoutColon(nameRanges))}]*$`,
  "u",
);
