import { decodeFile } from "../../flow-logs/flow-file";
import { type Deadline, untilDeadline } from "../shared/deadline";
import { type ForwardDeps, forwardFile } from "./forward-file";
import type { ObjectRef } from "./notification";
import { openObject } from "./object-store";
import type { Outcome } from "./outcome";

/**
 * Forwards the connections of one flow-log object to the PCE, and adds what it did to `outcome`. However it ends, the connection to the
 * store is given back.
 * @throws OutOfTimeError, IncompleteObjectError, what `decodeFile` and `forwardFile` do, and whatever the store does.
 */
export async function forwardObject(
  ref: ObjectRef,
  deps: ForwardDeps,
  deadline: Deadline,
  outcome: Outcome,
): Promise<void> {
  const name = `s3://${ref.bucket}/${ref.key}`;
  await untilDeadline(deadline, `forwarding ${name}`, async (signal) => {
    const { decoder, limits, store } = deps;
    let opened = await openObject(store, ref, signal);
    if (opened === undefined) {
      // An object that was deleted, or has expired, before its turn can never be read: as a failure it would be tried for
      // hours, fill the dead-letter queue, and fail again at every redrive. So the message is acknowledged, and the loss is
      // not silent: a metric counts it and the log names the object.
      outcome.objectsGone += 1;
      deps.log.warn("the object was deleted before it could be read", { object: name });
      return;
    }
    const decode = async function* () {
      opened ??= await openObject(store, ref, signal);
      if (opened === undefined) throw new Error(`${name} was deleted while it was read`);
      try {
        yield* decodeFile(opened, decoder, { limits, needsVolumes: false });
      } finally {
        opened.close();
        opened = undefined;
      }
    };
    await forwardFile({ name, key: ref.key, decode, after: ref.after }, deps, { deadline, signal }, outcome);
  });
}
