import { type ReactNode, useId } from "react";

type Props = {
  title?: string;
  description?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  /** `tight` leaves the padding to the content, for a table that fills the card. */
  padding?: "normal" | "tight";
};

/** A titled part of a page (h2) on a bordered ground. */
export function Card({ title, description, actions, children, padding = "normal" }: Props) {
  const id = useId();
  return (
    <section className="card" aria-labelledby={title ? id : undefined}>
      {(title || actions) && (
        <div className="flex flex-wrap items-center justify-between gap-2 px-4 pt-4">
          {title && (
            <h2 id={id} className="m-0 min-w-0 flex-1 basis-40 text-base font-semibold">
              {title}
            </h2>
          )}
          {actions && <div className="ml-auto flex flex-wrap gap-2 print:hidden">{actions}</div>}
        </div>
      )}
      {/* Below both, so that it has the card's width however wide the actions are. */}
      {description && (
        <p className={`m-0 px-4 text-sm text-dimmed ${title || actions ? "pt-1" : "pt-4"}`}>{description}</p>
      )}
      <div className={padding === "tight" ? "pt-3" : "p-4"}>{children}</div>
    </section>
  );
}

/** A titled part of a page without a ground of its own. */
export function Section({ title, description, actions, children }: Omit<Props, "padding">) {
  const id = useId();
  return (
    <section className="mt-8" aria-labelledby={title ? id : undefined}>
      <div className="mb-3 flex flex-wrap items-end justify-between gap-2">
        <div>
          {title && (
            <h2 id={id} className="m-0 text-lg font-semibold">
              {title}
            </h2>
          )}
          {description && <p className="m-0 mt-0.5 text-sm text-dimmed">{description}</p>}
        </div>
        {actions && <div className="flex flex-wrap gap-2 print:hidden">{actions}</div>}
      </div>
      {children}
    </section>
  );
}
