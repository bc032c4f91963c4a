/** A text without its escapes, and where each of its bytes starts and ends in the text with them. */
export type Unescaped = { text: string; starts: Uint32Array; ends: Uint32Array };

/** Escapes of escapes are followed this often. */
const maxRounds = 3;

const escapes =
  /%([0-9a-f]{2})|\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})|\\u([0-9a-f]{4})|\\u\{([0-9a-f]{1,6})\}|\\x([0-9a-f]{2})|\\(["'/\\bfnrt])|&#x0*([0-9a-f]{1,6});?|&#0*(\d{1,7});?|&([a-z]{2,8});/gi;

const controls: Record<string, string> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** Named references of HTML for what secrets are made of. */
const named: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  plus: "+",
  sol: "/",
  bsol: "\\",
  equals: "=",
  lowbar: "_",
  period: ".",
  comma: ",",
  colon: ":",
  semi: ";",
  commat: "@",
  num: "#",
  dollar: "$",
  percnt: "%",
  excl: "!",
  quest: "?",
  ast: "*",
  lpar: "(",
  rpar: ")",
  lsqb: "[",
  rsqb: "]",
  lbrack: "[",
  rbrack: "]",
  lcub: "{",
  rcub: "}",
  lbrace: "{",
  rbrace: "}",
  verbar: "|",
  vert: "|",
  grave: "`",
  hat: "^",
  nbsp: " ",
};

/**
 * Decodes percent-encoding and the escapes of JSON, JavaScript, and HTML.
 * @param bytes UTF-8, each byte a character. @returns null when there is nothing to decode.
 */
export function unescapeText(bytes: string): Unescaped | null {
  let result: Unescaped | null = null;
  for (let round = 0; round < maxRounds; round++) {
    const next = unescapeOnce(result?.text ?? bytes);
    if (!next) break;
    if (result) {
      const { starts, ends } = result;
      next.starts = next.starts.map((start) => starts[start]!);
      next.ends = next.ends.map((end) => ends[end - 1]!);
    }
    result = next;
  }
  return result;
}

function unescapeOnce(bytes: string): Unescaped | null {
  if (!/[%\\&]/.test(bytes)) return null;
  const starts = new Uint32Array(bytes.length);
  const ends = new Uint32Array(bytes.length);
  let text = "";
  let at = 0;
  const append = (piece: string, from: number, to: number, isEscape: boolean) => {
    for (let index = 0; index < piece.length; index++) {
      starts[text.length + index] = isEscape ? from : from + index;
      ends[text.length + index] = isEscape ? to : from + index + 1;
    }
    text += piece;
  };
  for (const match of bytes.matchAll(escapes)) {
    const decoded = decode(match);
    if (decoded === null) continue;
    append(bytes.slice(at, match.index), at, match.index, false);
    at = match.index + match[0].length;
    append(decoded, match.index, at, true);
  }
  if (at === 0) return null;
  append(bytes.slice(at), at, bytes.length, false);
  return { text, starts: starts.subarray(0, text.length), ends: ends.subarray(0, text.length) };
}

function decode([, percent, high, low, unit, point, hex, letter, htmlHex, html, name]: RegExpMatchArray):
  | string
  | null {
  if (percent ?? hex) return String.fromCharCode(Number.parseInt((percent ?? hex)!, 16));
  if (high && low) return toBytes(String.fromCharCode(Number.parseInt(high, 16), Number.parseInt(low, 16)));
  if (letter) return controls[letter] ?? letter;
  if (name) return named[name.toLowerCase()] ?? null;
  const code = html ? Number(html) : Number.parseInt((unit ?? point ?? htmlHex)!, 16);
  return code <= 0x10ffff ? toBytes(String.fromCodePoint(code)) : null;
}

function toBytes(character: string): string {
  return Buffer.from(character, "utf8").toString("latin1");
}
