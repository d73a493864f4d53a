import { PceClient, type UploadFlows } from "../../functions/flow-forwarder/pce-client";
import type { UploadResult } from "../../functions/flow-forwarder/upload-answer";
import { CachedCredentials } from "../../functions/shared/pce-credentials";
import { PceTransport } from "../../illumio/client/pce-transport";
import { RequestPace } from "../../illumio/client/request-pace";

export const SECRET = "s3cr3t-of-the-fixture";
export const LINES = ["10.0.1.5,10.0.20.7,5432,6", "10.0.1.6,10.0.20.7,5432,6"];

/** A client of a scripted PCE whose waits take no time but move the clock. */
export class ClientOfPce {
  readonly waits: number[] = [];
  readonly latencies: number[] = [];
  secretReads = 0;
  clockMs = Date.UTC(2026, 0, 2);
  readonly deadline: { remainingMs(): number };
  readonly transport: PceTransport;
  readonly uploadFlows: UploadFlows;
  /** Secrets in the order that they are read; the last one stays. */
  secrets = [SECRET];
  /** Called before each wait ends. */
  onWait: () => Promise<void> = async () => undefined;

  constructor(endpoint: { host: string; port: number; ca?: string }, timeMs = 100_000, perMinute = 500) {
    const endMs = this.clockMs + timeMs;
    this.deadline = { remainingMs: () => endMs - this.clockMs };
    this.transport = new PceTransport(endpoint);
    const readSecret = async (): Promise<string> => {
      const apiSecret = this.secrets[Math.min(this.secretReads, this.secrets.length - 1)];
      this.secretReads += 1;
      return JSON.stringify({ apiKeyId: "api_1a2b", apiSecret });
    };
    const client = new PceClient({
      orgId: 3,
      send: this.transport.send,
      credentials: new CachedCredentials(readSecret),
      now: () => this.clockMs,
      random: () => 0.5,
      sleep: async (ms) => {
        this.waits.push(ms);
        this.clockMs += ms;
        await this.onWait();
      },
    });
    this.uploadFlows = client.forInvocation({
      onAnswer: (ms) => this.latencies.push(ms),
      pace: new RequestPace({ perMinute, now: () => this.clockMs }),
    });
  }

  upload(lines: readonly string[] = LINES): Promise<UploadResult> {
    return this.uploadFlows(lines, this.deadline);
  }
}
