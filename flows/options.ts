import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { planColumns } from "../flow-logs/column-plan";
import { fieldsOfFormat } from "../flow-logs/formats";
import { type ConnectionFilter, type Network, networkOf, type PortRange, portsOf } from "./connection-filter";
import { secondsOf } from "./time-text";

/** PostgreSQL, MySQL and MariaDB, SQL Server, Oracle. */
const DATABASE_PORTS: readonly number[] = [5432, 3306, 1433, 1521];

/** What the command is asked to do. */
export interface FlowsOptions extends ConnectionFilter {
  /** Paths, `-` and s3:// URLs; at least one. */
  readonly words: readonly string[];
  readonly json: boolean;
  readonly csv: boolean;
  /** The page to write; an absolute path. */
  readonly html?: string;
  /** Rows of the table. @default - all, or 50 on a terminal */
  readonly limit?: number;
  /** Unix seconds. @default - the beginning and the end of time */
  readonly since?: number;
  readonly until?: number;
  readonly servicePort: readonly number[];
  /** Fields of lines without a header. */
  readonly format?: readonly string[];
}

/** What reading the command line takes from outside. */
export interface Surroundings {
  /** Where relative paths begin. */
  readonly folder: string;
  /** Whether something is piped or redirected into the command. */
  readonly hasInput: boolean;
}

const EXAMPLES = `
Paths are of files, or of folders with everything in them; - is standard input, as is what is piped in when nothing is named.
What a file is (text, gzip, Parquet, JSON of CloudWatch Logs or Firehose) is told by its content.

Exit code: 0, or 1 when something could not be read (the rest is shown all the same), or 2 for a wrong command line.

Examples:
  npm run flows -- flow-logs/ --server 10.0.20.0/24 --port 5432
  npm run --silent flows -- --json s3://bucket/AWSLogs/123456789012/vpcflowlogs/eu-west-1/2026/01/02/ > flows.json
  zcat *.log.gz | npm run flows -- --html flows.html`;

/** Reads the words after `npm run flows --`. Bad words end the process with a sentence and exit code 2. */
export function readOptions(words: readonly string[], surroundings: Surroundings): FlowsOptions {
  const command = newCommand(surroundings.folder);
  command.parse(words, { from: "user" });
  const { servicePort, ...options } = command.opts<Omit<FlowsOptions, "words">>();
  const named = command.args.length === 0 && surroundings.hasInput ? ["-"] : command.args;
  if (named.length === 0) command.error("error: nothing to read; name files, folders or s3:// URLs, or pipe a file in");
  if (named.filter((word) => word === "-").length > 1) command.error("error: standard input (-) can be read only once");
  const { since, until } = options;
  if (since !== undefined && until !== undefined && since > until)
    command.error("error: --since is later than --until, so no record is between them; exchange the two");
  return { ...options, servicePort: servicePort.length > 0 ? servicePort : DATABASE_PORTS, words: named };
}

function newCommand(folder: string): Command {
  return (
    new Command("npm run flows --")
      .description("Shows who talks to whom in VPC flow logs: the connections of all files together, each once.")
      .argument("[path...]", "files, folders, s3://bucket/key, s3://bucket/prefix/, or - for standard input")
      .addOption(new Option("--json", "print the tally and the connections as JSON").default(false).conflicts("csv"))
      .addOption(
        new Option(
          "--csv",
          "print the PCE's lines (client,server,port,protocol) of what was not only rejected",
        ).default(false),
      )
      .option("--html <file>", "write a page of its own for a browser, in place of the table", (path) =>
        newFile(path, folder),
      )
      .option("--limit <n>", "rows of the table (default: all, or 50 on a terminal)", rows)
      .option("--client <address or CIDR>", "only connections of these clients; repeatable", network, [])
      .option("--server <address or CIDR>", "only connections to these servers; repeatable", network, [])
      .option("--port <n or n-m>", "only connections to these ports of servers; repeatable", ports, [])
      .option("--rejected", "only connections with rejected records (with --csv, too)", false)
      .option("--since <time>", "only records that end at this time or later: ISO 8601 (UTC) or unix seconds", time)
      .option("--until <time>", "only records that begin at this time or earlier", time)
      .option(
        "--service-port <n>",
        `a port that is a server's; repeatable (default: ${DATABASE_PORTS.join(", ")})`,
        port,
        [],
      )
      .option(
        "--format <fields>",
        "fields of lines without a header, as the console shows the flow log's format",
        fields,
      )
      .addHelpText("after", EXAMPLES)
      .showHelpAfterError("(npm run flows -- --help lists the options)")
      // what an option is when it is not given stands in its own words
      .configureHelp({ optionDescription: ({ description }) => description })
      .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  );
}

function network(text: string, before: readonly Network[]): Network[] {
  return [...before, valid(networkOf(text), "It takes an IPv4 or IPv6 address, or a block such as 10.0.0.0/16.")];
}

function ports(text: string, before: readonly PortRange[]): PortRange[] {
  return [...before, valid(portsOf(text), "It takes a port from 0 to 65535, or a range such as 8000-8999.")];
}

function port(text: string, before: readonly number[]): number[] {
  const range = portsOf(text);
  const one = range?.first === range?.last && range?.first !== 0 ? range?.first : undefined;
  return [...before, valid(one, "It takes a port from 1 to 65535.")];
}

function time(text: string): number {
  return valid(
    secondsOf(text),
    "It takes a time such as 2026-01-02T03:04:05Z, a day such as 2026-01-02, or unix seconds.",
  );
}

function rows(text: string): number {
  return valid(/^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined, "It takes a whole number from 1.");
}

function fields(text: string): readonly string[] {
  const names = fieldsOfFormat(text) ?? text.trim().split(/\s+/);
  try {
    planColumns(names);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
  return names;
}

// now, not after a gigabyte has been read
function newFile(path: string, folder: string): string {
  const file = resolve(folder, path);
  const isFolder = (name: string) => statSync(name, { throwIfNoEntry: false })?.isDirectory() === true;
  if (!isFolder(dirname(file))) throw new InvalidArgumentError(`There is no folder ${dirname(file)}; make it first.`);
  if (isFolder(file)) throw new InvalidArgumentError("It is a folder; name a file in it.");
  return file;
}

function valid<T>(value: T | undefined, allowed: string): T {
  if (value === undefined) throw new InvalidArgumentError(allowed);
  return value;
}
