import {
  DELIVERY_SECONDS,
  LINES_PER_CONNECTION,
  LINES_PER_REQUEST,
  type Load,
  linesPerInvocationSecond,
  type Measured,
  mostConnectionsPerSecond,
  mostDifferentConnections,
  type Scale,
  type ScaleSettings,
  SECONDS_PER_OBJECT,
  scaleOf,
} from "./scale";

/** Loads of the page. A connection of a pool is opened seldom, so the different ones are far fewer than those opened. */
export const LOADS: readonly Load[] = [
  { connectionsPerSecond: 1, differentConnections: 50 },
  { connectionsPerSecond: 1_000, differentConnections: 5_000 },
  { connectionsPerSecond: 1_000_000, differentConnections: 500_000 },
];

/** `docs/scale.md`, from what was measured and the default settings. */
export function scalePage(measured: Measured, settings: ScaleSettings): string {
  const scales = LOADS.map((load) => scaleOf(load, measured, settings));
  const table = (rows: readonly (readonly [string, (scale: Scale) => string])[]) => [
    `| connections a second | ${scales.map(({ connectionsPerSecond }) => whole(connectionsPerSecond)).join(" | ")} |`,
    `|---|${scales.map(() => "---:|").join("")}`,
    ...rows.map(([name, cell]) => `| ${name} | ${scales.map(cell).join(" | ")} |`),
  ];
  const { maximumConcurrency, memoryMb, resendAfterMinutes, requestsPerMinute, retentionDays } = settings;
  return `${[
    "# Scale",
    "",
    "`npm run scale` measures and writes this page; a test computes it again from the same figures.",
    "",
    "## What it costs",
    "",
    "Per month, in US dollars, at list prices of us-east-1, for what grows with the connections; README has what does not.",
    "",
    ...table([
      ["different ones in an hour", ({ differentConnections }) => whole(differentConnections)],
      ["lines of flow logs a second", ({ linesPerSecond }) => whole(linesPerSecond)],
      ["flow logs, GB a month", ({ deliveredGbPerMonth }) => short(deliveredGbPerMonth)],
      ["delivery by AWS", ({ deliveryDollars }) => dollars(deliveryDollars)],
      [`storage of ${retentionDays} days, once they are full`, ({ storageDollars }) => dollars(storageDollars)],
      ["forwarder: Lambda", ({ lambdaDollars }) => dollars(lambdaDollars)],
      ["forwarder: S3 and SQS requests", ({ objectDollars }) => dollars(objectDollars)],
      ["**together**", (scale) => `**${dollars(together(scale))}**`],
    ]),
    "",
    "AWS's delivery and S3's storage are nearly all of it. `flowLogs.aggregationSeconds: 600` makes one record of ten for connections that",
    "stay open, `flowLogs.retentionDays` is what storage costs, and fewer `flowLogs.fields` make lines shorter.",
    "",
    "## How much of each limit is used",
    "",
    ...table([
      ["invocations at once", ({ invocationsAtOnce }) => short(invocationsAtOnce)],
      [
        `of \`forwarder.maximumConcurrency\` (${maximumConcurrency})`,
        ({ concurrencyUsed }) => percent(concurrencyUsed),
      ],
      ["requests a minute to the PCE", ({ pceRequestsPerMinute }) => short(pceRequestsPerMinute)],
      [`of \`pce.requestsPerMinute\` (${requestsPerMinute})`, ({ requestsUsed }) => percent(requestsUsed)],
    ]),
    "",
    "## Where each limit lies",
    "",
    `- **The forwarder**, with the defaults: ${short(mostConnectionsPerSecond(measured, settings))} connections a second. An invocation decodes ` +
      `${short(linesPerInvocationSecond(measured, settings))} lines a second with ${memoryMb} MB, one core; \`forwarder.maximumConcurrency\` goes up to 1,000.`,
    `- **Different connections**: ${whole(mostDifferentConnections(settings))} in ${resendAfterMinutes} minutes, which is what an instance remembers ` +
      "having sent. With more, what is forgotten is sent again with each file.",
    `- **The PCE**: ${whole(requestsPerMinute)} requests a minute of ${whole(LINES_PER_REQUEST)} lines, so ${whole(requestsPerMinute * LINES_PER_REQUEST)} ` +
      "connections a minute that it does not have. Each instance sends one once in `forwarder.resendAfterMinutes`, so several send one several " +
      "times: that is counted above. What is too much waits in the queue.",
    "- **One object**: files of any size go on in the next invocation; memory stays the same up to half a million different connections, and",
    "  from there a file is decided in parts.",
    "- **The database**: one PostgreSQL instance does not open a million connections a second. Such a load is `flowLogs.scope: vpc` with many",
    "  databases and their clients.",
    "- **AWS's delivery**: no limit of flow logs' rate is documented. `SKIPDATA` is how AWS says that it could not keep up; the forwarder counts",
    "  it for each interface, and an alarm goes off.",
    "",
    "## What it is computed from",
    "",
    `- Measured on one core of a small cloud machine: ${whole(measured.lines)} lines of the default format, ${short(measured.textBytes / 1e6)} MB, ` +
      `${short(measured.fileBytes / 1e6)} MB as gzip, from gzip to connections in ${short(measured.decodeMs / 1_000)} s.`,
    `- A connection is ${LINES_PER_CONNECTION} lines: it ends within one aggregation interval. One that stays open is ${LINES_PER_CONNECTION} in each interval.`,
    `- Two flow logs, delivered each ${DELIVERY_SECONDS / 60} minutes, or whenever a file has 75 MB.`,
    `- Assumed: ${SECONDS_PER_OBJECT} s an object for S3, the queue and the PCE; a core of Lambda decodes like the measured one.`,
  ].join("\n")}\n`;
}

function together({ deliveryDollars, storageDollars, lambdaDollars, objectDollars }: Scale): number {
  return deliveryDollars + storageDollars + lambdaDollars + objectDollars;
}

const whole = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 0 });
const short = (value: number): string => value.toLocaleString("en-US", { maximumSignificantDigits: 2 });
const dollars = (value: number): string => (value < 0.01 ? "under $0.01" : `$${short(value)}`);
const percent = (part: number): string => (part < 0.01 ? "under 1 %" : `${short(100 * part)} %`);
