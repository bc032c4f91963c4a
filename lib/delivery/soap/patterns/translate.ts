import { type CharSet, findEscape, findProperty, invert, notLineEnd, subtract, toSet } from "./char-sets.ts";

/** What a pattern says that can't be read. */
export class PatternError extends Error {}

/**
 * A pattern in RE2's syntax. `size` is the number of its characters, repetitions counted; `repeated` is set where the pattern is one
 * character that occurs `min` to `max` times, so that `text` is the character alone.
 */
export type Translation = { text: string; size: number; repeated?: { min: number; max: number } };

/** How large a pattern can be with its repetitions written out. RE2 itself refuses more than 1,000 of one repetition. */
const maxSize = 3000;
const maxRepeat = 1000;
const maxDepth = 50;

/**
 * Translates a pattern of XML Schema (part 2, appendix F).
 * @throws PatternError
 */
export function translatePattern(source: string): Translation {
  const parser = new Parser(source);
  const found = parser.alternatives(0);
  if (!parser.isDone) throw new PatternError(`a ) at character ${parser.at + 1} closes nothing`);
  return found;
}

type Piece = Translation & { isChar?: boolean };

class Parser {
  readonly #chars: string[];
  at = 0;

  constructor(source: string) {
    this.#chars = [...source];
  }

  get isDone(): boolean {
    return this.at >= this.#chars.length;
  }

  alternatives(depth: number): Translation {
    if (depth > maxDepth) throw new PatternError(`its groups nest deeper than ${maxDepth} levels`);
    const branches = [this.#branch(depth)];
    while (this.#take("|")) branches.push(this.#branch(depth));
    if (branches.length === 1) return branches[0]!;
    const size = this.#checkSize(branches.reduce((sum, branch) => sum + branch.size, 1));
    return { text: branches.map(toText).join("|"), size };
  }

  #branch(depth: number): Translation {
    const pieces: Translation[] = [];
    let size = 0;
    while (!this.isDone && this.#peek !== "|" && this.#peek !== ")") {
      const piece = this.#piece(depth);
      pieces.push(piece);
      size += Math.max(1, piece.size);
      if (pieces.length > 1) this.#checkSize(size);
    }
    return pieces.length === 1 ? pieces[0]! : { text: pieces.map(toText).join(""), size };
  }

  #piece(depth: number): Translation {
    const atom = this.#atom(depth);
    const quantity = this.#quantity();
    const { min, max } = quantity ?? { min: 1, max: 1 };
    const times = max === Number.POSITIVE_INFINITY ? min + 1 : max;
    if (atom.isChar) return { text: atom.text, size: times, repeated: { min, max } };
    if (!quantity) return atom;
    if (times > maxRepeat) throw new PatternError(`a group occurs more than ${maxRepeat} times`);
    return { text: `(?:${repeat(toText(atom), min, max)})`, size: this.#checkSize(Math.max(1, atom.size) * times) };
  }

  #checkSize(size: number): number {
    if (size > maxSize) throw new PatternError(`it has more than ${maxSize} characters with its repetitions`);
    return size;
  }

