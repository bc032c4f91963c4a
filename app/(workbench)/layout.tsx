import { cookies } from "next/headers";
import Link from "next/link";
import { type ReactNode, Suspense } from "react";
import { ColorSchemeToggle } from "#app/_ui/color-scheme-toggle.tsx";
import { buildBranches } from "#lib/nodes/branches.ts";
import { listTree } from "#lib/nodes/list-tree.ts";
import { getPageSession } from "#lib/web/action.ts";
import { AccountMenu } from "./_components/account-menu.tsx";
import { Frame } from "./_components/frame.tsx";
import { HeaderNavigation } from "./_components/header-navigation.tsx";
import { navigationFor } from "./_components/navigation.ts";
import { NavigationProgress } from "./_components/navigation-progress.tsx";
import { PanelNavigation } from "./_components/panel-navigation.tsx";
import { panelCookie, parsePanel } from "./_components/panel-preference.ts";
import { openKey, openNodesCookie, parseOpenNodes } from "./_tree/open-nodes.ts";
import { TreePanel } from "./_tree/tree-panel.tsx";

/** The shell around every page of somebody who is signed in. Each page checks again what it may show. */
export default async function WorkbenchLayout({ children }: { children: ReactNode }) {
  const [{ ctx, user }, jar] = await Promise.all([getPageSession(), cookies()]);
  const open = parseOpenNodes(jar.get(openNodesCookie)?.value);
  const openKeys = new Set(open);
  const tree = ctx.grants.length === 0 ? [] : buildBranches(await listTree(ctx), (id) => openKeys.has(openKey(id)));
  const navigation = navigationFor(ctx.grants);
  const roles = [...new Set(ctx.grants.map((grant) => grant.role))].join(", ");

  return (
    <Frame
      panel={parsePanel(jar.get(panelCookie)?.value)}
      header={
        <>
          <Suspense>
            <NavigationProgress />
          </Suspense>
          <Link href="/" className="mr-3 flex items-center gap-2 font-semibold text-text no-underline">
            <Mark />
            Sallyport
          </Link>
          <HeaderNavigation {...navigation} />
          <div className="ml-auto flex items-center gap-1">
            <ColorSchemeToggle />
            <AccountMenu
              name={user.displayName || user.username}
              username={user.username}
              roles={roles === "" ? "no role yet" : `Role: ${roles}`}
            />
          </div>
        </>
      }
      aside={
        <>
          <PanelNavigation {...navigation} />
          <TreePanel items={tree} initiallyOpen={open} grants={ctx.grants} />
        </>
      }
    >
      {children}
    </Frame>
  );
}

/** A gate in a wall. */
function Mark() {
  return (
    <svg width="24" height="24" viewBox="0 0 24 24" aria-hidden="true">
      <rect width="24" height="24" rx="5" fill="var(--mantine-primary-color-filled)" />
      <path d="M7 19v-8a5 5 0 0 1 10 0v8h-3.2v-7.6a1.8 1.8 0 0 0-3.6 0V19z" fill="#fff" />
    </svg>
  );
}
