import type { ReactNode } from "react";
import { ColorSchemeToggle } from "#app/_ui/color-scheme-toggle.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { buildBranches } from "#lib/access/nodes/branches.ts";
import { TreePanel } from "../_tree/tree-panel.tsx";
import { Brand } from "./brand.tsx";
import { Frame } from "./frame.tsx";
import type { PanelPreference } from "./panel-preference.ts";
import type { PublicTree } from "./public-tree.ts";

type Props = { panel: PanelPreference; open: string[]; tree: PublicTree; children: ReactNode };

/** The workbench before anybody has signed in: the listed nodes, whose menu offers the credential profiles. */
export function PublicFrame({ panel, open, tree, children }: Props) {
  const nodes = tree.nodes.map((node) => ({ ...node, version: 0, isContext: true }));
  return (
    <Frame
      panel={panel}
      header={
        <>
          <Brand />
          <div className="ml-auto flex items-center gap-2">
            <ColorSchemeToggle />
            <LinkButton href="/signin" size="sm">
              Sign in
            </LinkButton>
          </div>
        </>
      }
      aside={
        <TreePanel
          items={buildBranches({ nodes, transports: [], triggers: [] }, () => true)}
          initiallyOpen={open}
          grants={[]}
          profiles={tree.profiles}
          noPage="sign in to see what is on it"
        />
      }
    >
      {children}
    </Frame>
  );
}
