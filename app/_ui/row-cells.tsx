"use client";
import { ActionIcon, Loader, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { ClockIcon, CopyIcon, EllipsisIcon } from "lucide-react";
import Link from "next/link";
import { type MouseEvent, useRef } from "react";
import { copyText } from "./copy-button.tsx";
import { actionsFor, useRowActions } from "./row-actions-context.ts";
import type { BulkJob } from "./use-bulk-job.ts";

/** Selects all rows of the page that offer actions. */
export function SelectAll() {
  const { rows, actions, selected, job, setSelected, noun } = useRowActions();
  const ids = rows.filter((row) => actionsFor(actions, row).length > 0).map(({ id }) => id);
  const isAll = ids.length > 0 && selected.length === ids.length;
  return (
    <input
      type="checkbox"
      aria-label={`Select all ${noun.many} on this page`}
      checked={isAll}
      disabled={job?.isRunning}
      ref={(box) => {
        if (box) box.indeterminate = selected.length > 0 && !isAll;
      }}
      onChange={() => setSelected(ids, !isAll)}
    />
  );
}

/** Selects a row; with Shift, all up to the one that was selected last. While an action runs, shows how far it is. */
export function SelectRow({ id }: { id: string }) {
  const { rows, actions, selected, job, setSelected } = useRowActions();
  const row = rows.find((each) => each.id === id);
  if (!row || actionsFor(actions, row).length === 0) return null;
  const progress = progressOf(job, id);
  if (progress) return <Progress {...progress} name={row.name} />;
  const select = (event: MouseEvent<HTMLInputElement>) => {
    const isSelected = event.currentTarget.checked;
    const last = selected.at(-1);
    if (!event.shiftKey || !isSelected || !last) return setSelected([id], isSelected);
    const [from, to] = [rows.indexOf(last), rows.indexOf(row)].toSorted((a, b) => a - b);
    const range = rows.slice(from, to! + 1).filter((each) => actionsFor(actions, each).length > 0);
    setSelected(
      range.map((each) => each.id),
      true,
    );
  };
  return (
    <input
      type="checkbox"
      className="row-select"
      aria-label={`Select ${row.name}`}
      checked={selected.includes(row)}
      // The change is made by the click, which knows about Shift.
      onChange={() => undefined}
      onClick={select}
    />
  );
}

function progressOf(job: BulkJob | null, id: string) {
  if (!job?.isRunning || !job.rows.some((row) => row.id === id)) return null;
  const result = job.results.get(id);
  return result ? null : { isWaiting: result === undefined, doing: job.words.doing };
}

/** What is done with a row right now, such as “Checking”; null if nothing is. */
export function useRowProgress(id: string): string | null {
  const progress = progressOf(useRowActions().job, id);
  return progress && !progress.isWaiting ? progress.doing : null;
}

function Progress({ isWaiting, doing, name }: { isWaiting: boolean; doing: string; name: string }) {
  const label = isWaiting ? `${name} waits` : `${doing} ${name}`;
  return (
    <span role="img" aria-label={label} title={label} className="row-progress">
      {isWaiting ? <ClockIcon size={16} aria-hidden className="text-dimmed" /> : <Loader size={16} aria-hidden />}
    </span>
  );
}

/** What the user can do with one row. */
export function RowMenu({ id }: { id: string }) {
  const { rows, actions, job } = useRowActions();
  const button = useRef<HTMLButtonElement>(null);
  const row = rows.find((each) => each.id === id);
  if (!row) return null;
  const copy = async () => {
    if (button.current && (await copyText(id, button.current))) notifications.show({ message: "ID copied." });
  };
  return (
    <Menu position="bottom-end" shadow="md" width={220} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <ActionIcon ref={button} variant="subtle" color="gray" aria-label={`Actions for ${row.name}`}>
          <EllipsisIcon size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<CopyIcon size={16} aria-hidden />} onClick={copy}>
          Copy ID
        </Menu.Item>
        {actionsFor(actions, row).map((action) => {
          const shared = { leftSection: <action.icon size={16} aria-hidden />, children: action.label };
          if ("href" in action) {
            return (
              <Menu.Item key={action.label} component={Link} href={action.href(row)} prefetch={false} {...shared} />
            );
          }
          return (
            <Menu.Item
              key={action.label}
              color={action.isDestructive ? "danger" : undefined}
              disabled={job?.isRunning}
              onClick={() => action.onSelect([row])}
              {...shared}
            />
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
