"use client";
import { ActionIcon, Button } from "@mantine/core";
import { FolderPlusIcon } from "lucide-react";
import { usePathname, useRouter } from "next/navigation";
import { type KeyboardEvent, type MouseEvent, useEffect, useRef, useState } from "react";
import type { TreeItem } from "#lib/access/nodes/branches.ts";
import { type ActorGrant, isAllowed } from "#lib/access/permissions/permissions.ts";
import type { Profile } from "#lib/oauth/sign-in/model.ts";
import { type ItemAction, listItemActions, pageOf } from "./item-actions.ts";
import { TreeDialogs, type TreeTask } from "./tree-dialogs.tsx";
import { TreeMenu } from "./tree-menu.tsx";
import { TreeRow } from "./tree-row.tsx";
import { useLongPress } from "./use-long-press.ts";
import { rowHeight, useRowWindow } from "./use-row-window.ts";
import { useTree } from "./use-tree.ts";
import { findByTyping, stepByKey, type VisibleRow } from "./visible-rows.ts";

type Props = {
  items: TreeItem[];
  initiallyOpen: string[];
  grants: readonly ActorGrant[];
  /** Whom people may sign in as; `nodeIds` null = offered at every node. */
  profiles: Profile[];
  /** The node that the person signed in at with a profile, and the words that say so. */
  signedInAt?: { nodeId: string; words: string } | null;
  /** Why a node has no page for the reader. */
  noPage?: string;
};

/** Pauses in typing longer than this begin a new word. */
const typingMs = 600;

