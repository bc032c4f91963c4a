// Which module can import which. scripts/boundaries.test.ts proves that each rule fires.
const test = "\\.test\\.tsx?$";

/** The modules of lib. A module imports only modules above it in this list, so no two import each other. */
export const modules = [
  // platform
  "platform/errors",
  "platform/definitions",
  "platform/env",
  "platform/log",
  "platform/redaction",
  "platform/background",
  "platform/threads",
  "platform/db",
  "platform/audit",
  "platform/certificates",
  "platform/crypto",
  "platform/edges",
  "platform/jobs",
  "platform/keys",
  "platform/migrations",
  "platform/metrics",
  "platform/header-values",
  "platform/net",
  "platform/retention",
  "platform/tracing",
  // access
  "access/permissions",
  "access/sessions",
  "access/second-factor",
  "access/accounts",
  "access/api-keys",
  "access/nodes",
  // oauth
  "oauth/client-authentication",
  "oauth/grants",
  "oauth/explanations",
  "oauth/network",
  "oauth/credentials",
  "oauth/catalog",
  "oauth/credential-edits",
  "oauth/rotation",
  "oauth/credential-lists",
  "oauth/providers",
  "oauth/tokens",
  "oauth/sign-in",
  // delivery
  "delivery/soap",
  "delivery/transports",
  "delivery/transport-edits",
  "delivery/runs",
  "delivery/connection-check",
  "delivery/requests",
  "delivery/wsdls",
  "delivery/queue",
  "delivery/triggers",
  "delivery/trigger-edits",
  "delivery/firing",
  "delivery/schedules",
  "delivery/webhooks",
  // oversight
  "oversight/alerts",
  "oversight/audit-log",
  "oversight/rollups",
  "oversight/dashboards",
  "oversight/retention",
  "oversight/reviews",
  // the edges
  "web",
  "api",
];

/** What a module never imports: the modules below it. */
const order = modules.slice(0, -1).map((module, index) => ({
  name: `order-of-${module.replace("/", "-")}`,
  comment: `lib/${module} imports only modules above it in the list of .dependency-cruiser.mjs`,
  severity: "error",
  from: { path: `^lib/${module}/`, pathNot: test },
  to: { path: `^lib/(${modules.slice(index + 1).join("|")})/` },
}));

/** The modules of app that several pages use, in the same order. Pages, which are in folders of `(workbench)`, come last. */
export const appModules = [
  "_ui",
  "_shared/lists",
  "_shared/options",
  "_shared/credentials",
  "_shared/transports",
  "_shared/accounts",
  "_shared/runs",
  "(workbench)/_overview",
  "(workbench)/_tree",
  "(workbench)/_components",
];

const escapePath = (path) => path.replace(/[()]/g, "\\$&");
const page = "\\(workbench\\)/([^_/][^/]*)";
const appOrder = appModules.map((module, index) => ({
  name: `order-of-app-${module}`,
  comment: `app/${module} imports only modules above it in the list of .dependency-cruiser.mjs, and no pages`,
  severity: "error",
  from: { path: `^app/${escapePath(module)}/`, pathNot: test },
  to: { path: `^app/(${[...appModules.slice(index + 1).map(escapePath), page].join("|")})/` },
}));

