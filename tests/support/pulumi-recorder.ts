// Runs a Pulumi program against mocks and keeps every request that it makes, resource options included.
//
//   const made = await record(() => new Network("network", { ... }));
//   made.names();                                   // exact inventory: every resource that is not a component, sorted
//   made.one("aws:ec2/vpc:Vpc").inputs;             // the one resource of a type (or throws)
//   made.named("network-nat-a").dependencies;       // names of what it waits for: dependsOn and inputs alike
//   made.all("aws:ec2/subnet:Subnet");              // sorted by name
//   made.result;                                    // what the program returned
//   await valueOfOutput(made.result.vpcId);               // the value of one of its outputs
//
// `config` gives the stack's configuration (objects are made JSON), `secretConfig` the keys of it that the stack keeps encrypted.
// `outputs` adds to the plausible outputs of a type (see plausible-outputs.ts), `invokes` to the data sources that are known; any other
// invoke fails the recording, as does an error in any `apply`. One recording at a time: the Pulumi runtime is global.
import * as pulumi from "@pulumi/pulumi";
import { leaveUntraced } from "../../sandbox/engine/untraced";
import { DATA_SOURCES, type Invoke, type OutputsOf, plausibleOutputs } from "./plausible-outputs";

leaveUntraced();

/** One registration, as the engine would get it. */
export interface RecordedResource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** Name of the parent; absent at the top. */
  readonly parent?: string;
  readonly isComponent: boolean;
  /** Plain values, secrets unwrapped; unknown ones (previews) are absent. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Top-level inputs that hold a secret. */
  readonly secretInputs: readonly string[];
  /** Names of resources that must exist first, through dependsOn or through an input, sorted. */
  readonly dependencies: readonly string[];
  /** Absent when the option was not given; children inherit it in the engine, not here. */
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly deleteBeforeReplace?: boolean;
  readonly ignoreChanges: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
}

export interface RecordOptions {
  /** @default "dev" */
  readonly stack?: string;
  /** @default "rds-sightline" */
  readonly project?: string;
  /** What resources get only by being created, their ids first, is unknown then. @default false */
  readonly preview?: boolean;
  /** Whole keys (`rds-sightline:network`) with text, or with values that become JSON. @default {} */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Whole keys. @default [] */
  readonly secretConfig?: readonly string[];
  /** By type token. @default {} */
  readonly outputs?: Readonly<Record<string, OutputsOf>>;
  /** By invoke token. @default {} */
  readonly invokes?: Readonly<Record<string, Invoke>>;
}

/** What a program made. */
export class Recording<T> {
  readonly result: T;
  /** In the order of registration. */
  readonly resources: readonly RecordedResource[];
  /** Tokens of the data sources that were asked, in order. */
  readonly invokes: readonly string[];

  constructor(result: T, resources: readonly RecordedResource[], invokes: readonly string[]) {
    this.result = result;
    this.resources = resources;
    this.invokes = invokes;
  }

  /** Names of everything that is not a component, or of one type; sorted. */
  names(type?: string): string[] {
    return this.resources
      .filter((resource) => (type === undefined ? !resource.isComponent : resource.type === type))
      .map(({ name }) => name)
      .sort();
  }

