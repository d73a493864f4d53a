import type { StackNames } from "./names";

/** Where a function's own metrics are. */
export interface FunctionMetrics {
  readonly namespace: string;
  /** Their only dimension: by the function's folder alone, all stacks of an account would count as one. */
  readonly service: string;
}

/** Where the metrics of a function of this stack are, by its folder in functions/. */
export function functionMetrics(names: StackNames, folder: string): FunctionMetrics {
  return { namespace: "RdsSightline", service: names.lambdaFunction(folder) };
}

/** The variables that Powertools, which writes logs and metrics, reads of every function. */
export function powertoolsEnvironment<L extends string>({ namespace, service }: FunctionMetrics, logLevel: L) {
  return {
    POWERTOOLS_SERVICE_NAME: service,
    POWERTOOLS_METRICS_NAMESPACE: namespace,
    POWERTOOLS_LOG_LEVEL: logLevel,
  } as const;
}
