/**
 * Every point that no public source settles, with each answer that a PCE may give; the first is the default, and where
 * the sources lean nowhere it is the stricter one. A client must be right under all of them.
 */
export const SWITCHES = {
  /** How an error body is wrapped. */
  errorShape: ["array", "object", "error-key"],
  /** Whether a 429 of the rate limit has a `Retry-After` header. */
  sendRetryAfter: [true, false],
  /** What happens to an upload of flows above its limit of lines. */
  aboveMaxLines: ["reject", "accept"],
  /** What happens to flows sent as `application/json`; every other type, and none, is taken as CSV. */
  jsonContentType: ["reject", "accept"],
  /** What `failed_flows` holds when lines failed: the lines, a null for each, or no such key. */
  failedFlows: ["lines", "nulls", "absent"],
  /** What happens to properties and query parameters that a schema does not name. */
  unknownProperties: ["reject", "ignore"],
  /** What `X-Total-Count` counts when the GET has filters. */
  totalCount: ["unfiltered", "filtered"],
  /** Whether a `max_results` above 500 gives more than 500 rows at once. */
  maxResults: ["capped", "honoured"],
  /** Where a job's result is: in a data file of the organisation, or below the job. */
  jobResult: ["data-file", "below-job"],
  /** How a job that has ended says so: `done` and an object with the result's href, or `completed` and the href alone. */
  jobEnd: ["done", "completed"],
  /** How `external_data_set` and `external_data_reference` filter. */
  externalFilter: ["exact", "partial"],
  /** Whether two objects of a collection may have the same external data set and reference. */
  externalReference: ["unique", "free"],
  /** How a second object of a name that must be unique (a label, a rule set) is refused. */
  duplicateName: ["not-acceptable", "already-exists", "conflict"],
  /** Whether `web` is the same label as `Web`. */
  labelCase: ["insensitive", "sensitive"],
  /** What happens to the deletion of what something else still names: a label, a bound workload, a virtual service. */
  deleteReferenced: ["refuse", "allow"],
  /** How a second DELETE of a workload is answered; of a label it is known to be 406. */
  workloadDeletedAgain: ["already-deleted", "not-found"],
  /** What a GET of a deleted label or workload gives: the object with `deleted: true`, or 404. */
  readDeleted: ["object", "not-found"],
  /** What the labels of a workload hold unless `representation=workload_labels`: hrefs, or keys and values too. */
  workloadLabels: ["href", "expanded"],
  /** The status of an answer of a bulk operation. */
  bulkStatus: [200, 201, 207],
  /** The order of the items in a bulk operation's answer. */
  bulkOrder: ["request", "reversed"],
  /** The `status` of an item that failed. */
  bulkFailedStatus: ["failed", "validation_failure"],
  /** What `bulk_delete` says of an item that it deleted: href and status, href alone, or nothing. */
  bulkDeleted: ["status", "href", "absent"],
  /** What happens to the draft of an object that was never provisioned when it is deleted. */
  deleteUnprovisioned: ["gone", "pending"],
  /** Whether a PUT that changes nothing makes a draft pending. */
  idlePut: ["pending", "unchanged"],
  /** Whether policy is active when the provisioning is answered, or some time after. */
  provisioning: ["at-once", "eventual"],
  /** The status of an answer to POST sec_policy. */
  provisionStatus: [201, 200, 202],
  /** What `object_counts` of a policy version is. */
  objectCounts: ["by-type", "number"],
  /** How POST sec_policy/draft/dependencies lists what is missing. */
  dependenciesShape: ["by-type", "list"],
  /** Whether a virtual service as a provider needs `resolve_labels_as.providers` to name virtual services. */
  virtualServiceProvider: ["resolved-as-virtual-service", "any"],
  /** The status of an answer to POST service_bindings. */
  bindingStatus: [201, 200],
  /** How a binding that cannot be made is answered: the whole request refused, or as an item inside the 2xx. */
  bindingFailure: ["refuse", "item"],
  /** What a second binding of the same workload to the same virtual service is: a failure, the first one, another one. */
  duplicateBinding: ["failure", "existing", "another"],
  /** Whether the PCE is on premises: a SaaS one has no `health` and no `node_available`. */
  hosting: ["on-premises", "saas"],
} as const;

type Switches = typeof SWITCHES;

/** One answer for each point of `SWITCHES`. */
export type PceBehaviour = { readonly [Point in keyof Switches]: Switches[Point][number] };

/** One way that a PCE may behave, to run a test suite under. */
export interface PceVariant {
  /** For the title of a suite. */
  readonly name: string;
  readonly behaviour: PceBehaviour;
}

const POINTS = Object.keys(SWITCHES) as (keyof Switches)[];

/** The first answer of each point. */
export const DEFAULT_BEHAVIOUR: PceBehaviour = behaviourOf(0);

/** The fewest ways in which each answer of each point is met at least once: the default first, then all points turned. */
export const pceVariants: readonly PceVariant[] = Array.from(
  { length: Math.max(...POINTS.map((point) => SWITCHES[point].length)) },
  (_, turn) => ({ name: turn === 0 ? "by default" : `every point turned ${turn}`, behaviour: behaviourOf(turn) }),
);

/** The default with one point turned, for each answer that is not the default: tells which point a client trips over. */
export const singleTurns: readonly PceVariant[] = POINTS.flatMap((point) =>
  SWITCHES[point].slice(1).map((answer) => ({
    name: `${point} ${answer}`,
    behaviour: { ...DEFAULT_BEHAVIOUR, [point]: answer },
  })),
);

function behaviourOf(turn: number): PceBehaviour {
  const answers = POINTS.map((point) => [point, SWITCHES[point][turn % SWITCHES[point].length]]);
  return Object.fromEntries(answers) as PceBehaviour;
}
