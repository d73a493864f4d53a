import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { PceSettings } from "../settings";

/** How the forwarder proves to the PCE who it is. */
export interface PceCredentialsArgs {
  readonly credentials: PceSettings["credentials"];
  /** Encrypts a secret that is made here. */
  readonly keyArn: pulumi.Input<string>;
}

/**
 * The secret with the PCE's API key: JSON, `{"apiKeyId": "api_...", "apiSecret": "..."}`. Made here from the settings, or one that
 * exists: that one stays as it is, and if a key of your own encrypts it, that key's policy must let the forwarder's role decrypt.
 * Cost of one made here: $0.40 per month.
 */
export class PceCredentials extends pulumi.ComponentResource {
  /** Known once the secret has a value. */
  readonly secretArn: pulumi.Output<string>;

  constructor(name: string, args: PceCredentialsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:flows:PceCredentials", name, {}, opts);

    this.secretArn =
      "secretArn" in args.credentials
        ? pulumi.output(args.credentials.secretArn)
        : this.keep(name, args.credentials, args.keyArn);
    this.registerOutputs({ secretArn: this.secretArn });
  }

  private keep(
    name: string,
    { apiKeyId, apiSecret }: Exclude<PceSettings["credentials"], { secretArn: string }>,
    keyArn: pulumi.Input<string>,
  ): pulumi.Output<string> {
    const secret = new aws.secretsmanager.Secret(
      `${name}-secret`,
      { description: "API key of the PCE", kmsKeyId: keyArn, recoveryWindowInDays: 30 },
      { parent: this },
    );
    const version = new aws.secretsmanager.SecretVersion(
      `${name}-secret-value`,
      { secretId: secret.id, secretString: pulumi.secret(pulumi.jsonStringify({ apiKeyId, apiSecret })) },
      { parent: this },
    );
    return pulumi.all([secret.arn, version.id]).apply(([arn]) => arn);
  }
}
