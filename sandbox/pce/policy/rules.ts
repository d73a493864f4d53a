import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import { Refused } from "../answer";
import { changeStamps, stamps } from "../objects/fields";
import { readFitting } from "../objects/json-body";
import { contains, externalFilters, listRoute } from "../objects/listing";
import { inputValidation, invalidUri, notAcceptable, notFound } from "../refusals";
import type { PceRequest, Route } from "../router";
import type { World } from "../world";
import { checkIpList, checkService } from "./fixed-objects";
import { asActive, changeable } from "./policy-routes";
import { type Actor, newRule, RULE_DEFAULTS, type Rule, type RuleSet, ruleChange } from "./rule-set";

/** The rules of rule sets. A change of a rule makes its rule set pending, and goes live with it. */
export function ruleRoutes(world: World): Route[] {
  const path = "/orgs/:org/sec_policy/draft/rule_sets/:ruleSet/sec_rules";
  return [
    ...readRoutes(world, "draft"),
    ...readRoutes(world, "active"),
    {
      method: "POST",
      path,
      handle(request) {
        const ruleSet = ruleSetOf(world, request);
        const wanted = readFitting(request, newRule, "sec_policy_rule_sets_sec_rules_post", world.behaviour);
        const rule = newRuleOf(world, ruleSet.href, wanted);
        changeRules(world, ruleSet, [...ruleSet.rules, rule]);
        return { status: 201, body: rule };
      },
    },
    {
      method: "PUT",
      path: `${path}/:rule`,
      handle(request) {
        const ruleSet = ruleSetOf(world, request);
        const rule = ruleOf(ruleSet, request);
        const change = readFitting(request, ruleChange, "sec_policy_rule_sets_sec_rules_put", world.behaviour);
        const after = { ...rule, ...change } as Rule;
        check(world, after);
        if (world.behaviour.idlePut === "unchanged" && isDeepStrictEqual(after, rule)) return { status: 204 };
        const changed: Rule = { ...after, ...changeStamps(world), update_type: rule.update_type ?? "update" };
        changeRules(
          world,
          ruleSet,
          ruleSet.rules.map((other) => (other === rule ? changed : other)),
        );
        return { status: 204 };
      },
    },
    {
      method: "DELETE",
      path: `${path}/:rule`,
      handle(request) {
        const ruleSet = ruleSetOf(world, request);
        const rule = ruleOf(ruleSet, request);
        const rules = ruleSet.rules.flatMap((other): Rule[] => {
          if (other !== rule) return [other];
          return rule.update_type === "create" ? [] : [{ ...rule, update_type: "delete" }];
        });
        changeRules(world, ruleSet, rules);
        return { status: 204 };
      },
    },
  ];
}

/** A rule for a rule set; throws a `Refused` when it cannot be one. */
export function newRuleOf(world: World, ruleSet: string, wanted: z.output<typeof newRule>): Rule {
  const rule = {
    href: `${ruleSet}/sec_rules/${world.nextId()}`,
    ...RULE_DEFAULTS,
    ...wanted,
    ...stamps(world),
    update_type: "create",
  } as Rule;
  check(world, rule);
  return rule;
}

/** The rule set as it goes live: deleted rules gone, no rule pending. */
export function withRulesLive(ruleSet: RuleSet): RuleSet {
  const rules = ruleSet.rules.filter(({ update_type }) => update_type !== "delete");
  return { ...ruleSet, rules: rules.map((rule) => ({ ...rule, update_type: null })) };
}

