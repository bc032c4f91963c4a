"use client";
import { useEffect, useMemo, useState, useTransition } from "react";
import { callAction } from "#app/_ui/call-action.ts";
import { writeCookie } from "#app/_ui/write-cookie.ts";
import type { TreeItem } from "#lib/access/nodes/branches.ts";
import { loadBranch } from "./actions.ts";
import { formatOpenNodes, openKey, openNodesCookie } from "./open-nodes.ts";
import { listVisibleRows } from "./visible-rows.ts";

/**
 * What is open in the tree and the lines that follow from it. Branches that the server left out are fetched when they are
 * opened, and forgotten when the server renders the tree again.
 */
export function useTree(items: TreeItem[], initiallyOpen: string[]) {
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(initiallyOpen));
  const [loaded, setLoaded] = useState<ReadonlyMap<string, TreeItem[]>>(new Map());
  const [failure, setFailure] = useState<string | null>(null);
  const [, startTransition] = useTransition();
  const [lastItems, setLastItems] = useState(items);
  if (items !== lastItems) {
    setLastItems(items);
    setLoaded(new Map());
  }

  const rows = useMemo(() => listVisibleRows(items, open, loaded), [items, open, loaded]);
  const missing = rows
    .filter((row) => row.state === "loading")
    .map((row) => row.item.id)
    .join();

  useEffect(() => {
    if (missing === "") return;
    let isCurrent = true;
    startTransition(async () => {
      const ids = missing.split(",");
      const results = await Promise.all(ids.map((id) => callAction(loadBranch, { id })));
      if (!isCurrent) return;
      const refused = results.find((result) => !result.ok);
      setFailure(refused && !refused.ok ? refused.error.message : null);
      setLoaded((before) => {
        const after = new Map(before);
        // A branch that can't be read counts as empty, so that it isn't asked for again and again.
        for (const [index, result] of results.entries()) after.set(ids[index]!, result.ok ? result.value : []);
        return after;
      });
    });
    return () => {
      isCurrent = false;
    };
  }, [missing]);

  const change = (edit: (keys: Set<string>) => void) => {
    const next = new Set(open);
    edit(next);
    setOpen(next);
    writeCookie(openNodesCookie, formatOpenNodes(next));
  };
  return {
    rows,
    failure,
    openNode: (id: string) => change((keys) => keys.add(openKey(id))),
    closeNode: (id: string) => change((keys) => keys.delete(openKey(id))),
  };
}
