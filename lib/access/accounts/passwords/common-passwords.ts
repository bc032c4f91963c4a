import { singleton } from "#lib/platform/env/singleton.ts";

/** About 49,000 passwords that people choose, by how often they turned up in leaks; loaded when it is first asked for. */
const getList = () =>
  singleton("common passwords", async () => {
    const { dictionary } = await import("@zxcvbn-ts/language-common");
    return new Set(dictionary["passwords-common"]);
  });

/**
 * Whether a password is one that guessers try first: one of the list (NIST SP 800-63B section 3.1.1.2), one with digits and
 * signs around it that are no longer than itself (`Password2024!`), written with digits for letters (`p@ssw0rd…`), or one
 * repeated.
 */
export async function isCommonPassword(password: string): Promise<boolean> {
  const list = await getList();
  return listForms(password).some((form) => list.has(form));
}

/** What a password is without its disguises. */
function listForms(password: string): string[] {
  const folded = password.normalize("NFKC").toLowerCase();
  const whole = [folded, readDigitsAsLetters(folded), readDigitsAsLetters(trimSigns(folded))];
  const cores = whole.map(trimSigns).filter((core) => core.length * 2 >= folded.length);
  const units = [...whole, ...cores].map(findRepeatedUnit).filter((unit) => unit !== null);
  return [...whole, ...cores, ...units];
}

function trimSigns(text: string): string {
  return text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, "");
}

const lookalikes: Record<string, string> = {
  "0": "o",
  "1": "l",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
};

function readDigitsAsLetters(text: string): string {
  return text.replace(/[013457@$]/g, (sign) => lookalikes[sign] ?? sign);
}

/** `passwordpassword` → `password`; null when nothing is repeated. */
function findRepeatedUnit(text: string): string | null {
  return /^(.+?)\1+$/su.exec(text)?.[1] ?? null;
}
