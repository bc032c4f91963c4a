import { CopyButton } from "./copy-button.tsx";

type Props = {
  text: string;
  /** What it is, for those who can't see it. */
  label: string;
  /** What Copy takes, as it came. */
  copies: string;
};

/** A text over many lines that scrolls, with Copy. */
export function CodeBlock({ text, label, copies }: Props) {
  return (
    <div className="relative">
      <span className="absolute top-1 right-2">
        <CopyButton value={copies} label={`Copy: ${label}`} />
      </span>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1). */}
      <section tabIndex={0} aria-label={label} className="code-block pr-10">
        <pre className="m-0">{text}</pre>
      </section>
    </div>
  );
}
