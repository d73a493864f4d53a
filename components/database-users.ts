import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DatabaseUsersEnvironment } from "../functions/database-users/config";
import type { WantedUser } from "../functions/database-users/wanted";
import type { DatabaseUserSettings } from "../settings";
import type { Account } from "./account";
import { metricAlarm } from "./alarms";
import { type EngineName, engineNamed } from "./engines/engines";
import { functionMetrics, powertoolsEnvironment } from "./function-metrics";
import { type EnvironmentOf, type FunctionNetwork, LambdaFunction } from "./lambda-function";
import type { StackNames } from "./names";
import type { Statement } from "./policy-documents";
import { rdsAuthorities } from "./rds-authorities";

/** Whose users, and how the database is reached. Every default is settings.ts's. */
export interface DatabaseUsersArgs {
  readonly account: pulumi.Output<Account>;
  readonly names: StackNames;
  /** By their names. */
  readonly users: Readonly<Record<string, DatabaseUserSettings>>;
  readonly database: {
    /** The endpoint's name, which its certificate bears. */
    readonly address: pulumi.Input<string>;
    readonly port: pulumi.Input<number>;
    /** Holds the master user's `username` and `password`. */
    readonly secretArn: pulumi.Input<string>;
    /** The database's key: the master user's secret, and the users'. */
    readonly keyArn: pulumi.Input<string>;
  };
  /** One whose users this program makes. */
  readonly engine: EngineName;
  /** The database that was made with the instance. */
  readonly databaseName: string;
  /** The messages key: environment and log. */
  readonly keyArn: pulumi.Input<string>;
  readonly alarmTopicArn: pulumi.Input<string>;
  readonly logRetentionDays: number;
  /** With a way to the database and to Secrets Manager. */
  readonly network: FunctionNetwork;
}

const FOLDER = "database-users";
const AUTHORITIES_FILE = "rds-authorities.pem";
const ROTATION_DAYS = 30;

// A statement has 30 seconds, and a lock of somebody else's migration 5
const TIMEOUT_SECONDS = 300;

// rotations that are due at the same time; a deployment waits for its turn
const MOST_AT_ONCE = 5;

type Secrets = ReadonlyMap<string, aws.secretsmanager.Secret>;

/**
 * The users of the database, each with one schema and no more than it is to do there. A Lambda in the VPC makes them what the settings say,
 * when this is deployed and when it changes; when this goes, it locks them all. A user that is taken from the settings is locked, and dropped
 * if it owns nothing.
 *
 * A user proves who it is by IAM, or by a password that only its secret holds, which changes every 30 days.
 *
 * Cost: about $0.10 per month for the alarm, $2.10 for the function's own seven metrics, $0.40 for each secret.
 */
export class DatabaseUsers extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;
  /** By the names of users that have one. */
  readonly secretArns: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, args: DatabaseUsersArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:database:DatabaseUsers", name, {}, opts);

    const secrets = this.secrets(name, args);
    const environment = environmentOf(args);
    const lambda = this.lambda(name, args, environment, secrets);
    const users = this.users(name, args, { lambda, environment, secrets });
    this.rotations(name, args, { lambda, secrets, users });
    metricAlarm(
      `${name}-alarm-errors`,
      {
        names: args.names,
        topicArn: args.alarmTopicArn,
        what: "database-users-errors",
        description:
          "The function for database users failed: an update of the stack says so itself, and otherwise a user's password could not be " +
          "changed. Secrets Manager tries again, and the password in the secret stays the right one until then. Read in the function's log " +
          "why: the database, its master user's secret, or a user that was changed by hand.",
        namespace: "AWS/Lambda",
        metricName: "Errors",
        dimensions: { FunctionName: lambda.functionName },
        statistic: "Sum",
        threshold: 1,
        treatMissingData: "notBreaching",
      },
      { parent: this },
    );

    this.functionName = lambda.functionName;
    this.secretArns = Object.fromEntries([...secrets].map(([user, { arn }]) => [user, arn]));
    this.registerOutputs({ functionName: this.functionName, secretArns: this.secretArns });
  }

  // without a value: the function makes the password, so that no state and no update ever has it
  private secrets(name: string, { users, database }: DatabaseUsersArgs): Secrets {
    const withSecret = Object.entries(users).filter(([, { authentication }]) => authentication === "secret");
    return new Map(
      withSecret.map(([user]) => [
        user,
        new aws.secretsmanager.Secret(
          `${name}-secret-${user}`,
          {
            description: `The database's user ${user}`,
            kmsKeyId: database.keyArn,
            recoveryWindowInDays: 30,
          },
          { parent: this },
        ),
      ]),
    );
  }

  private lambda(
    name: string,
    args: DatabaseUsersArgs,
    environment: EnvironmentOf<DatabaseUsersEnvironment>,
    secrets: Secrets,
  ): LambdaFunction {
    const arns = [...secrets.values()].map(({ arn }) => arn);
    return new LambdaFunction(
      `${name}-lambda`,
      {
        account: args.account,
        names: args.names,
        folder: FOLDER,
        codeFolder: codeFolderOf(args.engine),
        description: "Makes the database's users what the settings say, and changes their passwords",
        environment,
        files: { [AUTHORITIES_FILE]: rdsAuthorities() },
        statements: pulumi
          .all([args.database.secretArn, args.database.keyArn, pulumi.all(arns)])
          .apply(([masterSecretArn, keyArn, userSecretArns]) =>
            databaseUsersStatements({ masterSecretArn, keyArn, userSecretArns }),
          ),
        keyArn: args.keyArn,
        memoryMb: 256,
        timeoutSeconds: TIMEOUT_SECONDS,
        reservedConcurrency: MOST_AT_ONCE,
        logRetentionDays: args.logRetentionDays,
        network: args.network,
      },
      { parent: this },
    );
  }

  /** The users themselves: they live as long as this. */
  private users(name: string, args: DatabaseUsersArgs, { lambda, environment, secrets }: Work): aws.lambda.Invocation {
    return new aws.lambda.Invocation(
      `${name}-users`,
      {
        functionName: lambda.functionName,
        // what changes it runs the function again; triggers would replace it, and so lock everybody in between
        input: pulumi.jsonStringify({
          users: wantedUsers(args, secrets),
          because: { ...environment, CODE: lambda.codeHash },
        }),
        lifecycleScope: "CRUD",
      },
      { parent: this, dependsOn: [lambda], deleteBeforeReplace: true, additionalSecretOutputs: ["result"] },
    );
  }

  private rotations(
    name: string,
    { account }: DatabaseUsersArgs,
    { lambda, secrets, users }: Omit<Work, "environment"> & { readonly users: aws.lambda.Invocation },
  ): void {
    if (secrets.size === 0) return;
    const permission = new aws.lambda.Permission(
      `${name}-rotation-permission`,
      {
        function: lambda.functionName,
        action: "lambda:InvokeFunction",
        principal: "secretsmanager.amazonaws.com",
        sourceAccount: account.apply(({ accountId }) => accountId),
      },
      { parent: this },
    );
    for (const [user, secret] of secrets) {
      new aws.secretsmanager.SecretRotation(
        `${name}-rotation-${user}`,
        {
          secretId: secret.id,
          rotationLambdaArn: lambda.arn,
          rotationRules: { automaticallyAfterDays: ROTATION_DAYS },
          // the password is new
          rotateImmediately: false,
        },
        // Secrets Manager tries the function at once, and by then there must be a password to try
        { parent: this, dependsOn: [users, permission] },
      );
    }
  }
}

