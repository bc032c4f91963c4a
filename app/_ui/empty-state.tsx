import { InboxIcon } from "lucide-react";
import type { ReactNode } from "react";

export type EmptyText = { title: string; text?: ReactNode; action?: ReactNode; icon?: ReactNode };

/** What a list or a page says when there is nothing yet, and what to do about it. */
export function EmptyState({
  title,
  text,
  action,
  icon = <InboxIcon size={32} strokeWidth={1.4} aria-hidden />,
}: EmptyText) {
  return (
    <div className="flex flex-col items-center gap-2 px-4 py-8 text-center">
      <span className="text-dimmed">{icon}</span>
      <p className="m-0 font-semibold">{title}</p>
      {text && <div className="max-w-md text-sm text-dimmed">{text}</div>}
      {action && <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
