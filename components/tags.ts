import type * as pulumi from "@pulumi/pulumi";

/** Of a stack's tags those that say which stack it is: a policy knows the stack's resources by them. */
export function stackTags(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(tags).filter(([name]) => name.startsWith("pulumi:")));
}

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
