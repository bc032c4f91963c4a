"use client";
import { CopyTextButton } from "#app/_ui/copy-button.tsx";

/** Copies what helps the IT team, and shows it to who would rather read it first. */
export function CopyReport({ report }: { report: string }) {
  return (
    <div className="mt-3 grid justify-items-start gap-2">
      <CopyTextButton value={report} label="Copy for the IT team" />
      <details className="w-full min-w-0 text-sm">
        <summary className="cursor-pointer text-dimmed">Show this text</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1). */}
        <section tabIndex={0} aria-label="Text for the IT team" className="code-block mt-2">
          <pre className="m-0 whitespace-pre-wrap wrap-anywhere">{report}</pre>
        </section>
      </details>
    </div>
  );
}
