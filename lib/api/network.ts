import {
  createAuthority,
  deleteAuthority,
  getAuthority,
  listAuthorities,
  updateAuthority,
} from "#lib/oauth/network/authorities.ts";
import { authorityDetail, authoritySummary, proxyDetail, proxySummary } from "#lib/oauth/network/definition.ts";
import { createProxy, deleteProxy, getProxy, listProxies, updateProxy } from "#lib/oauth/network/proxies.ts";
import {
  authorityInput,
  authorityQuery,
  authorityUpdate,
  proxyInput,
  proxyQuery,
  proxyUpdate,
} from "#lib/oauth/network/schema.ts";
import { pageOf } from "./answers.ts";
import { defineEndpoint } from "./endpoint.ts";
import { named } from "./openapi.ts";

const proxy = named("Proxy", proxyDetail);
const authority = named("CertificateAuthority", authorityDetail);

const tag = "Network";
const read = { tag, permission: "network.read" } as const;
const write = { tag, permission: "network.write" } as const;
const effect = "It applies to the next run and token request of everything that uses it.";

export const networkEndpoints = [
  defineEndpoint({
    ...read,
    method: "get",
    path: "/proxies",
    summary: "List proxies",
    query: proxyQuery,
    answer: pageOf(named("ProxySummary", proxySummary)),
    run: (ctx, { query }) => listProxies(ctx, query),
  }),
  defineEndpoint({
    ...write,
    method: "post",
    path: "/proxies",
    summary: "Create a proxy",
    description: 'Transports and credentials select it with `"proxy": {"mode": "named", "proxyId": "…"}`.',
    body: named("ProxyInput", proxyInput),
    example: { name: "Plant proxy", url: "http://proxy.example.com:3128", bypass: ["*.internal"] },
    answer: proxy,
    status: 201,
    problems: ["name_taken", "conflict"],
    run: (ctx, { body }) => createProxy(ctx, body),
  }),
  defineEndpoint({
    ...read,
    method: "get",
    path: "/proxies/{id}",
    summary: "Read a proxy",
    description: "The password is write-only: `passwordSetAt` shows when it was set.",
    answer: proxy,
    run: (ctx, input) => getProxy(ctx, input.id),
  }),
  defineEndpoint({
    ...write,
    method: "patch",
    path: "/proxies/{id}",
    summary: "Change a proxy",
    description: effect,
    body: named("ProxyUpdate", proxyUpdate),
    example: { version: 1, bypass: ["*.internal", "10.0.0.0/8"] },
    answer: proxy,
    problems: ["stale_version", "name_taken", "secret_unreadable"],
    run: (ctx, { id, body }) => updateProxy(ctx, id, body),
  }),
  defineEndpoint({
    ...write,
    method: "delete",
    path: "/proxies/{id}",
    summary: "Delete a proxy",
    problems: ["in_use"],
    run: (ctx, input) => deleteProxy(ctx, input.id),
  }),
  defineEndpoint({
    ...read,
    method: "get",
    path: "/certificate-authorities",
    summary: "List certificate authorities",
    query: authorityQuery,
    answer: pageOf(named("CertificateAuthoritySummary", authoritySummary)),
    run: (ctx, { query }) => listAuthorities(ctx, query),
  }),
  defineEndpoint({
    ...write,
    method: "post",
    path: "/certificate-authorities",
    summary: "Create a certificate authority",
    description: "Transports and credentials select it with `trustedCaId`.",
    body: named("CertificateAuthorityInput", authorityInput),
    example: { name: "Plant CA", certificates: "-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----" },
    answer: authority,
    status: 201,
    problems: ["name_taken", "conflict"],
    run: (ctx, { body }) => createAuthority(ctx, body),
  }),
  defineEndpoint({
    ...read,
    method: "get",
    path: "/certificate-authorities/{id}",
    summary: "Read a certificate authority",
    answer: authority,
    run: (ctx, input) => getAuthority(ctx, input.id),
  }),
  defineEndpoint({
    ...write,
    method: "patch",
    path: "/certificate-authorities/{id}",
    summary: "Change a certificate authority",
    description: effect,
    body: named("CertificateAuthorityUpdate", authorityUpdate),
    example: { version: 1, name: "Plant CA 2027" },
    answer: authority,
    problems: ["stale_version", "name_taken", "secret_unreadable"],
    run: (ctx, { id, body }) => updateAuthority(ctx, id, body),
  }),
  defineEndpoint({
    ...write,
    method: "delete",
    path: "/certificate-authorities/{id}",
    summary: "Delete a certificate authority",
    problems: ["in_use"],
    run: (ctx, input) => deleteAuthority(ctx, input.id),
  }),
];
