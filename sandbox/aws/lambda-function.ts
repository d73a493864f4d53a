/** One deployed function: its execution environments, kept warm between invocations as Lambda keeps them. */
import { randomUUID } from "node:crypto";
import type { Credentials } from "./access-control";
import { type InvocationEnd, LambdaEnvironment } from "./lambda-environment";
import { LambdaLogStream, logGroupOf } from "./lambda-logs";
import type { DeployedFunction } from "./registry";

/** One invocation, as the runner remembers it. */
export interface Invocation {
  readonly functionName: string;
  readonly requestId: string;
  /** True when a new process was started for it. */
  readonly coldStart: boolean;
  /** Of the process that ran it; absent when none could be started. */
  readonly pid?: number;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly outcome: InvocationEnd["outcome"];
  /** Absent on success. */
  readonly reason?: string;
}

/** What all functions of a runner share. */
export interface FunctionServices {
  readonly endpoint: string;
  readonly region: string;
  readonly nodeModules: string;
  readonly logFolder: string;
  /** `<address>:<port>` of the DNS server that functions resolve through. @default - the computer's own */
  readonly dns?: string;
  /** A session of the function's role; rejects when Lambda may not assume it. */
  readonly credentialsOf: (deployed: DeployedFunction) => Promise<Credentials>;
  /** Told every line that a function writes. */
  readonly line: (text: string) => void;
  readonly invoked: (invocation: Invocation) => void;
  readonly problem: (what: string, cause: unknown) => void;
}

// source: Lambda developer guide, "Defined runtime environment variables": reserved keys; CreateFunction refuses them
const RESERVED =
  /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_(DEFAULT_)?REGION|AWS_EXECUTION_ENV|AWS_LAMBDA_.*|AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)|LAMBDA_(TASK_ROOT|RUNTIME_DIR))$/;

interface Place {
  readonly credentials: Credentials;
  readonly environment: LambdaEnvironment;
  readonly log: LambdaLogStream;
}

/** Runs invocations, as many at once as are asked for; who asks limits concurrency. */
export class LambdaFunction {
  readonly deployed: DeployedFunction;
  readonly #services: FunctionServices;
  readonly #places = new Set<Place>();
  #warm: Place[] = [];
  #retired = false;
  #stopped = false;

  constructor(deployed: DeployedFunction, services: FunctionServices) {
    this.deployed = deployed;
    this.#services = services;
    const reserved = Object.keys(deployed.environment).filter((name) => RESERVED.test(name));
    if (reserved.length > 0) {
      throw new Error(`Lambda refuses the environment of ${deployed.name}: reserved names ${reserved.join(", ")}`);
    }
  }

  /**
   * Invokes in a warm environment, or in a new one. Never rejects for what the function does: see the outcome. Rejects when Lambda
   * can not assume the function's role.
   */
  async invoke(event: unknown, requestId: string = randomUUID()): Promise<InvocationEnd> {
    const credentials = await this.#services.credentialsOf(this.deployed);
    if (this.#stopped) throw new Error(`${this.deployed.name} can not be invoked: the sandbox's Lambda has stopped`);
    const startedAt = new Date();
    const warm = this.#takeWarm(credentials);
    const place = warm ?? this.#open(credentials);
    const { environment, log } = place;
    log.line(`START RequestId: ${requestId} Version: $LATEST`);
    const failedInit = warm ? undefined : await environment.initialised(requestId);
    const end = failedInit ?? (await environment.invoke(requestId, event));
    const durationMs = Date.now() - startedAt.getTime();
    const reason = end.outcome === "success" ? undefined : end.reason;
    if (reason !== undefined) log.line(`${startedAt.toISOString()} ${requestId} ${reason}`);
    log.line(`END RequestId: ${requestId}`);
    log.line(`REPORT RequestId: ${requestId} Duration: ${durationMs} ms Memory Size: ${this.deployed.memoryMb} MB`);
    await log.flush();
    this.#services.invoked({
      functionName: this.deployed.name,
      requestId,
      coldStart: warm === undefined,
      ...(environment.pid !== undefined && { pid: environment.pid }),
      startedAt,
      durationMs,
      outcome: end.outcome,
      ...(reason !== undefined && { reason }),
    });
    if (environment.isAlive && !this.#retired) this.#warm.push(place);
    else await this.#close(place);
    return end;
  }

  /** Kills the environment at this place, of those that are alive, as a worker that is lost; false when there is none. */
  async lose(at: number): Promise<boolean> {
    const alive = [...this.#places].filter(({ environment }) => environment.isAlive);
    const lost = alive[at % Math.max(1, alive.length)];
    await lost?.environment.stop();
    return lost !== undefined;
  }

  /** No environment is kept any more; those that run end after their invocation. For a function that was updated. */
  async retire(): Promise<void> {
    this.#retired = true;
    await Promise.all(this.#warm.splice(0).map((place) => this.#close(place)));
  }

  /** Kills every environment and waits until it is gone; what they ran ends as a crash. */
  async stop(): Promise<void> {
    this.#retired = true;
    this.#stopped = true;
    await Promise.all([...this.#places].map((place) => this.#close(place)));
  }

  /** One that lives and has this session: a role that went and came again ended the session before it. */
  #takeWarm(credentials: Credentials): Place | undefined {
    for (let place = this.#warm.pop(); place !== undefined; place = this.#warm.pop()) {
      if (place.environment.isAlive && place.credentials === credentials) return place;
      void this.#close(place);
    }
    return undefined;
  }

  #open(credentials: Credentials): Place {
    const { endpoint, region, nodeModules, logFolder: folder, problem, line } = this.#services;
    const { deployed } = this;
    const stream = logStreamName(new Date());
    const log = new LambdaLogStream({ deployed, stream, endpoint, region, credentials, folder, problem });
    const environment = new LambdaEnvironment({
      deployed,
      credentials,
      endpoint,
      region,
      nodeModules,
      ...(this.#services.dns !== undefined && { dns: this.#services.dns }),
      logGroup: logGroupOf(deployed),
      logStream: stream,
      line: (text) => {
        log.line(text);
        line(text);
      },
    });
    const place = { credentials, environment, log };
    this.#places.add(place);
    return place;
  }

  async #close(place: Place): Promise<void> {
    this.#places.delete(place);
    await place.environment.stop();
    place.log.close();
  }
}

// format:  yyyy/mm/dd/[<version>]<32 hex digits>
// example: 2026/01/02/[$LATEST]0f1e2d3c4b5a69788796a5b4c3d2e1f0
function logStreamName(now: Date): string {
  return `${now.toISOString().slice(0, 10).replaceAll("-", "/")}/[$LATEST]${randomUUID().replaceAll("-", "")}`;
}
