import { DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import type { Parameter } from "@aws-sdk/client-rds";
import {
  CreateDBParameterGroupCommand,
  CreateDBSubnetGroupCommand,
  DeleteDBParameterGroupCommand,
  DeleteDBSubnetGroupCommand,
  DescribeDBSubnetGroupsCommand,
  ModifyDBParameterGroupCommand,
  ModifyDBSubnetGroupCommand,
} from "@aws-sdk/client-rds";
import type * as aws from "@pulumi/aws";
import { ifFound } from "../found";
import type { Plain, ResourceTypes } from "../resource-type";
import { RefusedError, resourceType } from "../resource-type";
import { tagList } from "../tags";
import type { World } from "../world";
import { engineFamilies } from "./engine-versions";

// source: RDS API, ModifyDBParameterGroup: at most 20 parameters a request
const PARAMETERS_A_REQUEST = 20;

// source: RDS user guide, "Working with parameters on your RDS for PostgreSQL DB instance", apply type static; the ones in common use
const STATIC_PARAMETERS: ReadonlySet<string> = new Set([
  "autovacuum_freeze_max_age",
  "autovacuum_max_workers",
  "huge_pages",
  "max_connections",
  "max_locks_per_transaction",
  "max_prepared_transactions",
  "max_replication_slots",
  "max_wal_senders",
  "max_worker_processes",
  "rds.logical_replication",
  "shared_buffers",
  "shared_preload_libraries",
  "superuser_reserved_connections",
  "track_activity_query_size",
  "wal_buffers",
]);

const subnetGroup = resourceType<aws.rds.SubnetGroupArgs>({
  kind: "emulator",
  autoname: { property: "name", maxLength: 255, lowerCase: true },
  replaceOn: ["name", "namePrefix"],
  create: async (inputs, world, { name }) => {
    const DBSubnetGroupName = inputs.name ?? name;
    const vpcId = await requireZones(world, inputs.subnetIds);
    const made = await createSubnetGroup(world, DBSubnetGroupName, inputs);
    const outputs = { arn: made?.DBSubnetGroupArn, vpcId, supportedNetworkTypes: ["IPV4"] };
    return { id: DBSubnetGroupName, outputs: { ...outputs, description: inputs.description ?? "Managed by Pulumi" } };
  },
  update: async (id, inputs, _before, world) => {
    await requireZones(world, inputs.subnetIds);
    await world.aws.rds.send(
      new ModifyDBSubnetGroupCommand({
        DBSubnetGroupName: id,
        DBSubnetGroupDescription: inputs.description ?? "Managed by Pulumi",
        SubnetIds: [...inputs.subnetIds],
      }),
    );
    // moto 5.2.5 loses a subnet group that it changes: put it back
    const request = new DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: id });
    if ((await ifFound(world.aws.rds.send(request))) === undefined) await createSubnetGroup(world, id, inputs);
    return {};
  },
  delete: async (id, _state, world) => {
    await ifFound(world.aws.rds.send(new DeleteDBSubnetGroupCommand({ DBSubnetGroupName: id })));
  },
});

async function createSubnetGroup(world: World, name: string, inputs: Plain<aws.rds.SubnetGroupArgs>) {
  const { DBSubnetGroup: made } = await world.aws.rds.send(
    new CreateDBSubnetGroupCommand({
      DBSubnetGroupName: name,
      DBSubnetGroupDescription: inputs.description ?? "Managed by Pulumi",
      SubnetIds: [...inputs.subnetIds],
      Tags: tagList(inputs.tags),
    }),
  );
  return made;
}