  /** Every resource of a type, sorted by name. */
  all(type: string): RecordedResource[] {
    return this.resources
      .filter((resource) => resource.type === type)
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** The only resource of a type. Throws when there is none, or another. */
  one(type: string): RecordedResource {
    const [first, ...others] = this.all(type);
    if (first === undefined || others.length > 0) {
      throw new Error(`expected one ${type}, got ${this.all(type).length}: ${this.names(type).join(", ")}`);
    }
    return first;
  }

  /** The resource of that logical name. Throws when there is none, or another. */
  named(name: string): RecordedResource {
    const [first, ...others] = this.resources.filter((resource) => resource.name === name);
    if (first === undefined || others.length > 0)
      throw new Error(`expected one resource ${name}, got ${others.length}; there are: ${this.names().join(", ")}`);
    return first;
  }
}

/** Runs `program` and waits until everything that it started has settled. Rejects with the first error of any of it. */
export async function record<T>(program: () => T | Promise<T>, options: RecordOptions = {}): Promise<Recording<T>> {
  const { stack = "dev", project = "rds-sightline", preview = false } = options;
  const resources: RecordedResource[] = [];
  const invokes: string[] = [];
  let fail: (reason: unknown) => void = () => {};
  const failure = new Promise<never>((_, reject) => {
    fail = reject;
  });

  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ type, name, inputs, custom }) => {
      if (!custom) return { id: "", state: {} };
      // what a preview's state lacks is unknown to the program
      return preview ? { id: "", state: inputs } : plausibleOutputs(type, name, plain(inputs), options.outputs?.[type]);
    },
    call: ({ token, inputs }) => {
      invokes.push(token);
      const invoke = options.invokes?.[token] ?? DATA_SOURCES[token];
      if (invoke !== undefined) return invoke(plain(inputs));
      const error = new Error(`unknown invoke ${token}; add it to the recording's invokes or to plausible-outputs.ts`);
      fail(error);
      throw error;
    },
  };
  await pulumi.runtime.setMocks(mocks, project, stack, preview);
  const config = Object.entries(options.config ?? {}).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(config), [...(options.secretConfig ?? [])]);
  watchRegistrations(resources);

  // an error in an apply surfaces only here; it belongs to this recording, not to mocha's test of the moment
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection").on("unhandledRejection", fail);
  try {
    const run = async () => {
      const result = await program();
      await settled();
      return result;
    };
    return new Recording(await Promise.race([run(), failure]), resources, invokes);
  } finally {
    process.removeListener("unhandledRejection", fail);
    for (const listener of others) process.on("unhandledRejection", listener);
    pulumi.runtime.setAllConfig({});
  }
}

/** The value of an output, once it is there. `undefined` for an unknown one (previews). */
export function valueOfOutput<T>(output: pulumi.Output<T>): Promise<T> {
  // outputs have a promise that the SDK's types hide; `apply` would never run for an unknown value
  return (output as unknown as { promise(): Promise<T> }).promise();
}

async function settled(): Promise<void> {
  // exported by the SDK, but not in its types
  const { waitForRPCs } = pulumi.runtime as unknown as { waitForRPCs(): Promise<void> };
  await waitForRPCs();
  await new Promise((resolve) => setImmediate(resolve)); // unhandled rejections are told after the microtasks
  await waitForRPCs();
}

type Monitor = NonNullable<ReturnType<typeof pulumi.runtime.getMonitor>>;
type Request = Parameters<Monitor["registerResource"]>[0];
type Callback = (error: unknown, response: unknown) => void;

// mocks don't get to see a resource's options, the monitor does
function watchRegistrations(resources: RecordedResource[]): void {
  const monitor = pulumi.runtime.getMonitor() as unknown as {
    registerResource(request: Request, callback: Callback): unknown;
  };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request: Request, callback: Callback) =>
    register(request, (error, response) => {
      if (!error) resources.push(recordedFrom(request, (response as { getUrn(): string }).getUrn()));
      callback(error, response);
    });
}

function recordedFrom(request: Request, urn: string): RecordedResource {
  const properties = request.getObject();
  const inputs: Record<string, unknown> =
    properties === undefined ? {} : pulumi.runtime.deserializeProperties(properties);
  const protect = request.getProtect();
  const retainOnDelete = request.getRetainondelete();
  return {
    type: request.getType(),
    name: request.getName(),
    urn,
    ...(request.getParent() !== "" && { parent: nameIn(request.getParent()) }),
    isComponent: !request.getCustom(),
    inputs: plain(inputs),
    secretInputs: Object.keys(inputs).filter((key) => pulumi.runtime.isRpcSecret(inputs[key])),
    dependencies: request.getDependenciesList().map(nameIn).sort(),
    ...(protect !== undefined && { protect }),
    ...(retainOnDelete !== undefined && { retainOnDelete }),
    ...(request.getDeletebeforereplacedefined() && { deleteBeforeReplace: request.getDeletebeforereplace() }),
    ignoreChanges: request.getIgnorechangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
  };
}

// urn:pulumi:<stack>::<project>::<types>::<name>
function nameIn(urn: string): string {
  return urn.split("::")[3] ?? urn;
}

function plain(inputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [
      key,
      pulumi.runtime.isRpcSecret(value) ? pulumi.runtime.unwrapRpcSecret(value) : value,
    ]),
  );
}
