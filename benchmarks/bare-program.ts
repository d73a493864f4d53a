// What the engine, the language host and the SDK take by themselves: the anchor of the previews.
export const nothing = true;
