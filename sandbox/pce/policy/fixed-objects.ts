import { Refused } from "../answer";
import { contains, listRoute } from "../objects/listing";
import { invalidUri, notFound } from "../refusals";
import type { Route } from "../router";
import type { World } from "../world";
import { draftHref } from "./policy-store";

/** What every PCE has from the first day: the service that is all services, and the list that is all addresses. */
const FIXED = {
  services: { id: 1, name: "All Services", service_ports: [{ proto: -1 }] },
  ip_lists: {
    id: 1,
    name: "Any (0.0.0.0/0 and ::/0)",
    ip_ranges: [
      { from_ip: "0.0.0.0/0", exclusion: false },
      { from_ip: "::/0", exclusion: false },
    ],
  },
} as const;

type Kind = keyof typeof FIXED;
const KINDS: readonly Kind[] = ["services", "ip_lists"];

/** GET of the services and the IP lists; the stand-in has those only that every PCE has. */
export function fixedRoutes(world: World): Route[] {
  return KINDS.flatMap((kind) =>
    (["draft", "active"] as const).flatMap((version): Route[] => {
      const path = `/orgs/:org/sec_policy/${version}/${kind}`;
      const { id, ...rest } = FIXED[kind];
      const object = { href: path.replace(":org", String(world.orgId)).concat(`/${id}`), ...rest, update_type: null };
      return [
        listRoute<typeof object>(world, {
          path,
          rows: () => [object],
          filters: { name: ({ name }, wanted) => contains(name, wanted) },
          present: (row) => row,
        }),
        {
          method: "GET",
          path: `${path}/:object`,
          handle: ({ parameters }) =>
            parameters["object"] === String(id)
              ? { status: 200, body: object }
              : notFound(`${path.replace(":org", String(world.orgId))}/${parameters["object"] ?? ""}`),
        },
      ];
    }),
  );
}

/** Throws a `Refused` unless the href is that of the one service. */
export function checkService(href: string, world: World): void {
  checkFixed("services", href, world);
}

/** Throws a `Refused` unless the href is that of the one IP list. */
export function checkIpList(href: string, world: World): void {
  checkFixed("ip_lists", href, world);
}

function checkFixed(kind: Kind, href: string, { orgId }: World): void {
  if (draftHref(href) !== `/orgs/${orgId}/sec_policy/draft/${kind}/${FIXED[kind].id}`)
    throw new Refused(invalidUri(href));
}
