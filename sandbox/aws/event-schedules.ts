/** EventBridge's schedules, in played minutes. */
import type { DeployedRule } from "./registry";

/** What schedules work with. */
export interface EventSchedulesOptions {
  /** What a minute of a schedule takes here. */
  readonly minuteMs: number;
  /** Called each time that a rule's time has come. */
  readonly due: (rule: DeployedRule) => Promise<void>;
  readonly problem: (what: string, cause?: unknown) => void;
}

interface Running {
  readonly rule: DeployedRule;
  readonly timer: NodeJS.Timeout;
}

// source: EventBridge user guide, "Schedule types": rate(<value> <unit>), the unit singular for 1
const RATE = /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/;
const MINUTES: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 1440 };

/** The minutes between two runs; undefined for what is not played. */
export function rateMinutes(expression: string): number | undefined {
  const [, value = "", unit = "", plural] = RATE.exec(expression) ?? [];
  const minutes = MINUTES[unit];
  return minutes !== undefined && (value === "1") === (plural === "") ? Number(value) * minutes : undefined;
}

/** A timer for each scheduled rule. The first run is one period after the rule appeared, as in AWS. */
export class EventSchedules {
  readonly #options: EventSchedulesOptions;
  readonly #running = new Map<string, Running>();
  readonly #due = new Set<Promise<void>>();

  constructor(options: EventSchedulesOptions) {
    this.#options = options;
  }

  /** Runs these rules' schedules and no others; one that is unchanged keeps its rhythm. */
  follow(rules: readonly DeployedRule[]): void {
    const wanted = new Map(rules.map((rule) => [rule.name, rule]));
    for (const [name, { rule, timer }] of this.#running) {
      if (rule.scheduleExpression === wanted.get(name)?.scheduleExpression) continue;
      clearInterval(timer);
      this.#running.delete(name);
    }
    for (const [name, rule] of wanted) if (!this.#running.has(name)) this.#start(rule);
  }

  /** Nothing is due any more; waits for what is being delivered. */
  async stop(): Promise<void> {
    this.follow([]);
    await Promise.all(this.#due);
  }

  #start(rule: DeployedRule): void {
    const { minuteMs, problem } = this.#options;
    const { name, scheduleExpression } = rule;
    if (scheduleExpression === undefined) return;
    const minutes = rateMinutes(scheduleExpression);
    if (minutes === undefined) {
      problem(
        `can not play the schedule of rule ${name}: ${scheduleExpression} is not rate(<n> minutes), hours or days`,
      );
    } else {
      this.#running.set(name, { rule, timer: setInterval(() => this.#run(rule), minutes * minuteMs) });
    }
  }

  #run(rule: DeployedRule): void {
    const done = this.#options
      .due(rule)
      .catch((cause: unknown) => this.#options.problem(`can not deliver the schedule of rule ${rule.name}`, cause))
      .finally(() => this.#due.delete(done));
    this.#due.add(done);
  }
}
