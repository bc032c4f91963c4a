import { ChevronRightIcon } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

export type PageHeading = {
  /** The one h1 of the page. */
  title: ReactNode;
  description?: ReactNode;
  /** Buttons at the right; the main one last. */
  actions?: ReactNode;
  /** The path from the top to the page above; the page itself is added. */
  breadcrumbs?: { label: string; href: string }[];
  /** Beside the title, such as a StatusBadge. */
  badge?: ReactNode;
};

/** Top of every page. */
export function PageHeader({ title, description, actions, breadcrumbs = [], badge }: PageHeading) {
  return (
    <header className="mb-5 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0 max-w-3xl">
        {breadcrumbs.length > 0 && (
          <nav aria-label="Breadcrumbs" className="mb-1 text-sm print:hidden">
            <ol className="m-0 flex list-none flex-wrap items-center gap-1 p-0">
              {breadcrumbs.map((crumb) => (
                <li key={crumb.href} className="flex min-w-0 items-center gap-1">
                  <Link href={crumb.href} className="link truncate">
                    {crumb.label}
                  </Link>
                  <ChevronRightIcon size={14} className="shrink-0 text-dimmed" aria-hidden />
                </li>
              ))}
              <li aria-current="page" className="min-w-0 max-w-80 truncate text-dimmed">
                {title}
              </li>
            </ol>
          </nav>
        )}
        <div className="flex flex-wrap items-center gap-3">
          <h1 className="m-0 text-2xl font-semibold tracking-tight wrap-anywhere">{title}</h1>
          {badge}
        </div>
        {description && <div className="mt-1 wrap-anywhere text-dimmed">{description}</div>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2 print:hidden">{actions}</div>}
    </header>
  );
}
