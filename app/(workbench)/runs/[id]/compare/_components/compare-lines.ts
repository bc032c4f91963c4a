import { type StructuredPatchHunk, structuredPatch } from "diff";

/** A line of a comparison: `+` is only in the newer text, `-` only in the older one. */
export type ComparedLine = { mark: "+" | "-" | " "; text: string; oldLine: number | null; newLine: number | null };

/** Beyond this many changed lines, two texts have too little in common to compare. */
const maxEditLength = 400;

/** The parts of two texts that differ, with three lines around each. Empty if they're equal, null if too much differs. */
export function compareLines(older: string, newer: string): ComparedLine[][] | null {
  const patch = structuredPatch("", "", endLine(older), endLine(newer), "", "", { context: 3, maxEditLength });
  return patch ? patch.hunks.map(toLines) : null;
}

const endLine = (text: string) => (text === "" ? "" : `${text}\n`);

function toLines({ oldStart, newStart, lines }: StructuredPatchHunk): ComparedLine[] {
  let [oldLine, newLine] = [oldStart, newStart];
  return lines.map((line) => {
    const mark = line[0] as ComparedLine["mark"];
    return {
      mark,
      text: line.slice(1),
      oldLine: mark === "+" ? null : oldLine++,
      newLine: mark === "-" ? null : newLine++,
    };
  });
}
