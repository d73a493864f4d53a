/** Sessions of the roles that services act under, Lambda first of all, each made when it is first needed. */
import { GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { type Credentials, credentialsOf } from "./access-control";
import { ACCOUNT_ID } from "./moto";
import { judge } from "./policy-evaluation";
import type { DeployedFunction } from "./registry";

const GLOBAL_REGION = "us-east-1"; // IAM and STS are global

/** Who assumes roles. */
export interface AssumingService {
  /** In errors. */
  readonly name: string;
  /** For example `lambda.amazonaws.com`. */
  readonly principal: string;
}

/** Runs state machines. */
export const STEP_FUNCTIONS: AssumingService = { name: "Step Functions", principal: "states.amazonaws.com" };
const LAMBDA: AssumingService = { name: "Lambda", principal: "lambda.amazonaws.com" };

interface Session {
  /** A role that came again by the same name has another. */
  readonly roleId: string;
  readonly credentials: Promise<Credentials>;
}

/** Assumes roles as a service does: the trust policy is asked each time a session is. */
export class RoleSessions {
  readonly #iam: IAMClient;
  readonly #sts: STSClient;
  readonly #sessions = new Map<string, Session>();
  readonly #service: AssumingService;

  /** @param admin of `makeAdmin`: acts for the service, so that the emulator leaves the question of trust to this */
  constructor(endpoint: string, admin: Credentials, service: AssumingService = LAMBDA) {
    this.#service = service;
    const client = { endpoint, region: GLOBAL_REGION, credentials: admin };
    this.#iam = new IAMClient(client);
    this.#sts = new STSClient(client);
  }

  /**
   * A session of the role that a function, or whatever the service acts for, is to have; the same one for as long as it is the same role.
   * Throws when the role is not there, or does not let the service assume it.
   */
  async of({ name, arn, roleArn }: Pick<DeployedFunction, "name" | "arn" | "roleArn">): Promise<Credentials> {
    const RoleName = roleArn.split("/").at(-1) ?? roleArn;
    const { Role: role } = await this.#iam.send(new GetRoleCommand({ RoleName }));
    const { name: service, principal } = this.#service;
    const verdict = judge([decodeURIComponent(role?.AssumeRolePolicyDocument ?? "{}")], {
      principal,
      action: "sts:AssumeRole",
      resource: roleArn,
      context: { "aws:SourceAccount": ACCOUNT_ID, "aws:SourceArn": arn },
    });
    if (!verdict.allowed) {
      throw new Error(
        `${service} can not run ${name} under ${roleArn}: ${verdict.because}. Let ${principal} do sts:AssumeRole in its trust policy.`,
      );
    }
    const roleId = role?.RoleId ?? "";
    const known = this.#sessions.get(roleArn);
    if (known?.roleId === roleId) return known.credentials;
    const made = { roleId, credentials: this.#assume(roleArn, name) };
    this.#sessions.set(roleArn, made);
    made.credentials.catch(() => this.#sessions.delete(roleArn));
    return made.credentials;
  }

  async #assume(RoleArn: string, RoleSessionName: string): Promise<Credentials> {
    const { Credentials: made } = await this.#sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName }));
    return credentialsOf(made);
  }

  /** Frees the connections. */
  close(): void {
    this.#iam.destroy();
    this.#sts.destroy();
  }
}
