"use client";
import { Menu } from "@mantine/core";
import {
  ArrowRightIcon,
  ArrowRightLeftIcon,
  FolderPlusIcon,
  FolderSymlinkIcon,
  PencilIcon,
  PlayIcon,
  PlusIcon,
  ShieldUserIcon,
  Trash2Icon,
} from "lucide-react";
import Link from "next/link";
import type { ItemAction } from "./item-actions.ts";

const icons = {
  open: ArrowRightIcon,
  run: PlayIcon,
  node: FolderPlusIcon,
  transport: ArrowRightLeftIcon,
  trigger: PlusIcon,
  rename: PencilIcon,
  move: FolderSymlinkIcon,
  delete: Trash2Icon,
  profiles: ShieldUserIcon,
};

type Props = {
  label: string;
  point: { x: number; y: number };
  actions: ItemAction[];
  onPick: (action: ItemAction) => void;
  onClose: () => void;
};

/** The menu of an item, at the pointer or beside its line. */
export function TreeMenu({ label, point, actions, onPick, onClose }: Props) {
  return (
    <Menu
      opened
      onClose={onClose}
      position="bottom-start"
      offset={2}
      width={240}
      shadow="md"
      returnFocus={false}
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>
        <span aria-hidden style={{ position: "fixed", left: point.x, top: point.y, width: 1, height: 1 }} />
      </Menu.Target>
      <Menu.Dropdown aria-label={`Actions for ${label}`}>
        {actions.map((action, index) => {
          const IconOf = icons[action.icon];
          const shared = {
            "data-autofocus": index === 0 || undefined,
            leftSection: <IconOf size={16} aria-hidden />,
            onClick: () => onPick(action),
            children: action.label,
          };
          if ("href" in action) return <Menu.Item key={action.label} component={Link} href={action.href} {...shared} />;
          return <Menu.Item key={action.label} color={action.isDestructive ? "danger" : undefined} {...shared} />;
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
