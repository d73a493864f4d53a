import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { rdsAuthorities } from "../../components/rds-authorities";
import { authoritiesOf } from "../../functions/database-users/authorities";
import { readConfig } from "../../functions/database-users/config";
import { readUsers } from "../../functions/database-users/wanted";
import { arnOf, codeOf, comesBefore, statementsBySid } from "../support/components";
import { recordProgram, recordStack } from "../support/program";

const STACK = "with database users";
const INVOCATION = "database-users-users";
const DATA_KEY = arnOf("kms", "key/key-database-key-key");

const functionOf = async () => (await recordStack(STACK)).named("database-users-lambda-function");

describe("the database users", () => {
  it("are made of these and nothing else", async () => {
    const made = await recordStack(STACK);

    assert.deepEqual(
      made.names().filter((name) => name.startsWith("database-users-")),
      [
        "database-users-alarm-errors",
        "database-users-lambda-function",
        "database-users-lambda-log",
        "database-users-lambda-policy",
        "database-users-lambda-role",
        "database-users-rotation-permission",
        "database-users-rotation-report",
        "database-users-rotation-shop",
        "database-users-secret-report",
        "database-users-secret-shop",
        "database-users-users",
      ],
    );
  });

  it("go to the function as it reads them, with the stack's database where none is named", async () => {
    const { inputs } = (await recordStack(STACK)).named(INVOCATION);
    const event = JSON.parse(String(inputs["input"])) as object;

    assert.deepEqual(
      readUsers(event).map(({ name, database, privilege, secretArn }) => [
        name,
        database,
        privilege,
        secretArn !== undefined,
      ]),
      [
        ["shop_owner", "app", "owner", false],
        ["shop", "app", "write", true],
        ["report", "archive", "read", true],
      ],
    );
    assert.equal(inputs["lifecycleScope"], "CRUD");
    assert.deepEqual(readUsers({ ...event, tf: { action: "delete" } }), []);
  });

  it("have a function with an environment that it accepts, in a group of its own on the private tier", async () => {
    const { inputs, dependencies } = await functionOf();
    const { variables } = inputs["environment"] as { variables: Record<string, string> };
    const { host, port, database, comment } = readConfig({ ...variables, AWS_REGION: "us-west-2" });

    assert.match(host, /\.rds\.amazonaws\.com$/);
    assert.deepEqual([port, database, comment], [5432, "app", "made by rds-sightline-dev-database-users"]);
    assert.ok(dependencies.includes("access-database-users"));
    assert.ok(dependencies.includes("network-private-a"));
  });

  it("may read the master user's secret, and write those of users, and no other", async () => {
    const made = await recordStack(STACK);
    const statements = statementsBySid(made.named("database-users-lambda-policy"));

    assert.deepEqual(statements["ReadMasterUser"]?.Action, ["secretsmanager:GetSecretValue"]);
    assert.equal(statements["ReadMasterUser"]?.Resource?.length, 1);
    assert.equal(statements["UserSecrets"]?.Resource?.length, 2);
    assert.deepEqual(statements["UseKeyOfSecrets"]?.Action, ["kms:Decrypt", "kms:GenerateDataKey"]);
    assert.deepEqual(statements["UseKeyOfSecrets"]?.Resource, [DATA_KEY]);
  });

  it("have secrets of the database's key without a value, which rotate every 30 days once there is one", async () => {
    const made = await recordStack(STACK);

    assert.equal(made.named("database-users-secret-shop").inputs["kmsKeyId"], DATA_KEY);
    assert.deepEqual(made.names("aws:secretsmanager/secretVersion:SecretVersion"), []);
    const { rotationRules, rotateImmediately } = made.named("database-users-rotation-shop").inputs;
    assert.deepEqual([rotationRules, rotateImmediately], [{ automaticallyAfterDays: 30 }, false]);
    assert.ok(comesBefore(made, INVOCATION, "database-users-rotation-shop"));
    const { principal, sourceAccount } = made.named("database-users-rotation-permission").inputs;
    assert.deepEqual([principal, sourceAccount], ["secretsmanager.amazonaws.com", "111122223333"]);
  });

  it("reach Secrets Manager by an endpoint where there is no NAT, and through NAT without one", async () => {
    const users = { shop: { schema: "shop" } };
    const [closed, open] = [
      await recordProgram({ databaseUsers: users }),
      await recordProgram({ databaseUsers: users, network: { nat: "single" } }),
    ];
    const waysOut = (made: typeof closed) => made.names().filter((name) => /^access-database-users-.*-out$/.test(name));

    assert.deepEqual(waysOut(closed), [
      "access-database-users-to-database-5432-out",
      "access-database-users-to-endpoints-443-out",
    ]);
    assert.deepEqual(waysOut(open), [
      "access-database-users-to-0.0.0.0-0-443-out",
      "access-database-users-to-database-5432-out",
    ]);
    assert.ok(closed.names().includes("endpoints-secretsmanager"));
    assert.ok(!open.names().includes("endpoints-secretsmanager"));
  });

  for (const engine of ["mysql", "mariadb"])
    it(`of ${engine} have the function of that engine, and go to it with their databases`, async () => {
      const made = await recordProgram({
        database: { engine },
        databaseUsers: { shop: { authentication: "secret" }, far: { database: "other", privilege: "owner" } },
      });
      const lambda = made.named("database-users-lambda-function");
      const { variables } = lambda.inputs["environment"] as { variables: Record<string, string> };
      const config = readConfig({ ...variables, AWS_REGION: "us-west-2" });
      const users = readUsers(JSON.parse(String(made.named(INVOCATION).inputs["input"])));

      assert.deepEqual([config.engine, config.port, config.database], [engine, 3306, "app"]);
      assert.match((await codeOf(lambda))["index.js"] ?? "", /caching_sha2_password/);
      assert.deepEqual(
        users.map(({ name, database, schema }) => [name, database, schema]),
        [
          ["shop", "app", "app"],
          ["far", "other", "other"],
        ],
      );
    });

  it("bring along RDS's authorities, of which the function believes those of its region only", async () => {
    const code = await codeOf(await functionOf());
    const pem = code["rds-authorities.pem"] ?? "";

    const subjects = authoritiesOf("eu-west-1", pem).map((each) => new X509Certificate(each).subject.split("CN=")[1]);
    assert.deepEqual(
      subjects.sort(),
      [
        "Amazon RDS eu-west-1 Root CA ECC384 G1",
        "Amazon RDS eu-west-1 Root CA RSA2048 G1",
        "Amazon RDS eu-west-1 Root CA RSA4096 G1",
      ].map((name) => subjects.find((subject) => subject?.startsWith(name))),
    );
    assert.throws(() => authoritiesOf("mars-1", pem), /none is of RDS in mars-1/);
    assert.equal(pem, rdsAuthorities());
  });
});
