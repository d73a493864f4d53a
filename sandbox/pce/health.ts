import { notFound } from "./refusals";
import type { Route } from "./router";
import type { World } from "./world";

const PRODUCT = {
  version: "24.2.0",
  build: 1,
  long_display: "24.2.0-1",
  short_display: "24.2.0",
  release_info: "stand-in",
};

/** What says that the PCE is there: `node_available` needs no key; only one on premises has it, and `health`. */
export function healthRoutes({ behaviour }: World): Route[] {
  const onPremises = (path: string, body: unknown) =>
    behaviour.hosting === "on-premises" ? { status: 200, body } : notFound(`/api/v2${path}`);
  return [
    { method: "GET", path: "/health", handle: () => onPremises("/health", [{ status: "normal", type: "standalone" }]) },
    { method: "GET", path: "/node_available", handle: () => onPremises("/node_available", undefined) },
    { method: "GET", path: "/product_version", handle: () => ({ status: 200, body: PRODUCT }) },
  ];
}
