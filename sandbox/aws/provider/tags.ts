type Tags = Readonly<Record<string, string>> | undefined;

/** Tags as most services take them. */
export const tagList = (tags: Tags): { Key: string; Value: string }[] =>
  Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }));

/** The names of the tags that a resource had and is to have no more. */
export const staleTags = (before: Tags, wanted: Tags): string[] =>
  Object.keys(before ?? {}).filter((name) => !(name in (wanted ?? {})));
