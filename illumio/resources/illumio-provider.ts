import * as pulumi from "@pulumi/pulumi";

/** Which PCE the resources are of. No secret: all of it is kept in the stack's state. */
export interface IllumioProviderArgs {
  readonly host: pulumi.Input<string>;
  /** @default 8443 */
  readonly port?: pulumi.Input<number>;
  /**
   * Another organisation has other objects: a change replaces every resource.
   * @default 1
   */
  readonly orgId?: pulumi.Input<number>;
  /** PEM, when a private authority signed the PCE's certificate. */
  readonly caCertificate?: pulumi.Input<string> | undefined;
  /**
   * Secret in Secrets Manager with `{"apiKeyId": "api_...", "apiSecret": "..."}`. It is read when an update needs it, and is nowhere in
   * the state.
   * @default - the environment's ILLUMIO_API_KEY_USERNAME and ILLUMIO_API_KEY_SECRET, which also win when both are given
   */
  readonly credentialsSecretArn?: pulumi.Input<string>;
  /**
   * Profile of the AWS configuration files with which the secret is read.
   * @default - the environment's AWS credentials
   */
  readonly awsProfile?: pulumi.Input<string> | undefined;
}

/** A PCE, for resources of the package `illumio`: give it to them as their `provider`. */
export class IllumioProvider extends pulumi.ProviderResource {
  constructor(name: string, args: IllumioProviderArgs, opts?: pulumi.ResourceOptions) {
    const { port = 8443, orgId = 1 } = args;
    super("illumio", name, { ...args, port, orgId }, opts);
  }
}
