"use client";
import { Drawer } from "@mantine/core";
import { StatusBadge } from "#app/_ui/status-badge.tsx";
import type { CheckResult as Result } from "#lib/delivery/connection-check/check-credential.ts";
import { CheckResult } from "../check-result.tsx";

export type Checked = { id: string; name: string; result: Result }[];

type Props = { checked: Checked | null; mayWrite: boolean; onClose: () => void };

/** The steps of the checks that were made in the list, next to it. */
export function CheckDrawer({ checked, mayWrite, onClose }: Props) {
  const show = ({ id, name, result }: Checked[number]) => (
    <CheckResult check={{ subject: { id, name }, result, isRunning: false, error: null }} mayWrite={mayWrite} />
  );
  const isOne = checked?.length === 1;
  return (
    <Drawer
      opened={checked !== null && checked.length > 0}
      onClose={onClose}
      position="right"
      size="lg"
      title={isOne ? "Connection check" : "Connection checks"}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <div className="grid gap-3">
        {checked?.map((each) =>
          isOne ? (
            <div key={each.id}>{show(each)}</div>
          ) : (
            <details key={each.id}>
              <summary className="mb-2 cursor-pointer wrap-anywhere">
                {each.name} <StatusBadge status={each.result.status} />
              </summary>
              {show(each)}
            </details>
          ),
        )}
      </div>
    </Drawer>
  );
}
