"use client";
import {
  ArrowRightLeftIcon,
  ChevronRightIcon,
  ClockIcon,
  EllipsisIcon,
  FolderIcon,
  FolderOpenIcon,
  PauseIcon,
  PlayIcon,
  UserCheckIcon,
  WebhookIcon,
} from "lucide-react";
import Link from "next/link";
import type { HTMLAttributes } from "react";
import type { TreeItem } from "#lib/access/nodes/branches.ts";
import { rowHeight } from "./use-row-window.ts";
import type { VisibleRow } from "./visible-rows.ts";

type Props = {
  row: VisibleRow;
  index: number;
  href: string | null;
  /** Why it has no page. */
  noPage: string;
  /** What is to be known of it beside its name. */
  remark: string | null;
  isActive: boolean;
  isCurrent: boolean;
  hasMenu: boolean;
  onToggle: () => void;
  onMore: (button: HTMLElement) => void;
} & HTMLAttributes<HTMLDivElement>;

/** One line of the tree: the chevron opens the branch, the name is a link, the dots open the menu. */
export function TreeRow({
  row,
  index,
  href,
  noPage,
  remark,
  isActive,
  isCurrent,
  hasMenu,
  onToggle,
  onMore,
  ...events
}: Props) {
  const { item, level, state } = row;
  const look = { top: index * rowHeight, "--level": Math.min(level - 1, 12) } as React.CSSProperties;
  const name = (
    <>
      <ItemIcon item={item} isOpen={state === "open"} />
      <span className="truncate">{item.name}</span>
      {remark && (
        <span className="tree-remark" title={remark}>
          <UserCheckIcon size={16} aria-hidden />
        </span>
      )}
    </>
  );
  return (
    <div
      {...events}
      role="treeitem"
      data-id={item.id}
      aria-level={level}
      aria-posinset={row.position}
      aria-setsize={row.setSize}
      aria-expanded={state === "leaf" ? undefined : state !== "closed"}
      aria-busy={state === "loading" || undefined}
      aria-current={isCurrent ? "page" : undefined}
      aria-label={remark ? `${nameOf(item)}, ${remark}` : nameOf(item)}
      tabIndex={isActive ? 0 : -1}
      className="tree-row"
      style={look}
    >
      {/* Arrow keys do the same for the keyboard. */}
      <span className="tree-chevron" data-state={state} onClick={state === "leaf" ? undefined : onToggle} aria-hidden>
        {state !== "leaf" && <ChevronRightIcon size={16} />}
      </span>
      {href ? (
        <Link className="tree-name" href={href} tabIndex={-1} prefetch={false} title={item.name} draggable={false}>
          {name}
        </Link>
      ) : (
        <span className="tree-name text-dimmed" title={`${item.name}: ${noPage}`}>
          {name}
        </span>
      )}
      {hasMenu && (
        <button
          type="button"
          className="tree-more"
          tabIndex={-1}
          aria-label={`Actions for ${item.name}`}
          onClick={(event) => {
            event.stopPropagation();
            onMore(event.currentTarget);
          }}
        >
          <EllipsisIcon size={16} aria-hidden />
        </button>
      )}
    </div>
  );
}

/** What a screen reader says: the icons' meaning in words. */
function nameOf(item: TreeItem): string {
  if (item.kind === "node") return item.name;
  if (item.kind === "transport") return `${item.name}, transport`;
  return `${item.name}, trigger${item.enabled ? "" : ", disabled"}`;
}

function ItemIcon({ item, isOpen }: { item: TreeItem; isOpen: boolean }) {
  const IconOf = iconOf(item, isOpen);
  return <IconOf size={17} strokeWidth={1.6} aria-hidden className="tree-icon" data-kind={item.kind} />;
}

function iconOf(item: TreeItem, isOpen: boolean) {
  if (item.kind === "node") return isOpen ? FolderOpenIcon : FolderIcon;
  if (item.kind === "transport") return ArrowRightLeftIcon;
  if (!item.enabled) return PauseIcon;
  if (item.type === "schedule") return ClockIcon;
  return item.type === "webhook" ? WebhookIcon : PlayIcon;
}
