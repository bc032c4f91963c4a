import { CircleAlertIcon, CircleCheckIcon, InfoIcon, TriangleAlertIcon } from "lucide-react";
import type { ReactNode } from "react";
import type { Tone } from "./badge.tsx";

const icons = {
  ok: CircleCheckIcon,
  info: InfoIcon,
  muted: InfoIcon,
  warn: TriangleAlertIcon,
  bad: CircleAlertIcon,
};

type Props = { tone?: Tone; title?: ReactNode; children?: ReactNode };

/** A remark in the page: nothing failed just now, so it isn't announced. For errors of an action use ActionErrorAlert. */
export function Notice({ tone = "info", title, children }: Props) {
  const IconOf = icons[tone];
  return (
    <div className="notice" data-tone={tone}>
      <IconOf size={20} aria-hidden className="mt-0.5 shrink-0" />
      <div className="min-w-0 wrap-anywhere">
        {title && <p className="m-0 font-semibold">{title}</p>}
        {children}
      </div>
    </div>
  );
}
