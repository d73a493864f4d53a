import { type PceProblem, problemsOf } from "./error-body";

/** An object that a bulk operation did not do, and why. */
export interface BulkFailure extends PceProblem {
  /** Its href, or its external data reference when it was to be created. */
  readonly item: string;
}

/** One item of the answer to a bulk operation. */
export interface BulkItem {
  readonly href?: string;
  readonly isDone: boolean;
  readonly problem: PceProblem;
}

// source:  REST API guide, "Workload bulk operations"; illumio-py, tests/unit/test_unit_pce.py
// example: [{"href":"/orgs/1/workloads/<uuid>","status":"created"},
//           {"status":"failed","token":"invalid_uri","message":"Invalid URI: {/orgs/1/labels/9}"},
//           {"href":"/orgs/1/workloads/<uuid>","errors":[{"token":"method_not_allowed_error","message":"..."}]}]
/** The items of the answer, in its order; none when it has no array. */
export function readBulkItems(body: unknown): readonly BulkItem[] {
  if (!Array.isArray(body)) return [];
  return body.map((item: unknown) => {
    const { href, status, token, errors } = (item ?? {}) as Readonly<Record<string, unknown>>;
    const hasHref = typeof href === "string";
    // the success of a bulk_delete is not documented: an href without a complaint
    const complains = token !== undefined || (Array.isArray(errors) && errors.length > 0);
    const isStatusGood = status === undefined ? hasHref : /^(created|updated|deleted|success|ok)$/.test(String(status));
    const [problem = {}] = problemsOf(item);
    return { ...(hasHref && { href }), isDone: isStatusGood && !complains, problem };
  });
}

/**
 * Which of the objects asked for failed. The order of the answer is not documented, so none is assumed: a failure that
 * carries an href is that object's, and one without is of those that the answer does not name. When these are several
 * with several reasons, each gets all of them: whose is whose cannot be known.
 */
export function failuresByHref(hrefs: readonly string[], body: unknown): readonly BulkFailure[] {
  const items = readBulkItems(body);
  const asked = new Set(hrefs);
  const failures = new Map<string, PceProblem>();
  const settled = new Set<string>();
  for (const { href, isDone, problem } of items) {
    if (href === undefined || !asked.has(href)) continue;
    settled.add(href);
    if (!isDone) failures.set(href, problem);
  }
  const nameless = items.filter(({ href, isDone }) => !isDone && (href === undefined || !asked.has(href)));
  if (nameless.length > 0) {
    const reason = joint(nameless.map(({ problem }) => problem));
    for (const href of hrefs) if (!settled.has(href)) failures.set(href, reason);
  }
  return [...failures].map(([item, problem]) => ({ item, ...problem }));
}

/** One problem that says what all of these say. */
export function joint(problems: readonly PceProblem[]): PceProblem {
  const tokens = new Set(problems.flatMap(({ token }) => token ?? []));
  const messages = new Set(problems.flatMap(({ message }) => message ?? []));
  return {
    ...(tokens.size > 0 && { token: [...tokens].slice(0, 5).join(", ") }),
    ...(messages.size > 0 && { message: [...messages].slice(0, 5).join("; ") }),
  };
}
