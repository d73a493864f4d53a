/** State machines for tests of what plays them, and a world for them that is in memory. */
import { backfillDefinition } from "../../components/backfill-definition";
import { readDefinition } from "../../sandbox/aws/states/definition";
import { Execution, type ExecutionStart } from "../../sandbox/aws/states/executions";
import type { ListedItem } from "../../sandbox/aws/states/map-run";

const FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:forwarder";
const MACHINE = { name: "backfill", arn: "arn:aws:states:eu-west-1:123456789012:stateMachine:backfill" };

/** The definition of the program's backfill, to be changed. */
// biome-ignore lint/suspicious/noExplicitAny: a document that tests reach into
export const ours = (): any =>
  JSON.parse(
    backfillDefinition({
      partition: "aws",
      bucketName: "archive",
      functionArn: FUNCTION,
      functionTimeoutSeconds: 36,
      concurrency: 2,
    }),
  );

/** What the function is invoked with. */
export interface Invoked {
  readonly bucket: string;
  readonly objects: readonly { readonly key: string; readonly etag: string }[];
  readonly input: object;
}

/** What a test says of the world that executions are in. */
export interface PlayedOptions {
  readonly definition?: object;
  readonly keys?: readonly string[];
  /** Of the function. @default - takes 1 ms, and answers with the keys */
  readonly answer?: (invoked: Invoked) => unknown;
  readonly services?: Partial<ExecutionStart["services"]>;
}

/** Executions of one state machine in a world in memory. */
export class PlayedMachine {
  readonly invoked: Invoked[] = [];
  readonly pauses: number[] = [];
  readonly files = new Map<string, string>();
  mostAtOnce = 0;
  listedPrefix: string | undefined;
  readonly #options: PlayedOptions;
  readonly #executions: Execution[] = [];
  #running = 0;

  constructor(options: PlayedOptions = {}) {
    this.#options = options;
  }

  start(input: unknown = { prefix: "AWSLogs/" }): Execution {
    const { definition = ours() } = this.#options;
    const execution = new Execution({
      machine: MACHINE,
      definition: readDefinition(JSON.stringify(definition)),
      name: `run-${this.#executions.length}`,
      input: JSON.stringify(input),
      services: this.#services(),
    });
    this.#executions.push(execution);
    return execution;
  }

  /** What the only map run wrote into a file of this name. */
  // biome-ignore lint/suspicious/noExplicitAny: as JSON has it
  result(name: string): any {
    const [, text] = [...this.files].find(([key]) => key.endsWith(`/${name}`)) ?? [];
    return text === undefined ? undefined : JSON.parse(text);
  }

  #services(): ExecutionStart["services"] {
    return {
      invoke: (_arn, payload) => this.#invoke((payload as { backfill: Invoked }).backfill),
      listRunning: async (most) => ({
        Executions: this.#executions.filter((each) => each.describe().status === "RUNNING").slice(0, most),
      }),
      pause: async (seconds) => void this.pauses.push(seconds),
      mayStartBatch: async () => undefined,
      list: async (_bucket, prefix) => {
        this.listedPrefix = prefix;
        return (this.#options.keys ?? []).filter((key) => key.startsWith(prefix)).map(listed);
      },
      put: async (bucket, key, text) => void this.files.set(`${bucket}/${key}`, text),
      random: () => 1,
      now: () => new Date("2026-10-01T00:00:00Z"),
      ...this.#options.services,
    };
  }

  async #invoke(invoked: Invoked): Promise<unknown> {
    const { answer = ({ objects }: Invoked) => objects.map(({ key }) => key) } = this.#options;
    this.invoked.push(invoked);
    this.#running += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#running);
    await new Promise((done) => setTimeout(done, 1));
    this.#running -= 1;
    return answer(invoked);
  }
}

const listed = (Key: string): ListedItem => ({
  ...{ Key, Etag: `"tag of ${Key}"` },
  ...{ LastModified: 0, Size: 1, StorageClass: "STANDARD" },
});
