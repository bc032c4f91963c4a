"use client";
import { Menu } from "@mantine/core";
import { ArrowLeftRightIcon, ChevronDownIcon, CircleUserIcon, LogOutIcon, UserIcon } from "lucide-react";
import Link from "next/link";
import { authorizePath } from "#app/_ui/external-sign-in.ts";

type Props = {
  name: string;
  username: string;
  roles: string;
  /** The credential profile and the node that the person signed in with, null for a local account. */
  external: { credentialId: string; nodeId: string | null; words: string } | null;
};

/** Who is signed in, the way to the own account, and out. */
export function AccountMenu({ name, username, roles, external }: Props) {
  return (
    <Menu position="bottom-end" offset={10} width={250}>
      <Menu.Target>
        <button type="button" className="nav-link">
          <span className="sr-only">Account of </span>
          <span className="sr-only sm:hidden">{name}</span>
          <CircleUserIcon size={20} strokeWidth={1.6} aria-hidden />
          <span className="hidden max-w-44 text-left leading-tight sm:block xl:max-w-80">
            <span className="block truncate">{name}</span>
            {external && (
              <span className="block truncate text-xs text-dimmed" title={`${roles}, ${external.words}`}>
                {roles}, {external.words}
              </span>
            )}
          </span>
          <ChevronDownIcon size={16} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <div className="px-3 py-2">
          <div className="font-semibold wrap-anywhere">{name}</div>
          {name !== username && <div className="text-sm text-dimmed wrap-anywhere">{username}</div>}
          <div className="text-sm text-dimmed">{roles}</div>
          {external && <div className="text-sm text-dimmed wrap-anywhere">Signed in with {external.words}</div>}
        </div>
        <Menu.Divider />
        <Menu.Item component={Link} href="/account" leftSection={<UserIcon size={16} aria-hidden />}>
          Account
        </Menu.Item>
        {external && (
          <Menu.Item
            component="a"
            href={authorizePath(external.credentialId, {
              ...external,
              mode: "redirect",
              returnTo: "/",
              switchAccount: true,
            })}
            leftSection={<ArrowLeftRightIcon size={16} aria-hidden />}
          >
            Switch account
          </Menu.Item>
        )}
        <Menu.Item leftSection={<LogOutIcon size={16} aria-hidden />} onClick={signOut}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Ends the session; goes on to the provider's sign-out if the credential asks for that. The whole page is loaded anew so that nothing stays in memory. */
async function signOut(): Promise<void> {
  let url = "/signin";
  try {
    const answer = await fetch("/api/credentials/sign-out", { method: "POST" });
    if (answer.ok) ({ url } = await answer.json());
  } finally {
    window.location.assign(url);
  }
}
