import { AddTagsCommand, RemoveTagsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { staleTags, tagList } from "../tags";
import type { World } from "../world";

type Tags = Readonly<Record<string, string>> | undefined;

/** Tags given while a resource is made; ELB refuses an empty list. */
export const taggedElb = (tags: Tags) => (Object.keys(tags ?? {}).length === 0 ? {} : { Tags: tagList(tags) });

/** Makes the tags of a load balancer, target group or listener equal to the wanted ones. */
export async function retagElb({ aws: { elb } }: World, arn: string, before: Tags, wanted: Tags): Promise<void> {
  const ResourceArns = [arn];
  const stale = staleTags(before, wanted);
  if (stale.length > 0) await elb.send(new RemoveTagsCommand({ ResourceArns, TagKeys: stale }));
  const tags = tagList(wanted);
  if (tags.length > 0) await elb.send(new AddTagsCommand({ ResourceArns, Tags: tags }));
}

/** Attributes as ELB takes them: text, without those that are not given. */
export const elbAttributes = (given: Readonly<Record<string, unknown>>): { Key: string; Value: string }[] =>
  Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .map(([Key, value]) => ({ Key, Value: String(value) }));