export default {
  forbidden: [
    {
      name: "no-cycles",
      comment: "A file that needs itself through others can't be understood, tested, or moved alone",
      severity: "error",
      from: { path: "^(app|lib|drizzle|sandbox|scripts|server\\.ts)" },
      to: { circular: true },
    },
    {
      name: "resolvable",
      comment: "An import that isn't resolved isn't checked either",
      severity: "error",
      from: { path: "^(app|lib|drizzle|sandbox|scripts|server\\.ts)" },
      to: { couldNotResolve: true, pathNot: "^(\\.next/|node:)" },
    },
    ...order,
    {
      name: "listed-modules",
      comment: "Every file of lib, except the worker's entry point, belongs to a module in the list",
      severity: "error",
      from: { path: "^(app|lib|scripts|server\\.ts)" },
      to: { path: "^lib/", pathNot: `^lib/((${modules.join("|")})/|worker\\.ts$)` },
    },
    {
      name: "private-subfolders",
      comment: "The top-level files of a module are public; its subfolders are private",
      severity: "error",
      from: { path: "^lib/([^/]+/[^/]+)/", pathNot: test },
      to: { path: "^lib/(platform|access|oauth|delivery|oversight)/[^/]+/[^/]+/", pathNot: "^lib/$1/" },
    },
    {
      name: "private-subfolders-from-outside",
      comment: "The top-level files of a module are public; its subfolders are private",
      severity: "error",
      from: { path: "^(app|drizzle|sandbox|scripts|server\\.ts|lib/(web|api)/|lib/worker\\.ts)", pathNot: test },
      to: { path: "^lib/(platform|access|oauth|delivery|oversight)/[^/]+/[^/]+/" },
    },
    ...appOrder,
    {
      name: "listed-app-modules",
      comment: "Every folder of app/_shared is a module in the list",
      severity: "error",
      from: { path: "^app/" },
      to: { path: "^app/_shared/", pathNot: `^app/(${appModules.map(escapePath).join("|")})/` },
    },
    {
      name: "pages-know-no-other-pages",
      comment: "What several pages show is in app/_shared, or in app/_ui if it isn't about Sallyport",
      severity: "error",
      from: { path: `^app/${page}/`, pathNot: test },
      to: { path: `^app/${page}/`, pathNot: "^app/\\(workbench\\)/$1/" },
    },
    {
      name: "next-stays-at-the-edge",
      comment: "The worker, benches, and tests run the rest of lib under plain Node",
      severity: "error",
      from: { path: "^lib/", pathNot: [test, "^lib/web/", "^lib/access/accounts/next-auth\\.ts$"] },
      to: { path: "(^|/)node_modules/(next|next-auth|react|react-dom)/" },
    },
    {
      name: "msal-in-one-file",
      severity: "error",
      from: { path: "^(app|lib|server\\.ts)", pathNot: [test, "^lib/oauth/tokens/request/entra\\.ts$"] },
      to: { path: "(^|/)node_modules/@azure/msal-node/" },
    },
    {
      name: "openid-client-in-one-file",
      severity: "error",
      from: { path: "^(app|lib|server\\.ts)", pathNot: [test, "^lib/oauth/tokens/request/generic\\.ts$"] },
      to: { path: "(^|/)node_modules/openid-client/" },
    },
    {
      name: "pg-boss-in-one-folder",
      severity: "error",
      from: { path: "^(app|lib|server\\.ts)", pathNot: [test, "^lib/platform/jobs/"] },
      to: { path: "(^|/)node_modules/pg-boss/" },
    },
    {
      name: "nodemailer-in-one-file",
      severity: "error",
      from: { path: "^(app|lib|server\\.ts)", pathNot: [test, "^lib/platform/net/send-mail\\.ts$"] },
      to: { path: "(^|/)node_modules/nodemailer/" },
    },
    {
      name: "one-way-out",
      comment:
        "lib/platform/net opens all connections, after it checks the egress policy; metrics/listen.ts only listens",
      severity: "error",
      from: {
        path: "^(app|lib)/",
        pathNot: [test, "^lib/platform/net/", "^lib/platform/metrics/listen\\.ts$"],
      },
      to: {
        path: "(^|/)node_modules/undici/|^(node:)?(http|https|http2|net|tls|dgram)$",
        dependencyTypesNot: ["type-only"],
      },
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
      comment: "A use-case checks the permission; a store doesn't",
      severity: "error",
      from: { path: "^(app/|lib/(web|api)/)", pathNot: test },
      to: { path: "^lib/.+/store\\.ts$", dependencyTypesNot: ["type-only"] },
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
