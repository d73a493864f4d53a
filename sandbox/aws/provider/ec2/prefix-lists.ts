import { DescribeManagedPrefixListsCommand, GetManagedPrefixListEntriesCommand } from "@aws-sdk/client-ec2";
import type { World } from "../world";

/** AWS's list of a service's addresses. */
export interface PrefixList {
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly cidrBlocks: readonly string[];
}

/** The prefix list with this name (for example `com.amazonaws.eu-west-1.s3`), `undefined` when there is none. */
export async function findPrefixList(world: World, name: string | undefined): Promise<PrefixList | undefined> {
  // the emulator's filter by name is not used: its lists are few
  const { PrefixLists: lists = [] } = await world.aws.ec2.send(new DescribeManagedPrefixListsCommand({}));
  const found = lists.find((each) => each.PrefixListName === name);
  if (found?.PrefixListId === undefined || name === undefined) return undefined;
  const { PrefixListId: id } = found;
  const { Entries: entries = [] } = await world.aws.ec2.send(
    new GetManagedPrefixListEntriesCommand({ PrefixListId: id }),
  );
  return {
    id,
    name,
    arn: found.PrefixListArn ?? `arn:aws:ec2:${world.region}:aws:prefix-list/${id}`,
    cidrBlocks: entries.flatMap((each) => each.Cidr ?? []),
  };
}
