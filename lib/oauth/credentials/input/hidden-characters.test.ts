import { expect, test } from "vitest";
import { describeHidden } from "./hidden-characters.ts";

test.each([
  ["a zero-width space", "abc\u200bdef", "Character 4 is hidden (zero-width space, U+200B)."],
  ["a no-break space", "a\u00a0b", "Character 2 is hidden (no-break space, U+00A0)."],
  ["a line break", "ab\ncd", "Character 3 is hidden (line break, U+000A)."],
  ["a tab", "\tab", "Character 1 is hidden (tab, U+0009)."],
  ["a byte order mark", "\ufeffab", "Character 1 is hidden (byte order mark, U+FEFF)."],
  ["a soft hyphen", "ab\u00ad", "Character 3 is hidden (soft hyphen, U+00AD)."],
  ["a right-to-left override after an emoji", "😀\u202e", "Character 2 is hidden (U+202E)."],
  ["a control character", "a\u0000", "Character 2 is hidden (U+0000)."],
  ["an ideographic space", "a\u3000", "Character 2 is hidden (U+3000)."],
  ["a variation selector", "a\ufe0f", "Character 2 is hidden (U+FE0F)."],
  ["a tag character", "a\u{e0041}", "Character 2 is hidden (U+E0041)."],
])("names %s and its position", (_, text, message) => {
  expect(describeHidden(text)).toBe(`${message} Delete it, or enter the value again without it.`);
});

test.each(["", "s3cr~t/+ä= x", "密码", "Ω≈ç√"])("accepts what can be seen: %s", (text) => {
  expect(describeHidden(text)).toBeNull();
});