function readRoutes(world: World, version: "draft" | "active"): Route[] {
  const path = `/orgs/:org/sec_policy/${version}/rule_sets/:ruleSet/sec_rules`;
  const rulesOf = (request: PceRequest) => {
    const object = world.ruleSets.get(ruleSetHref(world, request))?.[version];
    if (object === undefined) throw new Refused(notFound(ruleSetHref(world, request)));
    return object.rules;
  };
  const shown = (rule: Rule) => (version === "draft" ? rule : asActive(rule));
  return [
    listRoute<Rule>(world, {
      path,
      rows: rulesOf,
      filters: { description: ({ description }, wanted) => contains(description, wanted), ...externalFilters(world) },
      present: shown,
    }),
    {
      method: "GET",
      path: `${path}/:rule`,
      handle(request) {
        const href = ruleHref(world, request);
        const rule = rulesOf(request).find((other) => other.href === href);
        return rule === undefined ? notFound(href) : { status: 200, body: shown(rule) };
      },
    },
  ];
}

function ruleSetHref(world: World, { parameters }: PceRequest): string {
  return `/orgs/${world.orgId}/sec_policy/draft/rule_sets/${parameters["ruleSet"] ?? ""}`;
}

function ruleHref(world: World, request: PceRequest): string {
  return `${ruleSetHref(world, request)}/sec_rules/${request.parameters["rule"] ?? ""}`;
}

function ruleSetOf(world: World, request: PceRequest): RuleSet {
  const href = ruleSetHref(world, request);
  return changeable(world.ruleSets, href, notFound(href));
}

function ruleOf(ruleSet: RuleSet, { parameters }: PceRequest): Rule {
  const href = `${ruleSet.href}/sec_rules/${parameters["rule"] ?? ""}`;
  const rule = ruleSet.rules.find((other) => other.href === href);
  if (rule === undefined) throw new Refused(notFound(href));
  if (rule.update_type === "delete") throw new Refused(notAcceptable("The deletion of this rule is pending"));
  return rule;
}

function changeRules(world: World, ruleSet: RuleSet, rules: readonly Rule[]): void {
  world.ruleSets.change({ ...ruleSet, rules, ...changeStamps(world) });
}

function check(world: World, { providers, consumers, ingress_services, resolve_labels_as }: Rule): void {
  for (const provider of providers) checkActor(world, provider);
  for (const consumer of consumers) {
    if (consumer.virtual_server !== undefined) {
      throw new Refused(inputValidation("A virtual server may be a provider only, got it as a consumer"));
    }
    checkActor(world, consumer);
  }
  for (const { href } of ingress_services) if (href !== undefined) checkService(href, world);

  const byWorkloads = resolve_labels_as.providers.includes("workloads");
  if (!byWorkloads && ingress_services.length > 0) {
    throw new Refused(
      inputValidation("ingress_services must be empty where providers resolve as virtual_services only"),
    );
  }
  if (byWorkloads && ingress_services.length === 0) {
    throw new Refused(inputValidation("ingress_services must not be empty where providers resolve as workloads"));
  }
  const direct = providers.some(({ virtual_service }) => virtual_service !== undefined);
  const resolvesThem = resolve_labels_as.providers.includes("virtual_services");
  if (direct && !resolvesThem && world.behaviour.virtualServiceProvider === "resolved-as-virtual-service") {
    throw new Refused(inputValidation("resolve_labels_as.providers must name virtual_services for a virtual service"));
  }
}

function checkActor(
  world: World,
  { label, label_group, workload, virtual_service, virtual_server, ip_list }: Actor,
): void {
  // the stand-in has no label groups and no virtual servers
  const unknown = label_group ?? virtual_server;
  if (unknown !== undefined) throw new Refused(invalidUri(unknown.href));
  if (label !== undefined && world.labels.alive(label.href) === undefined) throw new Refused(invalidUri(label.href));
  if (workload !== undefined && world.workloads.alive(workload.href) === undefined) {
    throw new Refused(invalidUri(workload.href));
  }
  if (ip_list !== undefined) checkIpList(ip_list.href, world);
  if (virtual_service === undefined) return;
  const { href } = virtual_service;
  // a draft rule names drafts
  const object = href.includes("/sec_policy/draft/") ? world.virtualServices.get(href) : undefined;
  if (object === undefined || object.change === "delete") throw new Refused(invalidUri(href));
}
