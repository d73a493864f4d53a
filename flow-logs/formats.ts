// source: VPC user guide, "Flow log records"; Transit Gateway guide, "Transit Gateway Flow Log records"

/** Fields of VPC flow logs, by the version of the record format that brought them. */
export const VPC_FIELDS = {
  2: [
    ...["version", "account-id", "interface-id", "srcaddr", "dstaddr", "srcport", "dstport"],
    ...["protocol", "packets", "bytes", "start", "end", "action", "log-status"],
  ],
  3: ["vpc-id", "subnet-id", "instance-id", "tcp-flags", "type", "pkt-srcaddr", "pkt-dstaddr"],
  4: ["region", "az-id", "sublocation-type", "sublocation-id"],
  5: ["pkt-src-aws-service", "pkt-dst-aws-service", "flow-direction", "traffic-path"],
  7: [
    ...["ecs-cluster-arn", "ecs-cluster-name", "ecs-container-instance-arn", "ecs-container-instance-id"],
    ...["ecs-container-id", "ecs-second-container-id", "ecs-service-name", "ecs-task-definition-arn"],
    ...["ecs-task-arn", "ecs-task-id"],
  ],
  8: ["reject-reason"],
  9: ["resource-id"],
  10: ["encryption-status"],
  11: [
    ...["instance-tag", "instance-tag-2", "interface-tag", "interface-tag-2", "asg-tag", "asg-tag-2"],
    ...["interface-type", "next-hop-interface-id", "next-hop-subnet-id", "next-hop-az-id", "next-hop-vpc-id"],
    "next-hop-interface-type",
  ],
} as const;

/** The format of VPC flow logs that name none (version 2); a file or a message without a header has it. */
export const DEFAULT_FORMAT: readonly string[] = VPC_FIELDS[2];

/**
 * Formats of transit gateway flow logs that name none (version 6). Which of the two AWS writes is not confirmed: readers of other
 * projects know the shorter one, AWS's own page of the command line speaks of all fields. They differ in length, so either is read.
 */
export const TRANSIT_GATEWAY_FORMATS: readonly (readonly string[])[] = [
  [
    ...["version", "resource-type", "account-id", "tgw-id", "tgw-attachment-id"],
    ...["tgw-src-vpc-id", "tgw-dst-vpc-id", "tgw-src-subnet-id", "tgw-dst-subnet-id", "tgw-src-eni", "tgw-dst-eni"],
    ...["tgw-src-az-id", "tgw-dst-az-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol"],
    ...["packets", "bytes", "start", "end", "log-status"],
  ],
  [
    ...["version", "resource-type", "account-id", "tgw-id", "tgw-attachment-id"],
    ...["tgw-src-vpc-account-id", "tgw-dst-vpc-account-id", "tgw-src-vpc-id", "tgw-dst-vpc-id"],
    ...["tgw-src-subnet-id", "tgw-dst-subnet-id", "tgw-src-eni", "tgw-dst-eni", "tgw-src-az-id", "tgw-dst-az-id"],
    ...["tgw-pair-attachment-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol"],
    ...["packets", "bytes", "start", "end", "log-status", "type", "packets-lost-no-route", "packets-lost-blackhole"],
    ...["packets-lost-mtu-exceeded", "packets-lost-ttl-expired", "tcp-flags", "region", "flow-direction"],
    ...["pkt-src-aws-service", "pkt-dst-aws-service"],
  ],
];

/** Formats that a line without a header may have, the likeliest first. */
export const HEADERLESS_FORMATS: readonly (readonly string[])[] = [DEFAULT_FORMAT, ...TRANSIT_GATEWAY_FORMATS];

const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  ...Object.values(VPC_FIELDS).flat(),
  ...TRANSIT_GATEWAY_FORMATS.flat(),
]);

/**
 * Says whether the fields of a line are column names: small words, at least one of them a field that AWS has.
 * Unknown words are allowed, since AWS adds fields every year; no record is made of words alone.
 */
export function isHeader(fields: readonly string[]): boolean {
  return (
    fields.every((field) => /^[a-z][a-z0-9_-]*$/.test(field)) &&
    fields.some((field) => KNOWN_FIELDS.has(hyphened(field)))
  );
}

// source:  EC2 API, DescribeFlowLogs, logFormat
// example: ${version} ${account-id} ${interface-id} ${srcaddr}
/** The fields of a format in the form that flow logs are created with; undefined for a text that is none. */
export function fieldsOfFormat(text: string): readonly string[] | undefined {
  const words = text.trim().split(/\s+/);
  const fields = words.map((word) => /^\$\{([a-z0-9-]+)\}$/.exec(word)?.[1]);
  return fields.every((field) => field !== undefined) ? fields : undefined;
}

/** Parquet and some exports write the same names with underscores. */
export function hyphened(name: string): string {
  return name.replaceAll("_", "-");
}