  #atom(depth: number): Piece {
    const start = this.at;
    const char = this.#next();
    if (char === "(") {
      const inner = this.alternatives(depth + 1);
      if (!this.#take(")")) throw new PatternError(`the group that begins at character ${start + 1} has no end`);
      return { size: this.#checkSize(inner.size), text: `(?:${toText(inner)})` };
    }
    if (char === "[") return { ...toChar(this.#class(depth)), isChar: true };
    if (char === ".") return { ...toChar(notLineEnd), isChar: true };
    if (char === "\\") return { ...toChar(this.#escape().set), isChar: true };
    if (/[?*+{}\]]/.test(char)) throw new PatternError(`${char} at character ${start + 1} repeats or closes nothing`);
    return { ...toChar(setOf(char)), isChar: true };
  }

  #quantity(): { min: number; max: number } | null {
    if (this.#take("?")) return { min: 0, max: 1 };
    if (this.#take("*")) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#take("+")) return { min: 1, max: Number.POSITIVE_INFINITY };
    const start = this.at;
    if (!this.#take("{")) return null;
    let text = "";
    while (!this.isDone && this.#peek !== "}") text += this.#next();
    const match = /^(\d+)(,(\d*))?$/.exec(text);
    if (!match || !this.#take("}")) throw new PatternError(`the quantity at character ${start + 1} can't be read`);
    const min = Number(match[1]);
    const max = match[2] === undefined ? min : match[3] === "" ? Number.POSITIVE_INFINITY : Number(match[3]);
    if (max < min) throw new PatternError(`the quantity at character ${start + 1} goes from more to less`);
    return { min, max };
  }

  /** `\d` and the like are a set, `\n` and the like one character. */
  #escape(): { set: CharSet; char?: string } {
    const start = this.at;
    const letter = this.#next();
    if (letter === "p" || letter === "P") {
      const rest = this.#chars.slice(this.at, this.at + 80).join("");
      const name = /^\{([\w-]+)\}/.exec(rest)?.[1];
      const set = name === undefined ? undefined : findProperty(name);
      if (!set) throw new PatternError(`\\${letter} at character ${start} names no category or block of Unicode`);
      this.at += name!.length + 2;
      return { set: letter === "p" ? set : invert(set) };
    }
    const set = findEscape(letter);
    if (set) return { set };
    const control = { n: "\n", r: "\r", t: "\t" }[letter];
    if (!control && !/^[!-/:-@[-`{-~]$/.test(letter)) {
      throw new PatternError(`\\${letter} at character ${start} isn't an escape of XML Schema`);
    }
    const char = control ?? letter;
    return { set: setOf(char), char };
  }

  /** After its `[`. */
  #class(depth: number): CharSet {
    if (depth > maxDepth) throw new PatternError(`its character classes nest deeper than ${maxDepth} levels`);
    const start = this.at;
    const isNegative = this.#take("^");
    const ranges: (readonly [number, number])[] = [];
    let without: CharSet | null = null;
    while (!this.#take("]")) {
      if (this.isDone || without) throw new PatternError(`the class that begins at character ${start} has no end`);
      if (this.#peek === "-" && this.#chars[this.at + 1] === "[") {
        this.at += 2;
        without = this.#class(depth + 1);
      } else ranges.push(...this.#range());
    }
    if (ranges.length === 0) throw new PatternError(`the class that begins at character ${start} is empty`);
    const set = isNegative ? invert(toSet(ranges)) : toSet(ranges);
    return without ? subtract(set, without) : set;
  }

  #range(): CharSet {
    const from = this.#classChar();
    const next = this.#chars[this.at + 1];
    if (from.char === undefined || this.#peek !== "-" || next === "]" || next === "[") return from.set;
    this.at++;
    const to = this.#classChar();
    const [first, last] = [from.char.codePointAt(0)!, to.char?.codePointAt(0) ?? -1];
    if (last < first) throw new PatternError(`the range before character ${this.at + 1} ends before it begins`);
    return [[first, last]];
  }

  #classChar(): { set: CharSet; char?: string } {
    const char = this.#next();
    if (char === "\\") return this.#escape();
    if (char === "[") throw new PatternError(`[ at character ${this.at} needs a backslash`);
    return { set: setOf(char), char };
  }

  get #peek(): string | undefined {
    return this.#chars[this.at];
  }

  #take(char: string): boolean {
    if (this.#peek !== char) return false;
    this.at++;
    return true;
  }

  #next(): string {
    const char = this.#chars[this.at++];
    if (char === undefined) throw new PatternError("it ends too early");
    return char;
  }
}

const setOf = (char: string): CharSet => [[char.codePointAt(0)!, char.codePointAt(0)!]];

function toChar(set: CharSet): Translation {
  const code = (point: number) => `\\x{${point.toString(16)}}`;
  const ranges = set.map(([from, to]) => (from === to ? code(from) : `${code(from)}-${code(to)}`));
  return { text: ranges.length === 0 ? "[^\\x{0}-\\x{10ffff}]" : `[${ranges.join("")}]`, size: 1 };
}

function toText({ text, repeated }: Translation): string {
  return repeated ? repeat(text, repeated.min, repeated.max) : text;
}

/** A repetition; one that RE2 would refuse is written as several, so that each place has one way to go on. */
function repeat(text: string, min: number, max: number): string {
  if (min > maxRepeat) return `${text}{${maxRepeat}}${repeat(text, min - maxRepeat, max - maxRepeat)}`;
  if (max === Number.POSITIVE_INFINITY) return `${text}{${min},}`;
  if (max <= maxRepeat) return `${text}{${min},${max}}`;
  const rest = repeat(text, 0, max - maxRepeat);
  return `(?:${text}{${min},${maxRepeat - 1}}|${text}{${maxRepeat}}(?:${rest}))`;
}
