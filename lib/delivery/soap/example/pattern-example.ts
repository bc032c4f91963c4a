type Node = { min: number; max: number; make(extra: number): string };
type Class = { has(char: string): boolean };

/** Ordinary characters come first in an example. */
const usual = [..."aA0 -_.,:;/@+#xXzZ19bBcCdDeEfFgGhHiIjJkKlLmMnNoOpPqQrRsStTuUvVwWyY2345678"];
const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
const further = [..."\t\n\u00a0äéßñαωЖяאب中あ가€™½²٣०"];
const alphabet = [...new Set([...usual, ...printable, ...further])];

/** Nested repetitions could make a text of any length. */
const maxLength = 10_000;
class TooLong extends Error {}

const escapes: Record<string, RegExp> = {
  d: /\p{Nd}/u,
  w: /[^\p{P}\p{Z}\p{C}]/u,
  s: /[ \t\n\r]/,
  i: /[\p{L}_:]/u,
  c: /[\p{L}\p{N}_:.·-]/u,
};
const controls: Record<string, string> = { n: "\n", r: "\r", t: "\t" };

/**
 * Makes a text for a pattern of XML Schema (part 2, appendix F): the first alternatives, and as few repetitions as allowed.
 * @param extra how often more than necessary what can be repeated is.
 * @returns null for a pattern that it can't read.
 */
export function exampleOfPattern(source: string, extra = 0): string | null {
  const reader = new Reader(source);
  const make = reader.alternatives(0);
  if (make === null || !reader.isAtEnd) return null;
  try {
    return make(extra);
  } catch (err) {
    if (err instanceof TooLong) return null;
    throw err;
  }
}

function repeat(text: string, times: number): string {
  if (text.length * times > maxLength) throw new TooLong();
  return text.repeat(times);
}

function joinAll(texts: string[]): string {
  const joined = texts.join("");
  if (joined.length > maxLength) throw new TooLong();
  return joined;
}

class Reader {
  readonly #chars: string[];
  readonly #alphabet = new Set(alphabet);
  #at = 0;

  constructor(source: string) {
    this.#chars = [...source];
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#chars.length;
  }

  /** The first alternative that has an example. */
  alternatives(depth: number): Node["make"] | null {
    if (depth > 50) return null;
    const branches: (Node[] | null)[] = [this.#branch(depth)];
    while (this.#take("|")) branches.push(this.#branch(depth));
    const first = branches.find((branch) => branch !== null);
    if (!first) return null;
    return (extra) => joinAll(first.map(({ min, max, make }) => repeat(make(extra), Math.min(min + extra, max))));
  }

  #branch(depth: number): Node[] | null {
    const nodes: Node[] = [];
    let isReadable = true;
    while (!this.isAtEnd && this.#peek() !== "|" && this.#peek() !== ")") {
      const make = this.#atom(depth);
      const occurs = this.#quantifier();
      if (make) nodes.push({ ...occurs, make });
      else if (occurs.min > 0) isReadable = false;
    }
    return isReadable ? nodes : null;
  }

  #atom(depth: number): Node["make"] | null {
    if (this.#take("(")) {
      const make = this.alternatives(depth + 1);
      return this.#take(")") ? make : null;
    }
    const set = this.#take("[") ? this.#class() : this.#single();
    const char = set && [...this.#alphabet].find((each) => set.has(each));
    return char ? () => char : null;
  }

  /** A character outside of brackets. */
  #single(): Class | null {
    const char = this.#next();
    if (char === ".") return { has: (each) => each !== "\n" && each !== "\r" };
    return char === "\\" ? this.#escape() : this.#literal(char);
  }

  #literal(char: string): Class {
    this.#alphabet.add(char);
    return { has: (each) => each === char };
  }

  #escape(): Class | null {
    const letter = this.#next();
    const lower = letter.toLowerCase();
    if (lower === "p") return this.#property(letter === "P");
    if (Object.hasOwn(escapes, lower)) {
      const form = escapes[lower]!;
      return { has: (each) => form.test(each) === (letter === lower) };
    }
    return this.#literal(controls[letter] ?? letter);
  }

  #property(isNegated: boolean): Class | null {
    if (!this.#take("{")) return null;
    let name = "";
    while (!this.isAtEnd && this.#peek() !== "}") name += this.#next();
    if (!this.#take("}")) return null;
    if (name === "IsBasicLatin") return { has: (each) => each.charCodeAt(0) < 128 !== isNegated };
    // Of other blocks, only what is outside is certain.
    if (name.startsWith("Is")) return isNegated ? { has: (each) => /[a-z0-9]/i.test(each) } : null;
    try {
      const form = new RegExp(`\\p{${name}}`, "u");
      return { has: (each) => form.test(each) !== isNegated };
    } catch {
      return null;
    }
  }

  /** A class in brackets, with subtraction: `[a-z-[aeiou]]`. */
  #class(): Class | null {
    const isNegated = this.#take("^");
    const parts: Class[] = [];
    let minus: Class | null = null;
    for (let isFirst = true; !this.isAtEnd && (isFirst || this.#peek() !== "]"); isFirst = false) {
      if (this.#peek() === "-" && this.#chars[this.#at + 1] === "[") {
        this.#at += 2;
        minus = this.#class();
        break;
      }
      const part = this.#classPart();
      if (!part) return null;
      parts.push(part);
    }
    if (!this.#take("]")) return null;
    return { has: (each) => parts.some((part) => part.has(each)) !== isNegated && !minus?.has(each) };
  }

  #classPart(): Class | null {
    const start = this.#next();
    const isEscape = start === "\\";
    const code = isEscape && this.#peek() in controls ? controls[this.#peek()]! : isEscape ? this.#peek() : start;
    const single = isEscape ? this.#escape() : this.#literal(start);
    const following = this.#chars[this.#at + 1];
    if (this.#peek() !== "-" || following === "]" || following === "[" || following === undefined) return single;
    this.#at++;
    const isEscaped = this.#take("\\");
    const end = this.#next();
    this.#alphabet.add(end);
    const [low, high] = [code.codePointAt(0)!, ((isEscaped && controls[end]) || end).codePointAt(0)!];
    return { has: (each) => each.codePointAt(0)! >= low && each.codePointAt(0)! <= high };
  }

  #quantifier(): { min: number; max: number } {
    if (this.#take("?")) return { min: 0, max: 1 };
    if (this.#take("*")) return { min: 0, max: Infinity };
    if (this.#take("+")) return { min: 1, max: Infinity };
    const [all, low = "", comma, high = ""] =
      /^\{(\d{1,4})(?:(,)(\d*))?\}/.exec(this.#chars.slice(this.#at, this.#at + 12).join("")) ?? [];
    if (all === undefined) return { min: 1, max: 1 };
    this.#at += all.length;
    const max = comma === undefined ? Number(low) : high === "" ? Infinity : Number(high);
    return { min: Number(low), max };
  }

  #peek(): string {
    return this.#chars[this.#at] ?? "";
  }

  #next(): string {
    return this.#chars[this.#at++] ?? "";
  }

  #take(char: string): boolean {
    if (this.#peek() !== char) return false;
    this.#at++;
    return true;
  }
}
