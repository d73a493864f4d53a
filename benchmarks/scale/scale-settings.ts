import { type ParsedSettings, settingsSchema } from "../../settings/schema";
import type { ScaleSettings } from "./scale";

/** What the arithmetic needs of a stack's settings, in a stack that says nothing but where its PCE is. */
export function defaultScaleSettings(): ScaleSettings {
  const { flowLogs, forwarder, pce }: ParsedSettings = settingsSchema.parse({
    pce: { host: "pce.example.com", apiKeyId: "api_1" },
  });
  return {
    aggregationSeconds: flowLogs.aggregationSeconds,
    retentionDays: flowLogs.retentionDays,
    maximumConcurrency: forwarder.maximumConcurrency,
    memoryMb: forwarder.memoryMb,
    resendAfterMinutes: forwarder.resendAfterMinutes,
    requestsPerMinute: pce?.requestsPerMinute ?? Number.NaN,
  };
}
