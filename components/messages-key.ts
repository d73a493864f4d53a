import * as pulumi from "@pulumi/pulumi";
import type { PceSettings } from "../settings";
import type { Account } from "./account";
import { EncryptionKey } from "./encryption-key";
import { messagesKeyUses } from "./key-uses";
import type { StackNames } from "./names";

/** Who sends messages, and who keeps them. */
export interface MessagesKeyArgs {
  readonly account: pulumi.Output<Account>;
  readonly names: StackNames;
  /** The bucket whose notifications go to the forwarder's queue. */
  readonly bucketArn: pulumi.Input<string>;
  /** Absent: there is no forwarder, and its services are not let in. */
  readonly pce?: PceSettings | undefined;
}

/** The key of everything that travels: the alarm topic; with a PCE the forwarder's queue, environment, log and secret. */
export function messagesKey(name: string, args: MessagesKeyArgs, opts: pulumi.ComponentResourceOptions): EncryptionKey {
  const { account, names, pce } = args;
  const logGroupNames = [names.functionLogGroup(names.lambdaFunction("flow-forwarder"))];
  return new EncryptionKey(
    name,
    {
      account,
      alias: names.keyAlias("messages"),
      description: "Queues, alarms, and the functions' environments, logs and secrets",
      uses: pulumi
        .all([account, args.bucketArn])
        .apply(([place, bucketArn]) =>
          messagesKeyUses(
            place,
            names.alarmPrefix,
            pce && { bucketArn, logGroupNames, haveSecret: "apiKeyId" in pce.credentials },
          ),
        ),
    },
    opts,
  );
}
