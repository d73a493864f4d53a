import type { TrafficOptions } from "../../../sandbox/traffic/traffic";

/** 2026-01-02 03:00 UTC. */
export const START_TIME = 1_767_322_800;

/** Traffic of a database with two interfaces; what is not named has the generator's own default. */
export function trafficOptions(options: Partial<TrafficOptions> = {}): TrafficOptions {
  return {
    seed: 1,
    startTime: START_TIME,
    databases: ["10.0.64.10", "10.0.65.10"],
    clientSubnets: ["10.0.16.0/20", "10.0.32.0/20"],
    ...options,
  };
}
