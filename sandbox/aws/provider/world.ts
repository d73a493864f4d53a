import type { AwsClients } from "./clients";

/** What the AWS stand-in works on. */
export interface World {
  readonly aws: AwsClients;
  /** Clients of another region, for the few resources that say theirs. */
  readonly awsIn: (region: string) => AwsClients;
  readonly account: string;
  readonly region: string;
  /** The tour's run folder (absolute). */
  readonly run: string;
  readonly now: () => Date;
  /** So many random lower-case hex digits. */
  readonly hex: (digits: number) => string;
}

/** `arn:aws:<service>:<region>:<account>:<resource>`, in the sandbox's region and account. */
export const arnOf = (world: World, service: string, resource: string): string =>
  `arn:aws:${service}:${world.region}:${world.account}:${resource}`;
