import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

export type Tone = "ok" | "info" | "warn" | "bad" | "muted";

type Props = { tone: Tone; icon?: LucideIcon; title?: string; children: ReactNode };

/** A word with an icon on a tinted ground; AA in both schemes, readable without colour. */
export function Badge({ tone, icon: IconOf, title, children }: Props) {
  return (
    <span className="badge" data-tone={tone} title={title}>
      {IconOf && <IconOf size={14} strokeWidth={2.2} aria-hidden className="shrink-0" />}
      {children}
    </span>
  );
}
