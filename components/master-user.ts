import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/** Who keeps the master password. */
export interface MasterUserArgs {
  /** `managed`: RDS, which also rotates it every 7 days. `generated`: this stack; it never rotates. */
  readonly masterPassword: "managed" | "generated";
  /** The key that encrypts the secret. **RDS does not change the key of a managed secret later.** */
  readonly keyArn: pulumi.Input<string>;
  /** Characters that the engine takes at most. */
  readonly longestPassword: number;
}

// 38 letters and digits are 226 bits
const LONGEST_ENDING = 38;

/** The password part of an instance's inputs: one way or the other, never both, since even `false` beside a password is refused. */
export type MasterPassword = Pick<
  aws.rds.InstanceArgs,
  "manageMasterUserPassword" | "masterUserSecretKmsKeyId" | "password"
>;

/**
 * The master user of a database: `u` and 12 random characters, so that nobody can guess half of a login, and a password that is
 * nowhere in clear. Cost: one secret, $0.40 per month, either way.
 */
export class MasterUser extends pulumi.ComponentResource {
  /** Small letters and digits, a letter first, 13 characters. */
  readonly username: pulumi.Output<string>;
  /** What the instance is given. */
  readonly password: MasterPassword;
  /** The secret of a generated password: JSON with `username` and `password`, as RDS writes its own. Absent when RDS keeps it. */
  readonly generatedSecretArn?: pulumi.Output<string>;

  constructor(name: string, args: MasterUserArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:database:MasterUser", name, {}, opts);

    const ending = new random.RandomString(
      `${name}-name`,
      { length: 12, upper: false, special: false },
      { parent: this },
    );
    this.username = pulumi.interpolate`u${ending.result}`;

    if (args.masterPassword === "managed") {
      this.password = { manageMasterUserPassword: true, masterUserSecretKmsKeyId: args.keyArn };
    } else {
      const generated = this.generate(name, args.longestPassword);
      const { arn, saved } = this.keep(name, generated, args.keyArn);
      // an instance is given it only once it is saved: nobody could log in otherwise
      this.password = { password: pulumi.all([generated, saved]).apply(([password]) => password) };
      this.generatedSecretArn = arn;
    }
    this.registerOutputs({ username: this.username });
  }

  // letters and digits only: no shell, URL or connection string needs them quoted
  private generate(name: string, longest: number): pulumi.Output<string> {
    const length = Math.min(LONGEST_ENDING, longest - 1);
    const ending = new random.RandomPassword(`${name}-password`, { length, special: false }, { parent: this });
    return pulumi.secret(pulumi.interpolate`p${ending.result}`);
  }

  private keep(name: string, password: pulumi.Output<string>, keyArn: pulumi.Input<string>) {
    const secret = new aws.secretsmanager.Secret(
      `${name}-secret`,
      { description: "Master user of the database", kmsKeyId: keyArn, recoveryWindowInDays: 30 },
      { parent: this },
    );
    const value = new aws.secretsmanager.SecretVersion(
      `${name}-secret-value`,
      { secretId: secret.id, secretString: pulumi.secret(pulumi.jsonStringify({ username: this.username, password })) },
      { parent: this },
    );
    return { arn: secret.arn, saved: value.id };
  }
}

/** The ARN of the secret in which RDS keeps a managed password, of an instance's `masterUserSecrets`. */
export function managedSecretArn(
  masterUserSecrets: pulumi.Output<readonly { readonly secretArn?: string | undefined }[]>,
): pulumi.Output<string> {
  return masterUserSecrets.apply((secrets) => {
    const arn = secrets[0]?.secretArn;
    if (arn !== undefined) return pulumi.output(arn);
    // the preview of a change from a generated to a managed password still sees no secret: unknown, as any output to come
    if (pulumi.runtime.isDryRun()) return pulumi.output(pulumi.unknown) as unknown as pulumi.Output<string>;
    throw new Error(
      "RDS names no secret for the managed master password; look at the instance's configuration in the console",
    );
  });
}
