/**
 * What RDS refuses of an instance because of its engine.
 *
 * source: RDS API, CreateDBInstance, whose limits are told engine by engine
 */
import { RefusedError } from "../resource-type";
import type { InstanceInputs } from "./instance-rules";

interface EngineLimits {
  readonly password: number;
  readonly hasIam: boolean;
  readonly hasLifecycleSupport: boolean;
  readonly licenses: readonly string[];
  /** What a first database may be called; absent: there is none to name. */
  readonly name?: RegExp;
  readonly hasCharacterSet: boolean;
  readonly isForGraviton: boolean;
}

const COMMERCIAL = { hasIam: false, hasLifecycleSupport: false, hasCharacterSet: true, isForGraviton: false };
const OPEN = { hasIam: true, hasCharacterSet: false, isForGraviton: true };
const WORD = /^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/;

const LIMITS: readonly (readonly [RegExp, EngineLimits])[] = [
  [/^postgres$/, { ...OPEN, hasLifecycleSupport: true, password: 128, licenses: ["postgresql-license"], name: WORD }],
  [/^mysql$/, { ...OPEN, hasLifecycleSupport: true, password: 41, licenses: ["general-public-license"], name: WORD }],
  [
    /^mariadb$/,
    { ...OPEN, hasLifecycleSupport: false, password: 41, licenses: ["general-public-license"], name: WORD },
  ],
  [/^sqlserver-/, { ...COMMERCIAL, password: 128, licenses: ["license-included"] }],
  [
    /^oracle-ee/,
    { ...COMMERCIAL, password: 30, licenses: ["bring-your-own-license"], name: /^[a-zA-Z][a-zA-Z0-9]{0,7}$/ },
  ],
  [
    /^oracle-se2/,
    {
      ...COMMERCIAL,
      password: 30,
      licenses: ["license-included", "bring-your-own-license"],
      name: /^[a-zA-Z][a-zA-Z0-9]{0,7}$/,
    },
  ],
];

/** Throws the first thing that RDS would refuse of this engine and takes of another. */
export function requireEngine(inputs: InstanceInputs): void {
  const { engine = "" } = inputs;
  const limits = LIMITS.find(([names]) => names.test(engine))?.[1];
  if (limits === undefined) return; // that there is no such engine, its version says
  const {
    password = "",
    iamDatabaseAuthenticationEnabled: hasIam,
    engineLifecycleSupport,
    licenseModel,
    dbName,
  } = inputs;

  if (password.length > limits.password) refuse(`a password of ${engine} has at most ${limits.password} characters`);
  if (hasIam === true && !limits.hasIam) refuse(`IAM Database Authentication is not supported for ${engine}`);
  if (engineLifecycleSupport !== undefined && !limits.hasLifecycleSupport) {
    refuse(`EngineLifecycleSupport is for RDS for MySQL and PostgreSQL only, got ${engine}`);
  }
  if (licenseModel !== undefined && !limits.licenses.includes(licenseModel)) {
    refuse(`invalid license model ${licenseModel} for ${engine}; allowed is ${limits.licenses.join(", ")}`);
  }
  if (dbName !== undefined && limits.name === undefined) refuse(`DBName must be null for ${engine}`);
  if (dbName !== undefined && limits.name?.test(dbName) === false) refuse(`invalid DBName "${dbName}" for ${engine}`);
  if (inputs.characterSetName !== undefined && !limits.hasCharacterSet)
    refuse(`${engine} has no character set to choose`);
  if (inputs.multiAz === true && engine === "sqlserver-ex") refuse(`${engine} does not support Multi-AZ`);
  if (!limits.isForGraviton && /^db\.\w+\d+gd?\./.test(inputs.instanceClass)) {
    refuse(`${engine} does not run on ${inputs.instanceClass}`);
  }
}

function refuse(message: string): never {
  throw new RefusedError("InvalidParameterCombination", message);
}
