import type { EngineDiagnostic } from "./errors";
import type { OperationKind } from "./operation";
import type { OperationEvent, OperationStep } from "./steps";

/** From the parent to the child: what to do. Secrets travel here, never in arguments or files in clear. */
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
  /** Gets everything that the engine and the program print; appended to. */
  readonly logFile: string;
  /** All variables that the engine and the program are to find. */
  readonly environment: NodeJS.ProcessEnv;
}

/** From the parent to the child: a request, when it has none, or to stop. */
export type ToChild = { readonly request: OperationRequest } | { readonly stop: true };

/** From the child to the parent: events while a request is served, then exactly one end. `again`: whether it can serve another one. */
export type FromChild =
  | { readonly event: OperationEvent }
  | { readonly done: { readonly steps: OperationStep[]; readonly again: boolean } }
  | { readonly failed: { readonly diagnostics: EngineDiagnostic[] } };
