import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { bundleFunction } from "../../../../components/bundle";
import type { DatabaseUsersEnvironment } from "../../../../functions/database-users/config";
import { runBundle } from "../../../support/bundle-promises";
import { MysqlUnderTest } from "../../../support/mysql-users";
import { COMMENT, DATABASE, secretUser } from "../../../support/wanted-users";

const ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:";
const USERS = [secretUser({ name: "app_user", privilege: "owner", secretArn: `${ARN}app_user` })];

// what Lambda does with the code
const RUNTIME = `
  const { handler } = require("./index.js");
  handler(${JSON.stringify({ users: USERS })}, { getRemainingTimeInMillis: () => 60000 })
    .then((answer) => console.log(JSON.stringify({ answer })));
`;

interface SecretCall {
  readonly SecretId: string;
  readonly SecretString?: string;
  readonly ClientRequestToken?: string;
  readonly VersionStage?: string;
  readonly RemoveFromVersionId?: string;
}

/** As much of Secrets Manager as a first password takes; its first version is the current one, and the next. */
class FirstVersions {
  readonly texts = new Map<string, string>();
  /** Of the version of each secret that has been written. */
  readonly versions = new Map<string, { readonly id: string; readonly stages: string[] }>();

  answer(
    action: string,
    { SecretId, SecretString, ClientRequestToken: id = "", ...call }: SecretCall,
  ): object | undefined {
    const version = this.versions.get(SecretId);
    switch (action) {
      case "DescribeSecret":
        return version === undefined ? {} : { VersionIdsToStages: { [version.id]: version.stages } };
      case "PutSecretValue":
        this.texts.set(SecretId, SecretString ?? "");
        this.versions.set(SecretId, { id, stages: ["AWSPENDING", "AWSCURRENT"] });
        return {};
      case "UpdateSecretVersionStage":
        assert.equal(call.RemoveFromVersionId, version?.id);
        version?.stages.splice(version.stages.indexOf(call.VersionStage ?? ""), 1);
        return {};
      default: {
        const text = this.texts.get(SecretId);
        return text === undefined ? undefined : { SecretString: text };
      }
    }
  }
}

describe("the built function for users of MySQL and MariaDB", () => {
  let database: MysqlUnderTest;
  let folder = "";
  let aws: Server;
  const secrets = new FirstVersions();

  before(async () => {
    database = await MysqlUnderTest.start({ authority: "Amazon RDS eu-west-1 Root CA ECC384 G1" });
    folder = mkdtempSync(join(tmpdir(), "mysql-users-"));
    writeFileSync(join(folder, "index.js"), bundleFunction("database-users/mysql"));
    writeFileSync(join(folder, "runtime.js"), RUNTIME);
    writeFileSync(join(folder, "authorities.pem"), database.server.caCertificate);
    secrets.texts.set(`${ARN}master`, JSON.stringify(database.login));
    aws = createServer((request, response) => {
      void text(request).then((body) => {
        const action = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
        const answer = secrets.answer(action, JSON.parse(body) as SecretCall);
        response.statusCode = answer === undefined ? 400 : 200;
        response.end(JSON.stringify(answer ?? { __type: "ResourceNotFoundException" }));
      });
    }).listen(0, "127.0.0.1");
  });
  after(async () => {
    aws.close();
    rmSync(folder, { recursive: true });
    await database.stop();
  });

  it("makes users over TLS, puts their passwords in their secrets, and prints none", async () => {
    const environment: DatabaseUsersEnvironment = {
      DATABASE_ENGINE: database.server.kind,
      DATABASE_HOST: "localhost",
      DATABASE_PORT: `${database.server.port}`,
      DATABASE_NAME: DATABASE,
      MASTER_SECRET_ARN: `${ARN}master`,
      USER_COMMENT: COMMENT,
      AUTHORITIES_FILE: "authorities.pem",
      POWERTOOLS_SERVICE_NAME: "database-users",
      POWERTOOLS_METRICS_NAMESPACE: "RdsSightline",
      POWERTOOLS_LOG_LEVEL: "DEBUG",
    };
    const child = runBundle(folder, `http://127.0.0.1:${(aws.address() as AddressInfo).port}`, { ...environment });
    const printed = (await Promise.all([text(child.stdout), text(child.stderr)])).join("\n");

    assert.match(printed, /"answer":\{"created":\["app_user"\]/);
    const { engine, username, password } = JSON.parse(secrets.texts.get(`${ARN}app_user`) ?? "{}") as Record<
      string,
      string
    >;
    assert.deepEqual([engine, username], [database.server.kind, "app_user"]);
    assert.deepEqual(secrets.versions.get(`${ARN}app_user`)?.stages, ["AWSCURRENT"]);
    await (await database.logIn("app_user", DATABASE, password)).end();
    for (const secret of [password ?? "", database.login.password]) assert.ok(!printed.includes(secret));
  });
});