/** Nodes and what stands on them, as a tree (WAI-ARIA): arrow keys, Home, End, typing, Enter; a menu for each item. */
export function TreePanel({
  items,
  initiallyOpen,
  grants,
  profiles,
  signedInAt = null,
  noPage = "you have no role here",
}: Props) {
  const router = useRouter();
  const path = usePathname();
  const box = useRef<HTMLDivElement>(null);
  const { rows, failure, openNode, closeNode } = useTree(items, initiallyOpen);
  const range = useRowWindow(box, rows.length);
  const [activeId, setActiveId] = useState<string | null>(null);
  const [wanted, setWanted] = useState<string | null>(null);
  const [menu, setMenu] = useState<{ id: string; x: number; y: number } | null>(null);
  const [task, setTask] = useState<TreeTask | null>(null);
  const kept = useRef<string | null>(null);
  const typed = useRef({ text: "", at: 0 });

  const active = rows.find((row) => row.item.id === activeId) ?? rows[0];
  const menuRow = rows.find((row) => row.item.id === menu?.id);
  const mayAddAtTop = isAllowed(grants, "nodes.write", null);

  // Focus goes to a line once it is drawn; a new one comes with the next rendering of the server.
  useEffect(() => {
    if (wanted === null) return;
    const index = rows.findIndex((row) => row.item.id === wanted);
    if (index < 0) return;
    reveal(box.current, index);
    box.current?.querySelector<HTMLElement>(`[data-id="${wanted}"]`)?.focus({ preventScroll: true });
    setWanted(null);
  }, [wanted, rows]);

  // A line that moves in the document loses the focus; it gets it back unless the person did something else meanwhile.
  useEffect(() => {
    const forget = () => {
      kept.current = null;
    };
    document.addEventListener("pointerdown", forget, { capture: true });
    document.addEventListener("keydown", forget, { capture: true });
    return () => {
      document.removeEventListener("pointerdown", forget, { capture: true });
      document.removeEventListener("keydown", forget, { capture: true });
    };
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the lines changed.
  useEffect(() => {
    const hasLostFocus = document.activeElement === null || document.activeElement === document.body;
    if (kept.current !== null && hasLostFocus) setWanted(kept.current);
  }, [rows]);

  const focusRow = (id: string) => {
    kept.current = id;
    setActiveId(id);
    setWanted(id);
  };
  const openMenu = (row: VisibleRow, point: { x: number; y: number }) => {
    setActiveId(row.item.id);
    if (listItemActions(row, grants).length > 0) setMenu({ id: row.item.id, ...point });
  };
  const longPress = useLongPress(openMenu);
  const start = (row: VisibleRow, dialog: TreeTask["dialog"]) => setTask({ dialog, item: row.item, path: row.path });

  const pick = (row: VisibleRow, action: ItemAction) => {
    setMenu(null);
    if ("dialog" in action) start(row, action.dialog);
  };
  const toggle = (row: VisibleRow) => (row.state === "closed" ? openNode : closeNode)(row.item.id);

  const onKeyDown = (event: KeyboardEvent<HTMLElement>, row: VisibleRow) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
      event.preventDefault();
      return openMenu(row, besides(event.currentTarget));
    }
    const href = pageOf(row);
    if (event.key === "Enter") {
      event.preventDefault();
      if (href) router.push(href);
      else toggle(row);
      return;
    }
    if (event.key === " " && typed.current.text === "") {
      event.preventDefault();
      if (row.state !== "leaf") toggle(row);
      return;
    }
    const short = { F2: "rename", Delete: "delete" }[event.key];
    const action = listItemActions(row, grants).find((each) => "dialog" in each && each.dialog === short);
    if (action) {
      event.preventDefault();
      return pick(row, action);
    }
    const step = stepByKey(rows, row.item.id, event.key);
    if (step) {
      event.preventDefault();
      if ("focus" in step) focusRow(step.focus);
      else if ("open" in step) openNode(step.open);
      else closeNode(step.close);
    } else if (event.key.length === 1) {
      // A space inside a name would scroll the tree away from the item.
      event.preventDefault();
      const now = event.timeStamp;
      typed.current = { text: now - typed.current.at < typingMs ? typed.current.text + event.key : event.key, at: now };
      const found = findByTyping(rows, row.item.id, typed.current.text);
      if (found) focusRow(found);
    }
    if (event.timeStamp - typed.current.at >= typingMs) typed.current.text = "";
  };
  const onContextMenu = (event: MouseEvent<HTMLElement>, row: VisibleRow) => {
    if (listItemActions(row, grants).length === 0) return;
    event.preventDefault();
    // The menu key makes this event too, without a place.
    const byKey = event.clientX === 0 && event.clientY === 0;
    openMenu(row, byKey ? besides(event.currentTarget) : { x: event.clientX, y: event.clientY });
  };

  return (
    <div className="flex min-h-0 grow flex-col">
      <div className="flex items-center justify-between py-2 pr-2 pl-4">
        <h2 className="m-0 text-sm font-semibold text-dimmed" id="tree-title">
          Nodes
        </h2>
        {mayAddAtTop && (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label="New node at the top"
            title="New node at the top"
            onClick={() => setTask({ dialog: "add-node", item: null, path: [] })}
          >
            <FolderPlusIcon size={18} strokeWidth={1.6} aria-hidden />
          </ActionIcon>
        )}
      </div>
      {failure && (
        <p role="alert" className="m-0 px-4 pb-2 text-sm text-bad">
          {failure}
        </p>
      )}
      <div ref={box} className="tree-box">
        {rows.length === 0 ? (
          <div className="px-4 py-3 text-sm text-dimmed">
            <p className="m-0 mb-3">
              {mayAddAtTop
                ? "Nodes are the places of your plants and departments. Transports and triggers live on them."
                : "There is no node that you may see. Ask an admin for a role."}
            </p>
            {mayAddAtTop && (
              <Button size="xs" variant="light" onClick={() => setTask({ dialog: "add-node", item: null, path: [] })}>
                Add the first node
              </Button>
            )}
          </div>
        ) : (
          <div role="tree" aria-labelledby="tree-title" className="tree" style={{ height: rows.length * rowHeight }}>
            {rows.map((row, index) => {
              const isActive = row === active;
              if ((index < range.from || index >= range.to) && !isActive) return null;
              const href = pageOf(row);
              return (
                <TreeRow
                  key={row.item.id}
                  row={row}
                  index={index}
                  href={href}
                  noPage={noPage}
                  remark={signedInAt?.nodeId === row.item.id ? signedInAt.words : null}
                  isActive={isActive}
                  isCurrent={href !== null && (path === href || path.startsWith(`${href}/`))}
                  hasMenu={listItemActions(row, grants).length > 0}
                  onToggle={() => toggle(row)}
                  onMore={(button) => openMenu(row, besides(button))}
                  onFocus={() => setActiveId(row.item.id)}
                  onKeyDown={(event) => onKeyDown(event, row)}
                  onContextMenu={(event) => onContextMenu(event, row)}
                  {...longPress(row)}
                />
              );
            })}
          </div>
        )}
      </div>
      {menu && menuRow && (
        <TreeMenu
          label={menuRow.item.name}
          point={menu}
          actions={listItemActions(menuRow, grants)}
          onPick={(action) => pick(menuRow, action)}
          onClose={() => {
            setMenu(null);
            setWanted(menu.id);
          }}
        />
      )}
      <TreeDialogs
        task={task}
        grants={grants}
        profiles={profiles}
        onOpenNode={openNode}
        onDone={(focusId) => {
          setTask(null);
          if (focusId) focusRow(focusId);
        }}
      />
    </div>
  );
}

/** The place of a menu that no pointer opened: under the beginning of the line. */
function besides(element: HTMLElement): { x: number; y: number } {
  const { left, bottom } = element.getBoundingClientRect();
  return { x: left + 24, y: bottom };
}

/** Scrolls so that a line, drawn or not, is inside the box. */
function reveal(box: HTMLElement | null, index: number): void {
  if (!box) return;
  const top = index * rowHeight;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + rowHeight > box.scrollTop + box.clientHeight) box.scrollTop = top + rowHeight - box.clientHeight;
}
