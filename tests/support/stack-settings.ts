import assert from "node:assert/strict";
import { readSettings, type Settings } from "../../settings";
import { SettingsError } from "../../settings/problems";
import { type RecordOptions, record } from "./pulumi-recorder";

/** What all keys of a stack file begin with. */
export const NAMESPACE = "rds-sightline:";

/** The secret of an API key, for tests that grep for it. */
export const API_SECRET = "sesame-0123456789";

/** A PCE whose credentials are in a secret that exists. */
export const PCE = {
  host: "pce.example.com",
  credentialsSecretArn: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:pce-AbCdEf",
};

type Keys = Readonly<Record<string, unknown>>;

/** Reads a stack file of these keys, without their namespace. `pceApiSecret` is encrypted unless `secretConfig` says otherwise. */
export async function read(keys: Keys = {}, options: RecordOptions = {}): Promise<Settings> {
  const config = Object.fromEntries(Object.entries(keys).map(([key, value]) => [NAMESPACE + key, value]));
  return (await record(() => readSettings(), { secretConfig: [`${NAMESPACE}pceApiSecret`], ...options, config }))
    .result;
}

/** The error that such a stack file is refused with. */
export async function refusal(keys: Keys, options: RecordOptions = {}): Promise<SettingsError> {
  try {
    await read(keys, options);
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
  return assert.fail("these settings were accepted");
}

/** Which settings an error is about, without their namespace. */
export function settingsIn({ problems }: SettingsError): string[] {
  return problems.map(({ what }) => what.replace(NAMESPACE, ""));
}
