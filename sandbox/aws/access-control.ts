/** Turns the emulator's access control on: from then on every call is judged by the caller's own policies. */
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from "@aws-sdk/client-iam";

const ADMIN = "sandbox-admin";
const EVERYTHING = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
const GLOBAL_REGION = "us-east-1"; // IAM is global
const ANYONE = { accessKeyId: "anyone", secretAccessKey: "anyone" };

/** Keys that AWS clients sign with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Calls with any other key than those of `makeAdmin` before, and of sessions of roles after, fail from then on. */
export async function turnOnAccessControl(moto: { readonly url: string }): Promise<void> {
  // source: moto documentation, "IAM-like Access Control"; the body is the number of calls that stay unchecked
  const answer = await fetch(`${moto.url}/moto-api/reset-auth`, {
    method: "POST",
    body: "0",
    headers: { "content-type": "text/plain" },
  });
  if (!answer.ok) throw new Error(`The AWS emulator refused to turn access control on: status ${answer.status}`);
  await answer.arrayBuffer();
}

/**
 * Makes a user that may do everything, once an emulator, and before access control is on. It also acts for AWS services, so no key
 * policy and no trust policy is asked when a call of its decrypts or assumes a role. The user is not part of any stack.
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
    return credentialsOf(key);
  } finally {
    iam.destroy();
  }
}

/** The keys in an answer of AWS; throws when they are not there. */
export function credentialsOf(
  answer: Readonly<Partial<Record<"AccessKeyId" | "SecretAccessKey" | "SessionToken", string | undefined>>> | undefined,
): Credentials {
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = answer ?? {};
  if (accessKeyId === undefined || secretAccessKey === undefined) throw new Error("The AWS emulator returned no key");
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}
