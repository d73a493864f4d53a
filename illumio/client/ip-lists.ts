import { activeHref, checkHref, draftHref, readHref } from "./hrefs";
import type { PceRequests } from "./pce-requests";
import { Fields, present } from "./wire";

/** Addresses of an IP list: an address, a network in CIDR notation, or all from one address to another. */
export interface IpRange {
  readonly from: string;
  readonly to?: string;
  /** True: these are not in the list, whatever other ranges say. */
  readonly isExcluded: boolean;
}

/** An IP list as the PCE has it. */
export interface IpList {
  readonly href: string;
  readonly name: string;
  readonly ranges: readonly IpRange[];
  /** Names in it, which only agents resolve. */
  readonly fqdns: readonly string[];
}

/** The IP lists of an organisation, which others make. */
export class IpLists {
  readonly #pce: PceRequests;

  constructor(pce: PceRequests) {
    this.#pce = pce;
  }

  /** What is active of it, by the href of either version; undefined when nothing is. */
  getActive(href: string): Promise<IpList | undefined> {
    const active = checkHref(activeHref(draftHref(href)), "active IP list", this.#pce.org);
    return this.#pce.get(`the IP list ${active}`, active, readIpList);
  }
}

// source:  Core REST API, sec_policy ip_lists; terraform-provider-illumio-core, models/ip_list.go
// example: {"href":"/orgs/1/sec_policy/active/ip_lists/7","name":"offices","ip_ranges":[{"from_ip":"10.0.0.0/8"},
//          {"from_ip":"10.9.0.1","to_ip":"10.9.0.9","exclusion":true}],"fqdns":[{"fqdn":"*.example.com"}]}
function readIpList(body: unknown): IpList {
  const fields = new Fields(body, "an IP list");
  return {
    href: readHref(fields, "active IP list"),
    name: fields.requiredText("name"),
    ranges: fields.items("ip_ranges", readIpRange),
    fqdns: fields.items("fqdns", (item) => new Fields(item, "a name of an IP list").requiredText("fqdn")),
  };
}

function readIpRange(item: unknown): IpRange {
  const fields = new Fields(item, "a range of an IP list");
  return present({
    from: fields.requiredText("from_ip"),
    to: fields.text("to_ip"),
    isExcluded: fields.flag("exclusion") === true,
  });
}
