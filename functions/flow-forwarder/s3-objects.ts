import type { Readable } from "node:stream";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { OpenObject } from "./read-object";

/**
 * Opens objects of S3. Objects are read by key, without the version that a notification may name: flow-log files are
 * written once, and reading versions would take a further permission.
 */
export function s3Opener(client: Pick<S3Client, "send">): OpenObject {
  return async ({ bucket, key }, abortSignal) => {
    try {
      const { Body, ContentLength } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), {
        abortSignal,
      });
      if (Body === undefined) throw new Error(`S3 answered without a body for ${key}`);
      // on Node it is a Readable; the SDK's type covers browsers too
      return { body: Body as Readable, lengthBytes: ContentLength };
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  };
}

// by name, not by status 404: NoSuchBucket is one too, and that is a wrong setting, not an object that is gone.
// S3 says NoSuchKey only to who may list the bucket; to others it says AccessDenied.
function isGone(error: unknown): boolean {
  return error instanceof Error && error.name === "NoSuchKey";
}
