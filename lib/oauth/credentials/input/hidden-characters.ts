/** Names of characters that pasting often brings. */
const names: Record<number, string> = {
  9: "tab",
  10: "line break",
  13: "line break",
  160: "no-break space",
  173: "soft hyphen",
  8203: "zero-width space",
  8204: "zero-width non-joiner",
  8205: "zero-width joiner",
  8206: "left-to-right mark",
  8207: "right-to-left mark",
  8232: "line separator",
  8233: "paragraph separator",
  8239: "narrow no-break space",
  8288: "word joiner",
  65279: "byte order mark",
};

/** Control and format characters, every space but the plain one, and letters and fillers without a shape. */
const hidden =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]|(?! )\p{Zs}|\u034f|\u115f|\u1160|\u17b4|\u17b5|[\u180b-\u180f]|\u3164|\uffa0|[\ufe00-\ufe0f]/u;

/**
 * Describes the first character that can't be seen, by its position and without the text around it, which can be a secret.
 * @returns null if there's none.
 */
export function describeHidden(text: string): string | null {
  const match = hidden.exec(text);
  if (!match) return null;
  const point = match[0].codePointAt(0)!;
  const code = `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;
  const name = names[point] ? `${names[point]}, ${code}` : code;
  const position = [...text.slice(0, match.index)].length + 1;
  return `Character ${position} is hidden (${name}). Delete it, or enter the value again without it.`;
}
