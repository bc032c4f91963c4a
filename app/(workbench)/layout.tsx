import { cookies } from "next/headers";
import { type ReactNode, Suspense } from "react";
import { ColorSchemeToggle } from "#app/_ui/color-scheme-toggle.tsx";
import { buildBranches } from "#lib/access/nodes/branches.ts";
import { listTree } from "#lib/access/nodes/list-tree.ts";
import type { SessionFacts, SignedIn } from "#lib/access/sessions/sessions.ts";
import { listProfiles } from "#lib/oauth/sign-in/list-profiles.ts";
import { getPageSession } from "#lib/web/action.ts";
import { AccountMenu } from "./_components/account-menu.tsx";
import { Brand } from "./_components/brand.tsx";
import { Frame } from "./_components/frame.tsx";
import { HeaderNavigation } from "./_components/header-navigation.tsx";
import { navigationFor } from "./_components/navigation.ts";
import { NavigationProgress } from "./_components/navigation-progress.tsx";
import { PanelNavigation } from "./_components/panel-navigation.tsx";
import { panelCookie, parsePanel } from "./_components/panel-preference.ts";
import { PublicFrame } from "./_components/public-frame.tsx";
import { getPublicTree } from "./_components/public-tree.ts";
import { openKey, openNodesCookie, parseOpenNodes } from "./_tree/open-nodes.ts";
import { TreePanel } from "./_tree/tree-panel.tsx";

/** The shell around every page. Each page checks again what it may show; signed out, only the first page is open. */
export default async function WorkbenchLayout({ children }: { children: ReactNode }) {
  const [publicTree, jar] = await Promise.all([getPublicTree(), cookies()]);
  const open = parseOpenNodes(jar.get(openNodesCookie)?.value);
  const panel = parsePanel(jar.get(panelCookie)?.value);
  if (publicTree) {
    return (
      <PublicFrame panel={panel} open={open} tree={publicTree}>
        {children}
      </PublicFrame>
    );
  }
  const { ctx, user, session } = await getPageSession();
  const openKeys = new Set(open);
  const [profiles, rows] = await Promise.all([listProfiles(), ctx.grants.length === 0 ? null : listTree(ctx)]);
  const tree = rows === null ? [] : buildBranches(rows, (id) => openKeys.has(openKey(id)));
  const navigation = navigationFor(ctx.grants);
  const roles = [...new Set(ctx.grants.map((grant) => grant.role))].join(", ");

  return (
    <Frame
      panel={panel}
      header={
        <>
          <Suspense>
            <NavigationProgress />
          </Suspense>
          <Brand />
          <HeaderNavigation {...navigation} />
          <div className="ml-auto flex items-center gap-1">
            <ColorSchemeToggle />
            <AccountMenu
              name={user.displayName || user.username}
              username={user.username}
              roles={roles === "" ? "no role yet" : `Role: ${roles}`}
              external={
                session.credentialId
                  ? { credentialId: session.credentialId, nodeId: session.nodeId, words: describeSignIn(session) }
                  : null
              }
            />
          </div>
        </>
      }
      aside={
        <>
          <PanelNavigation {...navigation} />
          <TreePanel
            items={tree}
            initiallyOpen={open}
            grants={ctx.grants}
            profiles={profiles}
            signedInAt={session.nodeId ? { nodeId: session.nodeId, words: describeHere(user, session) } : null}
          />
        </>
      }
    >
      {children}
    </Frame>
  );
}

/** `Contoso sign-in at Plant 7`. */
function describeSignIn({ method, nodeName }: SessionFacts): string {
  return nodeName ? `${method} at ${nodeName}` : method;
}

function describeHere(user: SignedIn["user"], { method }: SessionFacts): string {
  return `${user.displayName || user.username} is signed in here with ${method}`;
}
