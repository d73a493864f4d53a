import type { Refusal } from "./answer";

/** 406 of a request that makes no sense in the state that the PCE is in. */
export function notAcceptable(message: string): Refusal {
  return { status: 406, token: "not_acceptable_error", message };
}

/**
 * 406 of a body or a query that does not fit its schema.
 *
 * example: Input validation failed. Details: {The property '#/ip_tables_rules' of type null did not match the following
 *          type: array in schema sec_policy_rule_sets_put.schema.json}
 */
export function inputValidation(details: string): Refusal {
  return { status: 406, token: "input_validation_error", message: `Input validation failed. Details: {${details}}` };
}

/** 406 of a body that names an object that is not there, or is not provisioned. */
export function invalidUri(href: string): Refusal {
  return { status: 406, token: "invalid_uri", message: `Invalid URI: {${href}}` };
}

/** 404 of a path that could name an object and names none. */
export function notFound(href: string): Refusal {
  return { status: 404, token: "not_found_error", message: `Nothing is at ${href}` };
}
