/**
 * List prices that grow with the flows, in US dollars, us-east-1, November 2026. They differ by region and change: the pages named are what
 * holds.
 */
export const PRICES = {
  /** A GB of flow logs delivered to S3, uncompressed, by the GB of the month before it. Source: CloudWatch pricing, "Vended logs". */
  deliveryTiers: [
    { fromGb: 0, perGb: 0.25 },
    { fromGb: 10_240, perGb: 0.15 },
    { fromGb: 30_720, perGb: 0.075 },
    { fromGb: 51_200, perGb: 0.05 },
  ],
  /** A GB and month of S3 Standard. Source: S3 pricing. */
  storagePerGbMonth: 0.023,
  /** A GB and second of a function on Arm. Source: Lambda pricing. */
  lambdaPerGbSecond: 0.0000133334,
  /** An invocation. Source: Lambda pricing. */
  lambdaPerRequest: 0.2e-6,
  /** An object: S3's put by the delivery and get by the function, and three requests of SQS. Source: S3 and SQS pricing. */
  perObject: 5e-6 + 0.4e-6 + 3 * 0.4e-6,
} as const;
