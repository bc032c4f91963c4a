import { CircleAlertIcon } from "lucide-react";
import type { ReactNode } from "react";
import type { FieldError } from "#lib/platform/errors/app-error.ts";
import { CopyButton } from "./copy-button.tsx";

/** What a server action answers when it refused; the shape of `ActionError` in lib/web/action.ts. */
export type ShownError = {
  code: string;
  message: string;
  hint: string | null;
  fields: FieldError[];
  details: Record<string, unknown>;
  /** Id of the log entry of an unexpected error. */
  reference: string | null;
};

type Props = {
  error: Pick<ShownError, "message" | "hint"> & Partial<ShownError>;
  /** More about it: what changed meanwhile, what uses the thing. */
  children?: ReactNode;
};

/** Says what went wrong and what to do; announced by screen readers when it appears. Nothing without an error. */
export function ActionErrorAlert({ error, children }: { error: Props["error"] | null; children?: ReactNode }) {
  return (
    // Without an error it takes no room, not even a grid's gap; it stays, since only what is there is announced.
    <div role="alert" className="empty:absolute">
      {error && (
        <div className="notice" data-tone="bad">
          <CircleAlertIcon size={20} aria-hidden className="mt-0.5 shrink-0" />
          <div className="min-w-0">
            <p className="m-0 font-semibold wrap-anywhere">{error.message}</p>
            {error.hint && <p className="m-0 mt-0.5 wrap-anywhere">{error.hint}</p>}
            {children}
            {error.reference && (
              <p className="m-0 mt-1 flex flex-wrap items-center gap-1 text-sm">
                Reference <code>{error.reference}</code>
                <CopyButton value={error.reference} label="Copy the reference" />
              </p>
            )}
          </div>
        </div>
      )}
    </div>
  );
}
