import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { required } from "./found";
import type { World } from "./world";

/** Asks the emulator whose account this is. */
export async function openWorld(parts: Omit<World, "account">): Promise<World> {
  const { Account } = await parts.aws.sts.send(new GetCallerIdentityCommand({}));
  return { ...parts, account: required(Account, "the account") };
}
