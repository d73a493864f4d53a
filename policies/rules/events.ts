import { textsOf } from "../judging";
import type { Judged, StackRule } from "../rule";

const SUBSCRIPTION = "aws:rds/eventSubscription:EventSubscription";
const DATABASE = "aws:rds/instance:Instance";

/** What somebody is to be told of, by the kind of its source. */
const TOLD: readonly (readonly [source: string, categories: readonly string[]])[] = [
  ["db-instance", ["maintenance", "configuration change", "failure"]],
  ["db-parameter-group", ["configuration change"]],
  ["db-security-group", ["configuration change", "failure"]],
];

export const eventRules: readonly StackRule[] = [
  {
    name: "database-events-told",
    // EventBridge tells the same without a subscription
    level: "advisory",
    row: 24,
    says: "Somebody is told of what happens to a database, its parameter group and its security groups",
    remedy: "Make an aws.rds.EventSubscription of that source and those categories",
    judgeStack: (resources) => {
      if (!resources.some(({ type }) => type === DATABASE)) return [];
      const subscriptions = resources.filter(({ type, props }) => type === SUBSCRIPTION && props["enabled"] !== false);
      return TOLD.filter(([source, categories]) => !subscriptions.some((each) => tells(each, source, categories))).map(
        ([source, categories]) => `nobody is told of ${source}: ${categories.join(", ")}`,
      );
    },
  },
];

// without a source or categories it tells of all of them
function tells({ props }: Judged, source: string, categories: readonly string[]): boolean {
  const { sourceType, eventCategories } = props;
  if (sourceType !== undefined && sourceType !== source) return false;
  const told = textsOf(eventCategories);
  return told.length === 0 || categories.every((category) => told.includes(category));
}
