import type { Readable } from "node:stream";
import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { ObjectStore } from "./object-store";
import type { PutObject } from "./quarantine";

/**
 * Reads objects of S3. Objects are read by key, without the version that a notification may name: flow-log files are
 * written once, and reading versions would take a further permission.
 */
export function s3Objects(client: Pick<S3Client, "send">): ObjectStore {
  return {
    open: async ({ bucket, key }, abortSignal) => {
      try {
        const command = new GetObjectCommand({ Bucket: bucket, Key: key });
        const { Body, ContentLength, ETag } = await client.send(command, { abortSignal });
        if (Body === undefined) throw new Error(`S3 answered without a body for ${key}`);
        // on Node it is a Readable; the SDK's type covers browsers too
        return { body: Body as Readable, lengthBytes: ContentLength, eTag: ETag };
      } catch (error) {
        if (isGone(error)) return undefined;
        throw error;
      }
    },
    openRange: async ({ bucket, key }, { start, end, eTag }, abortSignal) => {
      const Range = `bytes=${start}-${end - 1}`;
      // another object at the same key since: parts of two would be read as one
      const command = new GetObjectCommand({ Bucket: bucket, Key: key, Range, ...(eTag && { IfMatch: eTag }) });
      const { Body } = await client.send(command, { abortSignal });
      if (Body === undefined) throw new Error(`S3 answered without a body for ${key}`);
      return { body: Body as Readable, lengthBytes: end - start, eTag };
    },
  };
}

/** Puts objects into a bucket of S3. */
export function s3Putter(client: Pick<S3Client, "send">, bucket: string): PutObject {
  return async (key, body) => {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  };
}

// by name, not by status 404: NoSuchBucket is one too, and that is a wrong setting, not an object that is gone.
// S3 says NoSuchKey only to who may list the bucket; to others it says AccessDenied.
function isGone(error: unknown): boolean {
  return error instanceof Error && error.name === "NoSuchKey";
}
