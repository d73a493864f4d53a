import type { EngineDiagnostic } from "./errors";
import type { OperationKind } from "./operation";
import type { OperationEvent, OperationStep } from "./steps";

/** From the parent to the child, once: what to do. Secrets travel here, never in arguments or files in clear. */
export interface OperationRequest {
  readonly kind: OperationKind;
  readonly stack: string;
  /** Whether the stack must be made first. */
  readonly isNew: boolean;
  readonly project: string;
  readonly program: string;
  readonly workDir: string;
  readonly policyPacks: readonly string[];
  /** The engine's executable, and which version it is. */
  readonly command: string;
  readonly version: string;
  readonly secrets: Readonly<Record<string, string>>;
}

/** From the parent to the child: the request, or to stop. */
export type ToChild = { readonly request: OperationRequest } | { readonly stop: true };

/** From the child to the parent: events while it runs, then exactly one end. */
export type FromChild =
  | { readonly event: OperationEvent }
  | { readonly done: { readonly steps: OperationStep[] } }
  | { readonly failed: { readonly diagnostics: EngineDiagnostic[] } };
