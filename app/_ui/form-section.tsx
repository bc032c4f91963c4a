import { ChevronRightIcon } from "lucide-react";
import type { ReactNode } from "react";

/** The collapsed sections of a form, as rows of one card. */
export function FormSections({ children }: { children: ReactNode }) {
  return <div className="card form-sections">{children}</div>;
}

type SectionProps = {
  title: string;
  /** What is set inside, shown while the section is closed; what is falsy is left out. */
  set: (string | false | null | undefined)[];
  /** Shown if nothing is set. */
  unset?: string;
  /** Whether it's open at first. */
  isOpen?: boolean;
  description?: ReactNode;
  children: ReactNode;
};

/** A section of a form that shows what is set until it's opened. Its fields stay in the page, with what was entered. */
export function FormSection({ title, set, unset = "Not set", isOpen = false, description, children }: SectionProps) {
  const shown = set.filter(Boolean).join(" · ");
  return (
    <details className="form-section" open={isOpen}>
      <summary>
        <ChevronRightIcon size={16} aria-hidden className="form-section-chevron" />
        <h2 className="m-0 text-sm font-semibold">{title}</h2>
        <span className={`form-section-set ${shown ? "" : "text-dimmed"}`}>{shown || unset}</span>
      </summary>
      <div className="grid grid-cols-1 gap-4 px-4 pt-1 pb-4">
        {description && <p className="m-0 text-sm text-dimmed">{description}</p>}
        {children}
      </div>
    </details>
  );
}
