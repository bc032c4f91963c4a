"use client";
import { Menu } from "@mantine/core";
import { IconChevronDown, IconLogout, IconUser, IconUserCircle } from "@tabler/icons-react";
import Link from "next/link";

type Props = { name: string; username: string; roles: string };

/** Who is signed in, the way to the own account, and out. */
export function AccountMenu({ name, username, roles }: Props) {
  return (
    <Menu position="bottom-end" offset={10} width={220}>
      <Menu.Target>
        <button type="button" className="nav-link" aria-label={`Account of ${name}`}>
          <IconUserCircle size={20} stroke={1.6} aria-hidden />
          <span className="hidden max-w-40 truncate sm:inline">{name}</span>
          <IconChevronDown size={16} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <div className="px-3 py-2">
          <div className="font-semibold wrap-anywhere">{name}</div>
          {name !== username && <div className="text-sm text-dimmed wrap-anywhere">{username}</div>}
          <div className="text-sm text-dimmed">{roles}</div>
        </div>
        <Menu.Divider />
        <Menu.Item component={Link} href="/account" leftSection={<IconUser size={16} aria-hidden />}>
          Account
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={signOut}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** next-auth's sign-out takes a POST with its CSRF token; the whole page is loaded anew so that nothing stays in memory. */
async function signOut(): Promise<void> {
  try {
    const { csrfToken } = await (await fetch("/api/auth/csrf", { cache: "no-store" })).json();
    await fetch("/api/auth/signout", {
      method: "POST",
      body: new URLSearchParams({ csrfToken, callbackUrl: "/signin", json: "true" }),
    });
  } finally {
    window.location.assign("/signin");
  }
}
