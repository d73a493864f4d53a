/** Turns the emulator's access control on: from then on every call is judged by the caller's own policies. */
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  GetRoleCommand,
  IAMClient,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { judge } from "./policy-evaluation";

const ADMIN = "sandbox-admin";
const EVERYTHING = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
const GLOBAL_REGION = "us-east-1"; // IAM and STS are global
const ANYONE = { accessKeyId: "anyone", secretAccessKey: "anyone" };

/** Keys that AWS clients sign with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Assumes `roleArns` as the Lambda service does, then turns access control on.
 * Throws when a role is not there or its trust policy does not let lambda.amazonaws.com assume it. Calls with any other key than those
 * of the roles, and of `makeAdmin` before, fail from then on.
 * @returns a session of each role, by role ARN
 */
export async function turnOnAccessControl(
  moto: { readonly url: string },
  roleArns: readonly string[],
): Promise<ReadonlyMap<string, Credentials>> {
  const client = { endpoint: moto.url, region: GLOBAL_REGION, credentials: ANYONE };
  const iam = new IAMClient(client);
  const sts = new STSClient(client);
  try {
    // while control is off: moto's own trust check breaks on a policy that names services only, so ours is asked
    const roles = new Map<string, Credentials>();
    for (const arn of new Set(roleArns)) {
      await checkTrust(iam, arn);
      roles.set(arn, await assume(sts, arn));
    }
    await resetAuthorization(moto.url);
    return roles;
  } finally {
    iam.destroy();
    sts.destroy();
  }
}

/**
 * Makes a user that may do everything, once an emulator, and before access control is on. It also acts for AWS services, so no key
 * policy is asked when a call of its encrypts or decrypts. The user is not part of any stack.
 */
export async function makeAdmin(moto: { readonly url: string }): Promise<Credentials> {
  const iam = new IAMClient({ endpoint: moto.url, region: GLOBAL_REGION, credentials: ANYONE });
  try {
    await iam.send(new CreateUserCommand({ UserName: ADMIN }));
    await iam.send(
      new PutUserPolicyCommand({
        UserName: ADMIN,
        PolicyName: "everything",
        PolicyDocument: JSON.stringify(EVERYTHING),
      }),
    );
    const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: ADMIN }));
    return credentials(key?.AccessKeyId, key?.SecretAccessKey);
  } finally {
    iam.destroy();
  }
}

async function checkTrust(iam: IAMClient, arn: string): Promise<void> {
  const name = arn.split("/").at(-1) ?? arn;
  const { Role: role } = await iam.send(new GetRoleCommand({ RoleName: name }));
  const verdict = judge([decodeURIComponent(role?.AssumeRolePolicyDocument ?? "{}")], {
    principal: "lambda.amazonaws.com",
    action: "sts:AssumeRole",
    resource: arn,
  });
  if (!verdict.allowed) {
    throw new Error(
      `Lambda can not run a function under ${arn}: ${verdict.because}. Let lambda.amazonaws.com do sts:AssumeRole in its trust policy.`,
    );
  }
}

async function assume(sts: STSClient, arn: string): Promise<Credentials> {
  const { Credentials: got } = await sts.send(new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: "sandbox" }));
  return credentials(got?.AccessKeyId, got?.SecretAccessKey, got?.SessionToken);
}

// source: moto documentation, "IAM-like Access Control"; the body is the number of calls that stay unchecked
async function resetAuthorization(url: string): Promise<void> {
  const answer = await fetch(`${url}/moto-api/reset-auth`, {
    method: "POST",
    body: "0",
    headers: { "content-type": "text/plain" },
  });
  if (!answer.ok) throw new Error(`The AWS emulator refused to turn access control on: status ${answer.status}`);
  await answer.arrayBuffer();
}

function credentials(accessKeyId?: string, secretAccessKey?: string, sessionToken?: string): Credentials {
  if (accessKeyId === undefined || secretAccessKey === undefined) throw new Error("The AWS emulator returned no key");
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}
