import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import type { EngineDiagnostic } from "./errors";

/** What happens, or would happen, to a resource. */
export type StepOp = "create" | "same" | "update" | "replace" | "delete";

/** What one operation did, or would do, to one resource: a replacement is one step, whatever the engine makes of it. */
export interface OperationStep {
  readonly urn: string;
  readonly type: string;
  /** The logical name. */
  readonly name: string;
  readonly op: StepOp;
  /** The properties that differ, when the provider says so. */
  readonly diffs?: readonly string[];
  /** The properties that make it a replacement. */
  readonly replaceKeys?: readonly string[];
}

/** Steps by what they do. */
export type StepCounts = Readonly<Record<StepOp, number>>;

/** What a tour can show while an operation runs. */
export type OperationEvent =
  | {
      readonly kind: "started" | "finished" | "failed";
      readonly urn: string;
      readonly type: string;
      readonly name: string;
      readonly op: StepOp;
    }
  | {
      readonly kind: "message";
      readonly severity: "info" | "warning" | "error";
      readonly text: string;
      readonly urn?: string;
    }
  | {
      /** A policy is broken. */
      readonly kind: "violation";
      readonly policy: string;
      readonly isMandatory: boolean;
      readonly text: string;
      readonly urn?: string;
    };

/** Reads the engine's events one by one, and knows at any time what they add up to. */
export interface StepTracker {
  /** What this event tells; undefined when it is nothing new to a person. */
  readonly observe: (event: EngineEvent) => OperationEvent | undefined;
  /** One step per resource, in the order in which the engine came to them. */
  readonly steps: () => OperationStep[];
  /** The distinct reasons of a failure, without stack traces and without the engine's repetitions. */
  readonly diagnostics: () => EngineDiagnostic[];
}

/** Whether resources of this type are counted: the stack itself and its providers are the engine's, not the program's. */
export function isCounted(type: string): boolean {
  return type !== "pulumi:pulumi:Stack" && !type.startsWith("pulumi:providers:");
}

/** How many steps there are of each kind. */
export function countSteps(steps: readonly OperationStep[]): StepCounts {
  const counts = { create: 0, same: 0, update: 0, replace: 0, delete: 0 };
  for (const { op } of steps) {
    counts[op] += 1;
  }

  return counts;
}

/** A tracker that has seen nothing yet. */
export function trackSteps(): StepTracker {
  const steps = new Map<string, OperationStep>();
  const finished = new Set<string>();
  const errors: EngineDiagnostic[] = [];

  const observeStep = (
    kind: "started" | "finished" | "failed",
    metadata: StepEventMetadata,
  ): OperationEvent | undefined => {
    const { urn, type } = metadata;
    if (!isCounted(type)) {
      return undefined;
    }

    const step = merge(steps.get(urn), metadata);
    steps.set(urn, step);
    // a component finishes twice: when it is registered and when its outputs are
    if (kind === "finished" && finished.has(urn)) {
      return undefined;
    }
    if (kind === "finished") {
      finished.add(urn);
    }

    return { kind, urn, type, name: step.name, op: step.op };
  };

  const observe = (event: EngineEvent): OperationEvent | undefined => {
    if (event.resourcePreEvent) {
      return observeStep("started", event.resourcePreEvent.metadata);
    }
    if (event.resOutputsEvent) {
      return observeStep("finished", event.resOutputsEvent.metadata);
    }
    if (event.resOpFailedEvent) {
      return observeStep("failed", event.resOpFailedEvent.metadata);
    }
    if (event.policyEvent) {
      const violation = toViolation(event.policyEvent);
      if (violation.isMandatory) {
        errors.push({ message: violation.text, ...(violation.urn !== undefined && { urn: violation.urn }) });
      }
      return violation;
    }
    const message = event.diagnosticEvent && toMessage(event.diagnosticEvent);
    if (message?.severity === "error") {
      errors.push({ message: message.text, ...(message.urn !== undefined && { urn: message.urn }) });
    }

    return message;
  };

  return { observe, steps: () => [...steps.values()], diagnostics: () => distinct(errors) };
}

// from the weakest to the strongest: the engine reports a replacement as two or three operations on one URN
const STRENGTH: readonly StepOp[] = ["same", "update", "create", "delete", "replace"];

function merge(before: OperationStep | undefined, { urn, type, op, diffs, keys }: StepEventMetadata): OperationStep {
  const now = toStepOp(op);
  const stronger = before && STRENGTH.indexOf(before.op) > STRENGTH.indexOf(now) ? before.op : now;

  return {
    ...before,
    urn,
    type,
    name: urn.split("::").at(-1) ?? urn,
    op: stronger,
    ...(diffs && diffs.length > 0 && { diffs }),
    ...(keys && keys.length > 0 && { replaceKeys: keys }),
  };
}

// source: the engine's display.StepOp (pkg/v3/resource/deploy); a name that is not here is a kind of looking, not of changing
function toStepOp(op: string): StepOp {
  switch (op) {
    case "create":
    case "import":
      return "create";
    case "update":
      return "update";
    case "delete":
    case "discard":
      return "delete";
    case "replace":
    case "create-replacement":
    case "delete-replaced":
    case "import-replacement":
    case "read-replacement":
    case "discard-replaced":
      return "replace";
    default:
      return "same";
  }
}

type PolicyEvent = NonNullable<EngineEvent["policyEvent"]>;
type Message = Extract<OperationEvent, { kind: "message" }>;

function toMessage(diagnostic: NonNullable<EngineEvent["diagnosticEvent"]>): Message | undefined {
  const severity = ({ info: "info", "info#err": "info", warning: "warning", error: "error" } as const)[
    diagnostic.severity
  ];
  // the declared type leaves out "debug", which is what most of them are
  if (severity === undefined || diagnostic.ephemeral === true) {
    return undefined;
  }

  return {
    kind: "message",
    severity,
    text: tidy(diagnostic.message),
    ...(diagnostic.urn !== undefined && diagnostic.urn !== "" && { urn: diagnostic.urn }),
  };
}

type Violation = Extract<OperationEvent, { kind: "violation" }>;

function toViolation({ policyName, enforcementLevel, message, resourceUrn }: PolicyEvent): Violation {
  return {
    kind: "violation",
    policy: policyName,
    isMandatory: enforcementLevel === "mandatory",
    text: `${policyName}: ${tidy(message)}`,
    ...(resourceUrn !== undefined && resourceUrn !== "" && { urn: resourceUrn }),
  };
}

// format: colour directives are "<{%fg 1%}>"; the trace stays in the log but for the place in our own code
function tidy(message: string): string {
  const lines = message
    .replaceAll(/<\{%.*?%\}>/g, "")
    .trimEnd()
    .split("\n");
  const isFrame = (line: string) => /^\s+at /.test(line);
  const place = lines.find((line) => isFrame(line) && !/node_modules|node:|operation-child/.test(line));
  const text = lines.filter((line) => !isFrame(line)).join("\n");

  return `${text.replace(/^Unhandled exception: (?:Error: )?/, "")}${place === undefined ? "" : `\n  ${place.trim()}`}`;
}

const FOLLOWS_FROM_OTHERS = /^(One or more errors occurred|(preview|update|destroy|refresh) cancell?ed$)/;

function distinct(errors: readonly EngineDiagnostic[]): EngineDiagnostic[] {
  const causes = errors.filter(({ message }) => !FOLLOWS_FROM_OTHERS.test(message));

  return (causes.length > 0 ? causes : errors).filter(
    ({ message }, index, all) =>
      !all.some(
        (other, at) => at !== index && other.message.includes(message) && (other.message !== message || at < index),
      ),
  );
}
