import { type EC2Client, paginateDescribeInstances, paginateDescribeNetworkInterfaces } from "@aws-sdk/client-ec2";
import { paginateDescribeDBInstances, type RDSClient } from "@aws-sdk/client-rds";
import { awsBounds } from "../shared/aws-bounds";
import { type Resource, resourcesOf } from "./inventory";

/** What has addresses in the VPC now, all of it: an inventory that could not be read to its end fails. */
export type ReadInventory = (abortSignal: AbortSignal) => Promise<readonly Resource[]>;

/** An answer of 1,000 interfaces takes seconds. */
export const INVENTORY_BOUNDS = awsBounds(20_000);

/** As many as a page of EC2's may have; without a size EC2 tries to answer everything at once. */
const EC2_PAGE = 1_000;
const RDS_PAGE = 100;

/** The inventory of a VPC as EC2 and RDS have it. */
export function awsInventory({ ec2, rds }: { ec2: EC2Client; rds: RDSClient }, vpcId: string): ReadInventory {
  const ofVpc = { Filters: [{ Name: "vpc-id", Values: [vpcId] }], MaxResults: EC2_PAGE };
  return async (abortSignal) => {
    const [interfaces, instances, databases] = await Promise.all([
      every(
        paginateDescribeNetworkInterfaces({ client: ec2 }, ofVpc, { abortSignal }),
        ({ NetworkInterfaces }) => NetworkInterfaces,
      ),
      every(paginateDescribeInstances({ client: ec2 }, ofVpc, { abortSignal }), ({ Reservations = [] }) =>
        Reservations.flatMap(({ Instances = [] }) => Instances),
      ),
      every(
        paginateDescribeDBInstances({ client: rds }, { MaxRecords: RDS_PAGE }, { abortSignal }),
        ({ DBInstances }) => DBInstances,
      ),
    ]);
    return resourcesOf({ vpcId, interfaces, instances, databases });
  };
}

async function every<Page, Item>(
  pages: AsyncIterable<Page>,
  itemsOf: (page: Page) => readonly Item[] | undefined,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const page of pages) items.push(...(itemsOf(page) ?? []));
  return items;
}
