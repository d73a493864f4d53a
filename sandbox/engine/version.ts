/**
 * The oldest engine that is used. It is the version of `@pulumi/pulumi` in package.json: an engine older than its SDK is not a
 * pair that anyone tests. (What the sandbox itself needs came earlier: 3.181 destroys inline programs, and `type: object` in
 * the config schema of Pulumi.yaml followed in the summer of 2025.)
 */
export const MINIMUM_ENGINE_VERSION = "3.248.0";

/** The engine that is built when none can be had otherwise; the `go.mod` in `build/` requires the same one. */
export const BUILT_ENGINE_VERSION = "3.259.0";

/**
 * The `major.minor.patch` in what a tool prints about itself ("v3.259.0\n", "go version go1.26.8 linux/amd64"), missing parts
 * as 0; undefined when there is none. What follows the numbers ("-alpha.1") is ignored.
 */
export function findVersion(text: string): string | undefined {
  const match = /(?<![\d.])(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);

  return match ? `${match[1]}.${match[2]}.${match[3] ?? "0"}` : undefined;
}

/** Negative when `a` is older than `b`, 0 when they are the same, positive when it is newer; both as `findVersion` gives them. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  const index = left.findIndex((part, position) => part !== right[position]);

  return index === -1 ? 0 : (left[index] ?? 0) - (right[index] ?? 0);
}

/** Whether this engine speaks to our SDK: not older than the minimum, and of the same major version. */
export function isUsable(version: string): boolean {
  const major = (text: string) => text.split(".")[0];

  return major(version) === major(MINIMUM_ENGINE_VERSION) && compareVersions(version, MINIMUM_ENGINE_VERSION) >= 0;
}
