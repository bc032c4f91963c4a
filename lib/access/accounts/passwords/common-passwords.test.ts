import { expect, test } from "vitest";
import { isCommonPassword } from "./common-passwords.ts";
import { generatePassword } from "./password-hash.ts";

test.each([
  "unbelievable",
  "1qaz2wsx3edc",
  "Password2024!",
  "P@ssw0rd2024!",
  "!!qwertyuiop1",
  "passwordpassword",
  "dragondragon1",
])("finds %s, which guessers try first", async (password) => {
  expect(await isCommonPassword(password)).toBe(true);
});

test.each([
  "a password of some length",
  "journeys-password",
  "sallyport-demo",
  "dragon-93847162-wall",
  "correct horse battery",
])("lets %s be", async (password) => {
  expect(await isCommonPassword(password)).toBe(false);
});

test("never finds a password that nobody chose", async () => {
  for (let n = 0; n < 200; n += 1) expect(await isCommonPassword(generatePassword())).toBe(false);
});
