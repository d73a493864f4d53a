import type { ResourceType as TaggedType } from "@aws-sdk/client-ec2";
import { CreateTagsCommand, DeleteTagsCommand } from "@aws-sdk/client-ec2";
import { staleTags, tagList } from "../tags";
import type { World } from "../world";

type Tags = Readonly<Record<string, string>> | undefined;

/** Tags given while a resource is made; EC2 refuses an empty list. */
export const tagged = (ResourceType: TaggedType, tags: Tags) =>
  Object.keys(tags ?? {}).length === 0 ? {} : { TagSpecifications: [{ ResourceType, Tags: tagList(tags) }] };

/** Makes the tags of a resource equal to the wanted ones. */
export async function retag({ aws: { ec2 } }: World, id: string, before: Tags, wanted: Tags): Promise<void> {
  const stale = staleTags(before, wanted);
  if (stale.length > 0) await ec2.send(new DeleteTagsCommand({ Resources: [id], Tags: stale.map((Key) => ({ Key })) }));
  const tags = tagList(wanted);
  if (tags.length > 0) await ec2.send(new CreateTagsCommand({ Resources: [id], Tags: tags }));
}