interface Work {
  readonly lambda: LambdaFunction;
  readonly environment: EnvironmentOf<DatabaseUsersEnvironment>;
  readonly secrets: Secrets;
}

function wantedUsers({ users, databaseName }: DatabaseUsersArgs, secrets: Secrets): pulumi.Input<WantedUser>[] {
  return Object.entries(users).map(([name, { schema, privilege, authentication, ...rest }]) => {
    const user = { name, database: rest.database ?? databaseName, schema, privilege, authentication };
    const secret = secrets.get(name);
    return secret === undefined ? user : secret.arn.apply((secretArn): WantedUser => ({ ...user, secretArn }));
  });
}

// each engine's own: a bundle with all database libraries would be large, in Lambda and in the state
function codeFolderOf(engine: EngineName): string {
  const { users } = engineNamed(engine);
  if (users === undefined) throw new Error(`users of ${engine} passed the rules of the settings`);
  return `${FOLDER}/${users.madeBy}`;
}

function environmentOf({
  names,
  engine,
  database,
  databaseName,
}: DatabaseUsersArgs): EnvironmentOf<DatabaseUsersEnvironment> {
  return {
    DATABASE_ENGINE: engine,
    DATABASE_HOST: database.address,
    DATABASE_PORT: pulumi.output(database.port).apply(String),
    DATABASE_NAME: databaseName,
    MASTER_SECRET_ARN: database.secretArn,
    USER_COMMENT: `made by ${names.lambdaFunction(FOLDER)}`,
    AUTHORITIES_FILE,
    ...powertoolsEnvironment(functionMetrics(names, FOLDER), "INFO"),
  };
}

/** What the function's own permissions are made of. */
export interface DatabaseUsersResources {
  readonly masterSecretArn: string;
  readonly userSecretArns: readonly string[];
  /** The key of all these secrets. */
  readonly keyArn: string;
}

/** All that the function may do, besides its log, its traces and its network. */
export function databaseUsersStatements(of: DatabaseUsersResources): Statement[] {
  const userSecrets: Statement = {
    sid: "UserSecrets",
    actions: [
      "secretsmanager:DescribeSecret",
      "secretsmanager:GetSecretValue",
      "secretsmanager:PutSecretValue",
      "secretsmanager:UpdateSecretVersionStage",
    ],
    resources: of.userSecretArns,
  };
  return [
    { sid: "ReadMasterUser", actions: ["secretsmanager:GetSecretValue"], resources: [of.masterSecretArn] },
    ...(of.userSecretArns.length > 0 ? [userSecrets] : []),
    {
      sid: "UseKeyOfSecrets",
      actions: ["kms:Decrypt", ...(of.userSecretArns.length > 0 ? ["kms:GenerateDataKey"] : [])],
      resources: [of.keyArn],
    },
  ];
}
