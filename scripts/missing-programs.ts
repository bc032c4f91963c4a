import { existsSync } from "node:fs";
import { hasPhpSoap } from "./php.ts";
import { findMissingPrograms } from "./programs.ts";

/** How packages can be had on a machine: root installs them, others unpack them where there is apt, else people do it. */
export type PackageWay = "install" | "unpack" | "none";

export function findPackageWay(): PackageWay {
  if (process.platform !== "linux" || !existsSync("/usr/bin/apt-get")) return "none";
  return process.getuid?.() === 0 ? "install" : "unpack";
}

/**
 * What `npm test` says at its beginning of the programs of Debian that its tests run for real: which are not there, what is done about
 * it, and what people can do.
 * @param missing names of programs, which are those of the packages.
 * @returns lines; none when all is there.
 */
export function describeMissingPrograms(missing: readonly string[], hasPhp: boolean, way: PackageWay): string[] {
  const lines: string[] = [];
  if (missing.length > 0) {
    lines.push(
      `Not on this machine, and tests run against ${missing.length === 1 ? "it" : "them"}: ${missing.join(", ")}.`,
    );
    lines.push(
      {
        install: "They are installed now with apt-get. Where that fails, their tests fail, each saying so.",
        unpack:
          "You are not root, so Debian's packages are unpacked in .test/programs, for these tests only. Where that fails, their tests fail, each saying so.",
        none: "There is no apt-get here, so their tests will fail, each saying so. Install them as this system does it.",
      }[way],
    );
  }
  if (!hasPhp && way !== "install") {
    lines.push(
      "PHP with its SOAP extension is not on this machine, and only root can get it: the tests against it are left out.",
    );
  }
  if (lines.length > 0 && way !== "install") {
    lines.push(adviseInstall([...missing, ...(hasPhp ? [] : ["php-cli", "php-soap"])]));
  }
  return lines;
}

const adviseInstall = (packages: readonly string[]) =>
  `To have them, as root on Debian: apt-get install --no-install-recommends ${packages.join(" ")}`;

/** What is said of this machine at the beginning. */
export const describeThisMachine = () => describeMissingPrograms(findMissingPrograms(), hasPhpSoap(), findPackageWay());

/** What is said at the end, when programs could not be had. */
export function describeStillMissing(): string[] {
  const missing = findMissingPrograms();
  if (missing.length === 0) return [];
  return [`Tests failed since these are not on this machine: ${missing.join(", ")}.`, adviseInstall(missing)];
}
