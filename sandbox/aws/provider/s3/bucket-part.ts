import { ifFound } from "../found";
import type { Plain, ResourceType } from "../resource-type";
import { resourceType } from "../resource-type";
import type { World } from "../world";

/** A setting of a bucket that is a resource of its own: put as a whole, removed as a whole. */
interface BucketPart<Args> {
  readonly json?: readonly (keyof Args & string)[];
  put(inputs: Plain<Args>, world: World): Promise<unknown>;
  remove(state: Plain<Args>, world: World): Promise<unknown>;
}

/** Makes a resource type of a bucket's setting; its id is the bucket's name. */
export function bucketPart<Args extends { bucket: unknown }>(part: BucketPart<Args>): ResourceType {
  return resourceType<Args>({
    kind: "emulator",
    replaceOn: ["bucket"],
    ...(part.json === undefined ? {} : { json: part.json }),
    create: async (inputs, world) => {
      await part.put(inputs, world);
      return { id: String((inputs as { bucket: unknown }).bucket), outputs: {} };
    },
    update: async (_id, inputs, _before, world) => {
      await part.put(inputs, world);
      return {};
    },
    delete: async (_id, state, world) => {
      await ifFound(part.remove(state, world));
    },
  });
}
