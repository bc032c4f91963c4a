// The direction of imports, as docs and readers rely on it: left may import right.
//   app → lib/web, lib/api → wsdls → triggers → runs → tokens, transports;  tokens → credentials → proxies → net;
//   lib/web, lib/api → doctor → runs, tokens, transports;  triggers → schedules, webhooks, which know nobody;  profiles → tokens;  transports → proxies → net;  transports, runs, triggers → soap, which knows nobody;
//   keys → tokens, transports;  lib/web, lib/api → identity;  audit, certificates, crypto, db, jobs, metrics, tracing, errors, env, log serve everyone.
// scripts/boundaries.test.ts proves that each rule fires. Types may be imported against the direction: they are gone at run time.
const test = "\\.test\\.tsx?$";
const layers = [
  "net",
  "proxies",
  "credentials",
  "tokens",
  "profiles",
  "soap",
  "schedules",
  "webhooks",
  "transports",
  "runs",
  "doctor",
  "triggers",
  "wsdls",
  "keys",
  "retention",
  "rollups",
  "dashboards",
  "reviews",
  "alerts",
];
const code = { dependencyTypesNot: ["type-only"] };
const edges = ["web", "api"];
const allowed = {
  net: [],
  proxies: ["net"],
  credentials: ["net", "proxies"],
  tokens: ["net", "proxies", "credentials"],
  profiles: ["net", "proxies", "credentials", "tokens"],
  soap: [],
  schedules: [],
  webhooks: [],
  transports: ["net", "proxies", "soap"],
  runs: ["net", "proxies", "credentials", "tokens", "profiles", "soap", "transports"],
  doctor: ["net", "proxies", "credentials", "tokens", "transports", "runs"],
  triggers: [
    "net",
    "proxies",
    "credentials",
    "tokens",
    "profiles",
    "soap",
    "schedules",
    "webhooks",
    "transports",
    "runs",
  ],
  wsdls: [
    "net",
    "proxies",
    "credentials",
    "tokens",
    "profiles",
    "soap",
    "schedules",
    "webhooks",
    "transports",
    "runs",
    "triggers",
  ],
  retention: [],
  rollups: [],
  dashboards: ["rollups", "credentials", "transports", "net", "proxies", "soap"],
  reviews: ["dashboards"],
  alerts: ["net", "credentials", "tokens", "transports"],
  keys: ["net", "proxies", "credentials", "tokens", "profiles", "soap", "webhooks", "transports"],
};

/** One rule per layer: what it may not reach. Tests may, they put things together. */
const direction = layers.map((layer) => ({
  name: `direction-of-${layer}`,
  comment: `lib/${layer} may import ${allowed[layer].map((name) => `lib/${name}`).join(", ") || "no other feature"}`,
  severity: "error",
  from: { path: `^lib/${layer}/`, pathNot: test },
  to: {
    path: `^lib/(${[...layers.filter((name) => name !== layer && !allowed[layer].includes(name)), ...edges].join("|")})/`,
    ...code,
  },
}));

export default {
  forbidden: [
    {
      name: "no-cycles",
      comment: "A file that needs itself through others can't be understood, tested or moved alone",
      severity: "error",
      from: { path: "^(app|lib|drizzle|sandbox|scripts|server\\.ts)" },
      to: { circular: true, viaOnly: code },
    },
    {
      name: "resolvable",
      comment: "An import that is not resolved is not checked either",
      severity: "error",
      from: { path: "^(app|lib|drizzle|sandbox|scripts|server\\.ts)" },
      to: { couldNotResolve: true, pathNot: "^(\\.next/|node:)" },
    },
    ...direction,
    {
      name: "ground-knows-no-feature",
      comment:
        "What everyone uses knows nobody but who acts and what they may (identity/context, identity/permissions)",
      severity: "error",
      from: {
        path: "^lib/((audit|certificates|crypto|db|jobs|metrics|tracing)/|[^/]+\\.ts$)",
        pathNot: [test, "^lib/worker\\.ts$"],
      },
      to: { path: `^lib/(${[...layers, ...edges, "nodes"].join("|")})/`, ...code },
    },
    {
      name: "identity-knows-no-feature",
      severity: "error",
      from: { path: "^lib/(identity|nodes)/", pathNot: test },
      to: { path: `^lib/(${[...layers, ...edges].join("|")})/`, ...code },
    },
    {
      name: "next-stays-at-the-edge",
      comment: "Worker, benches and tests run the rest of lib under plain Node",
      severity: "error",
      from: { path: "^lib/", pathNot: [test, "^lib/web/", "^lib/identity/(next-auth|session)\\.ts$"] },
      to: { path: "(^|/)node_modules/(next|next-auth|react|react-dom)/" },
    },
    {
      name: "msal-in-one-file",
      severity: "error",
      from: { path: "^(app|lib|server\\.ts)", pathNot: [test, "^lib/tokens/entra\\.ts$"] },
      to: { path: "(^|/)node_modules/@azure/msal-node/" },
    },
    {
      name: "openid-client-in-one-file",
      severity: "error",
      from: { path: "^(app|lib|server\\.ts)", pathNot: [test, "^lib/tokens/generic\\.ts$"] },
      to: { path: "(^|/)node_modules/openid-client/" },
    },
    {
      name: "pg-boss-in-one-folder",
      severity: "error",
      from: { path: "^(app|lib|server\\.ts)", pathNot: [test, "^lib/jobs/"] },
      to: { path: "(^|/)node_modules/pg-boss/" },
    },
    {
      name: "nodemailer-in-one-file",
      severity: "error",
      from: { path: "^(app|lib|server\\.ts)", pathNot: [test, "^lib/net/send-mail\\.ts$"] },
      to: { path: "(^|/)node_modules/nodemailer/" },
    },
    {
      name: "one-way-out",
      comment:
        "Everything that is dialled is dialled by lib/net, which asks the egress policy; lib/metrics/listen.ts only listens",
      severity: "error",
      from: { path: "^(app|lib)/", pathNot: [test, "^lib/net/", "^lib/metrics/listen\\.ts$"] },
      to: { path: "(^|/)node_modules/undici/|^(node:)?(http|https|http2|net|tls|dgram)$", ...code },
    },
    {
      name: "product-knows-no-scripts",
      comment: "scripts and sandbox use the product, never the other way round",
      severity: "error",
      from: { path: "^(app|lib|drizzle|server\\.ts)", pathNot: test },
      to: { path: "^(scripts|sandbox|bench|e2e)/" },
    },
    {
      name: "lib-knows-no-app",
      severity: "error",
      from: { path: "^(lib|drizzle)/" },
      to: { path: "^(app/|server\\.ts)" },
    },
    {
      name: "pages-go-through-use-cases",
      comment: "A use-case checks the permission; a store does not",
      severity: "error",
      from: { path: "^(app/|lib/(web|api)/)", pathNot: test },
      to: { path: "^lib/[^/]+/store\\.ts$", ...code },
    },
  ],
  options: {
    parser: "swc",
    doNotFollow: { path: "(^|/)node_modules/" },
    exclude: { path: "^(\\.next|node_modules/\\.cache)/" },
    // #lib/… are subpath imports of package.json: Node's own resolution.
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["node", "import", "require", "default", "types"],
      extensions: [".ts", ".tsx", ".mts", ".mjs", ".js", ".json", ".d.ts", ".css"],
    },
  },
};
