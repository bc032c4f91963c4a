import type { ComparedLine } from "./compare-lines.ts";

const words = { "+": "Only in this run", "-": "Only in the last success", " ": "In both" };

type Props = { label: string; parts: ComparedLine[][] };

/** The parts of two texts that differ, line by line. */
export function TextDifference({ label, parts }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1).
    <section tabIndex={0} aria-label={label} className="code-block difference">
      <table>
        <caption className="sr-only">{label}</caption>
        <thead className="sr-only">
          <tr>
            <th scope="col">Line in the last success</th>
            <th scope="col">Line in this run</th>
            <th scope="col">Where</th>
            <th scope="col">Text</th>
          </tr>
        </thead>
        {parts.map((lines) => (
          <tbody key={`${lines[0]?.oldLine} ${lines[0]?.newLine}`}>
            {lines.map(({ mark, text, oldLine, newLine }) => (
              <tr key={`${oldLine} ${newLine}`} data-mark={mark === " " ? undefined : mark}>
                <td>{oldLine}</td>
                <td>{newLine}</td>
                <td>
                  <span aria-hidden>{mark}</span>
                  <span className="sr-only">{words[mark]}</span>
                </td>
                <td>{text}</td>
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </section>
  );
}
