import type * as pulumi from "@pulumi/pulumi";

/**
 * A transformation that gives every resource that takes tags these ones; a resource's own tag wins over one of the same name.
 * Handed to a component, it reaches everything below it.
 */
export function tagEverything(tags: Readonly<Record<string, string>>): pulumi.ResourceTransformation {
  // not defaultTags: they need an explicit provider, which would no longer read the stack's aws:* settings
  return ({ props, opts }) => {
    // the SDK sets the key `tags` on each type that takes them, given or not, and on no other
    if (!("tags" in props)) return undefined;
    const { tags: own } = props;
    return { props: { ...props, tags: { ...tags, ...own } }, opts };
  };
}
