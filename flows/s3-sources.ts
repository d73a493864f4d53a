import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { openObject } from "../functions/flow-forwarder/object-store";
import { s3Objects } from "../functions/flow-forwarder/s3-objects";
import { missing, type OpenFile, type Source } from "./source";

/** Objects whose first bytes are on their way while others are read: most are small, and each costs a round trip. */
const OPEN_AHEAD = 8;

/** Larger ones are opened at their turn; their connections would wait for too long. */
const MAX_AHEAD_BYTES = 4 * 2 ** 20;

/** Reads objects of S3, as the AWS SDK finds its credentials and region. */
export class S3Sources {
  readonly #client: S3Client;

  /** `hasEndpoint`: whether another endpoint than AWS's is set, whose names of hosts may not have buckets in them. */
  constructor({ hasEndpoint }: { readonly hasEndpoint: boolean }) {
    this.#client = new S3Client({ followRegionRedirects: true, forcePathStyle: hasEndpoint });
  }

  /** The object at s3://bucket/key, or all of those below s3://bucket/prefix/, in order of their keys. */
  async *sources(url: string): AsyncGenerator<Source, void, undefined> {
    const [, bucket = "", key = ""] = /^s3:\/\/([^/]*)\/?(.*)$/s.exec(url) ?? [];
    if (bucket === "") yield missing(url, "it names no bucket; write s3://bucket/key, or s3://bucket/prefix/");
    else if (key === "" || key.endsWith("/")) yield* openedAhead(this.#below(url, bucket, key));
    else yield this.#object(bucket, key);
  }

  /** Ends the connections. */
  close(): void {
    this.#client.destroy();
  }

  #object(bucket: string, key: string, lengthBytes?: number): Source {
    const open = async (): Promise<OpenFile> => {
      const { signal } = new AbortController();
      const opened = await openObject(s3Objects(this.#client), { bucket, key }, signal).catch(explained);
      if (opened === undefined) throw new Error("there is no such object; to read all below it, end it with /");
      return opened;
    };
    return { name: `s3://${bucket}/${key}`, lengthBytes, open };
  }

  async *#below(url: string, Bucket: string, Prefix: string): AsyncGenerator<Source, void, undefined> {
    let ContinuationToken: string | undefined;
    let isEmpty = true;
    do {
      try {
        const listing = new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken });
        const { Contents = [], NextContinuationToken } = await this.#client.send(listing).catch(explained);
        for (const { Key = "", Size } of Contents) {
          // what the console makes for a folder
          if (Key.endsWith("/") && Size === 0) continue;
          isEmpty = false;
          yield this.#object(Bucket, Key, Size);
        }
        ContinuationToken = NextContinuationToken;
      } catch (error) {
        yield missing(
          url,
          `its objects can't be listed: ${error instanceof Error ? error.message : String(error)}`,
          error,
        );
        return;
      }
    } while (ContinuationToken !== undefined);
    if (isEmpty) yield missing(url, "there is no object below it");
  }
}

/** The same sources, small ones opened before their turn. */
async function* openedAhead(sources: AsyncGenerator<Source, void, undefined>): AsyncGenerator<Source, void, undefined> {
  const ahead: Source[] = [];
  for await (const source of sources) {
    ahead.push(opening(source));
    if (ahead.length > OPEN_AHEAD) yield ahead.shift() as Source;
  }
  yield* ahead;
}

function opening(source: Source): Source {
  if ((source.lengthBytes ?? 0) > MAX_AHEAD_BYTES) return source;
  const opened = source.open();
  // whoever opens it meets the failure
  opened.catch(() => undefined);
  return { ...source, open: () => opened };
}

/** The SDK's failures in the words of what to do about them. */
function explained(error: unknown): never {
  const [name, message] = error instanceof Error ? [error.name, error.message] : ["", String(error)];
  // some answers have no body: of those the SDK knows the code only
  const said = message === name || message === "UnknownError" ? name : `${name}: ${message}`;
  if (name === "CredentialsProviderError")
    throw new Error("there are no AWS credentials; set AWS_PROFILE, or sign in with the AWS CLI", { cause: error });
  if (message === "Region is missing") throw new Error("there is no AWS region; set AWS_REGION", { cause: error });
  throw new Error(`S3 says ${said}`, { cause: error });
}
