import type { Refusal } from "./answer";
import type { RateLimit } from "./rate-limit";

// what a load balancer asks, without a key
const OPEN_PATH = "/api/v2/node_available";

/** An API key as a PCE issues it: sent as user and password of HTTP Basic. */
export interface PceCredentials {
  /** `api_` and hex digits. */
  readonly apiKeyId: string;
  readonly apiSecret: string;
}

/** What a request must pass before its resource sees it. */
export interface GateOptions {
  readonly credentials: PceCredentials;
  readonly orgId: number;
  readonly rateLimit: RateLimit;
  /** Whether a 429 says when to come back; a PCE is not documented to. */
  readonly sendRetryAfter: boolean;
}

/**
 * Refuses, in this order: no or wrong credentials (401), too many requests of this key (429), another organisation than
 * ours (403). `undefined` lets the request pass. The tokens of 401 and 403 are ours: no public source shows them.
 */
export function refuseAtGate(
  authorization: string | undefined,
  pathname: string,
  options: GateOptions,
): Refusal | undefined {
  const { credentials, orgId, rateLimit, sendRetryAfter } = options;
  if (pathname === OPEN_PATH) return undefined;
  if (!hasCredentials(authorization, credentials)) {
    return {
      status: 401,
      token: "authentication_error",
      message: "Authentication failed",
      headers: { "WWW-Authenticate": 'Basic realm="PCE"' },
    };
  }
  const retryAfterSeconds = rateLimit.admit(credentials.apiKeyId);
  if (retryAfterSeconds !== undefined) {
    return {
      status: 429,
      token: "too_many_requests_error",
      message: "Too many requests",
      ...(sendRetryAfter && { headers: { "Retry-After": String(retryAfterSeconds) } }),
    };
  }
  const org = /^\/api\/v2\/orgs\/([^/]+)/.exec(pathname)?.[1];
  if (org !== undefined && org !== String(orgId)) {
    return { status: 403, token: "authorization_error", message: `Not allowed in organisation ${org}` };
  }
  return undefined;
}

function hasCredentials(authorization: string | undefined, { apiKeyId, apiSecret }: PceCredentials): boolean {
  const encoded = /^basic +(\S+)$/i.exec(authorization ?? "")?.[1];
  return encoded !== undefined && Buffer.from(encoded, "base64").toString("utf8") === `${apiKeyId}:${apiSecret}`;
}
