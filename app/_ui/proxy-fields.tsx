"use client";
import { useFormContext } from "react-hook-form";
import type { ShownProxy } from "#lib/platform/net/proxy-schema.ts";
import { proxyModes } from "#lib/platform/net/proxy-settings.ts";
import { ChoiceField, PickField, SecretInput, TextField } from "./form-fields.tsx";
import { HostsField } from "./hosts-field.tsx";
import { proxyWords } from "./proxy-words.ts";
import type { FindOptions } from "./search-select.tsx";
import { toOptions } from "./to-options.ts";

/** What a form holds of proxy settings, under the name `proxy`. */
export type ProxyValues = {
  mode: (typeof proxyModes)[number];
  /** "" = none selected. */
  proxyId: string;
  url: string;
  username: string;
  /** undefined = the stored one is kept. */
  password: string | undefined;
  bypass: string[];
};

export const emptyProxy: ProxyValues = { mode: "none", proxyId: "", url: "", username: "", password: "", bypass: [] };

/** Proxy settings as they are shown, as a form's values. */
export function toProxyValues(proxy: ShownProxy): ProxyValues {
  if (proxy.mode === "named") return { ...emptyProxy, mode: proxy.mode, proxyId: proxy.proxyId };
  if (proxy.mode !== "manual") return { ...emptyProxy, mode: proxy.mode };
  const { url, username, bypass, passwordSetAt } = proxy;
  return { ...emptyProxy, mode: "manual", url, username, bypass, password: passwordSetAt ? undefined : "" };
}

/** A form's values as lib/platform/net/proxy-schema.ts takes them. An empty password is none. */
export function toProxyInput({ mode, proxyId, url, username, password, bypass }: ProxyValues) {
  if (mode === "named") return { mode, proxyId };
  if (mode !== "manual") return { mode };
  return { mode, url, username, password: password === "" ? null : password, bypass };
}

type Props = {
  /** The stored settings, null for a new thing. */
  stored: ShownProxy | null;
  /** Finds named proxies. */
  find: FindOptions;
  /** What to say below a field, by its name. */
  remarks?: Partial<Record<string, string>>;
  /** What the proxy is for. */
  description?: string;
};

/** Proxy settings of a form, under the name `proxy`. */
export function ProxyFields({ stored, find, remarks = {}, description }: Props) {
  const mode = useFormContext().watch("proxy.mode");
  return (
    <div className="grid gap-4">
      <ChoiceField
        name="proxy.mode"
        label="Proxy Settings"
        options={toOptions(proxyWords, proxyModes)}
        description={
          mode === "environment" ? "HTTP_PROXY, HTTPS_PROXY and NO_PROXY of Sallyport's processes" : description
        }
        remark={remarks.proxy ?? remarks["proxy.mode"]}
      />
      {mode === "named" && (
        <PickField
          name="proxy.proxyId"
          label="Proxy"
          description="Admins manage these proxies under Administration > Network."
          find={find}
          initial={stored?.mode === "named" ? [{ value: stored.proxyId, label: stored.proxyName }] : []}
          nothingFound="No matching proxies"
          remark={remarks["proxy.url"] ?? remarks["proxy.username"] ?? remarks["proxy.password"]}
        />
      )}
      {mode === "manual" && (
        <>
          <TextField
            name="proxy.url"
            label="Proxy URL"
            mono
            required
            description="http://host:port"
            remark={remarks["proxy.url"]}
          />
          <div className="grid items-start gap-4 sm:grid-cols-2">
            <TextField name="proxy.username" label="Proxy user" remark={remarks["proxy.username"]} />
            <SecretInput
              name="proxy.password"
              label="Proxy password"
              setAt={stored?.mode === "manual" ? stored.passwordSetAt : null}
              description="Encrypted; never shown again"
              remark={remarks["proxy.password"]}
            />
          </div>
          <HostsField
            name="proxy.bypass"
            label="Hosts without proxy"
            description="Reached directly. One host per line, e.g. *.internal"
          />
        </>
      )}
    </div>
  );
}
