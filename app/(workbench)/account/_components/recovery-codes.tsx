"use client";
import { CopyButton } from "#app/_ui/copy-button.tsx";
import { Notice } from "#app/_ui/notice.tsx";
import { ShownOnce } from "#app/_ui/shown-once.tsx";

/** Shows recovery codes, which can't be seen again. */
export function RecoveryCodesDialog({ codes, onClose }: { codes: string[] | null; onClose: () => void }) {
  return (
    <ShownOnce opened={codes !== null} title="Your recovery codes" label="recovery codes" onClose={onClose}>
      <Notice tone="warn" title="Keep these codes now. They are not shown again.">
        Each lets you in once when your phone is lost. Print them, or put them into a password manager that is not on
        the same phone.
      </Notice>
      <ol aria-label="Recovery codes" className="m-0 grid gap-1 pl-8 font-mono sm:grid-cols-2">
        {codes?.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <div className="flex items-center gap-2 text-sm text-dimmed">
        <CopyButton value={codes?.join("\n") ?? ""} label="Copy the recovery codes" />
        Copy all
      </div>
    </ShownOnce>
  );
}