const parameterGroup = resourceType<aws.rds.ParameterGroupArgs>({
  kind: "emulator",
  autoname: { property: "name", maxLength: 255, lowerCase: true },
  replaceOn: ["name", "namePrefix", "family", "description"],
  create: async (inputs, world, { name }) => {
    requireParameters(inputs);
    const DBParameterGroupName = inputs.name ?? name;
    const description = inputs.description ?? "Managed by Pulumi";
    const { DBParameterGroup: made } = await world.aws.rds.send(
      new CreateDBParameterGroupCommand({
        DBParameterGroupName,
        DBParameterGroupFamily: inputs.family,
        Description: description,
        Tags: tagList(inputs.tags),
      }),
    );
    await setParameters(world, DBParameterGroupName, inputs);
    return { id: DBParameterGroupName, outputs: { arn: made?.DBParameterGroupArn, description } };
  },
  update: async (id, inputs, _before, world) => {
    // the emulator has no ResetDBParameterGroup: a parameter that was taken away keeps its value there, and nothing reads it
    requireParameters(inputs);
    await setParameters(world, id, inputs);
    return {};
  },
  delete: async (id, { skipDestroy = false }, world) => {
    if (skipDestroy) return;
    await ifFound(world.aws.rds.send(new DeleteDBParameterGroupCommand({ DBParameterGroupName: id })));
  },
});

/** Refuses subnets in fewer than two zones, or in two VPCs; returns their VPC. */
async function requireZones({ aws: { ec2 } }: World, subnetIds: readonly string[]): Promise<string | undefined> {
  const { Subnets: subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [...subnetIds] }));
  const zones = new Set(subnets.map((each) => each.AvailabilityZone));
  const vpcs = new Set(subnets.map((each) => each.VpcId));
  if (zones.size < 2) {
    throw new RefusedError(
      "DBSubnetGroupDoesNotCoverEnoughAZs",
      `a database subnet group covers at least 2 zones, got ${zones.size} (${[...zones].join(", ")})`,
    );
  }
  if (vpcs.size > 1)
    throw new RefusedError("InvalidSubnet", `the subnets are in ${vpcs.size} VPCs (${[...vpcs].join(", ")})`);
  return subnets[0]?.VpcId;
}

function requireParameters({ family, parameters = [] }: Plain<aws.rds.ParameterGroupArgs>): void {
  if (!engineFamilies().includes(family)) {
    throw new RefusedError(
      "InvalidParameterValue",
      `ParameterGroupFamily ${family} is not a valid family; the sandbox knows ${engineFamilies().join(", ")}`,
    );
  }
  const immediate = parameters.filter((each) => (each.applyMethod ?? "immediate") === "immediate");
  const refused = immediate.filter((each) => isStatic(family, each.name)).map((each) => each.name);
  if (refused.length === 0) return;
  throw new RefusedError(
    "InvalidParameterCombination",
    `cannot use the immediate apply method for the static parameter ${refused.join(", ")}; use applyMethod: "pending-reboot"`,
  );
}

// of the commercial engines, those that the program sets: all are static
function isStatic(family: string, name: string): boolean {
  if (family.startsWith("postgres")) return STATIC_PARAMETERS.has(name);
  return /^(rds\.force_ssl|rds\.tls1[01]|audit_trail)$/.test(name);
}

async function setParameters({ aws: { rds } }: World, name: string, inputs: Plain<aws.rds.ParameterGroupArgs>) {
  const wanted = (inputs.parameters ?? []).map(
    (each): Parameter => ({
      ParameterName: each.name,
      ParameterValue: each.value,
      ApplyMethod: each.applyMethod === "pending-reboot" ? "pending-reboot" : "immediate",
    }),
  );
  for (let at = 0; at < wanted.length; at += PARAMETERS_A_REQUEST) {
    const Parameters = wanted.slice(at, at + PARAMETERS_A_REQUEST);
    await rds.send(new ModifyDBParameterGroupCommand({ DBParameterGroupName: name, Parameters }));
  }
}

/** Subnet and parameter groups of databases. */
export const GROUP_TYPES: ResourceTypes = {
  "aws:rds/subnetGroup:SubnetGroup": subnetGroup,
  "aws:rds/parameterGroup:ParameterGroup": parameterGroup,
};
