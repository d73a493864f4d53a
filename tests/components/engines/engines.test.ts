import assert from "node:assert/strict";
import fc from "fast-check";
import { databaseParameters } from "../../../components/database-parameters";
import { isOfGeneration } from "../../../components/engines/engine";
import { ENGINE_NAMES, type EngineName, engineNamed } from "../../../components/engines/engines";

const WISHES = { port: 2484, tde: false, caCertificate: "rds-ca-rsa2048-g1" };

const valuesOf = (engine: EngineName, version = engineNamed(engine).versions.byDefault) =>
  Object.fromEntries(databaseParameters(engineNamed(engine), version).map(({ name, value }) => [name, value]));
const optionsOf = (engine: EngineName, wishes: Partial<typeof WISHES> = {}) =>
  engineNamed(engine)
    .options({ ...WISHES, ...wishes })
    .map(({ name }) => name);

// by engine: family, clients' port, forced TLS, exported logs, IAM, options without and with TDE
const TABLE: Readonly<Record<EngineName, readonly [string, number, string, string, boolean, string, string]>> = {
  postgres: ["postgres17", 5432, "rds.force_ssl=1", "postgresql upgrade", true, "", ""],
  mysql: [
    ...(["mysql8.4", 3306, "require_secure_transport=1", "audit error slowquery", true] as const),
    ...(["MARIADB_AUDIT_PLUGIN", "MARIADB_AUDIT_PLUGIN"] as const),
  ],
  mariadb: [
    ...(["mariadb11.8", 3306, "require_secure_transport=1", "audit error slowquery", true] as const),
    ...(["MARIADB_AUDIT_PLUGIN", "MARIADB_AUDIT_PLUGIN"] as const),
  ],
  "sqlserver-ee": [
    ...(["sqlserver-ee-16.0", 1433, "rds.force_ssl=1", "agent error", false] as const),
    ...(["", "TRANSPARENT_DATA_ENCRYPTION"] as const),
  ],
  "sqlserver-se": [
    ...(["sqlserver-se-16.0", 1433, "rds.force_ssl=1", "agent error", false] as const),
    ...(["", "TRANSPARENT_DATA_ENCRYPTION"] as const),
  ],
  "sqlserver-web": ["sqlserver-web-16.0", 1433, "rds.force_ssl=1", "agent error", false, "", ""],
  "sqlserver-ex": ["sqlserver-ex-16.0", 1433, "rds.force_ssl=1", "error", false, "", ""],
  "oracle-ee": ["oracle-ee-19", 2484, "SSL", "alert audit listener trace", false, "SSL", "SSL TDE"],
  "oracle-ee-cdb": ["oracle-ee-cdb-19", 2484, "SSL", "alert audit listener trace", false, "SSL", "SSL TDE"],
  "oracle-se2": ["oracle-se2-19", 2484, "SSL", "alert audit listener trace", false, "SSL", "SSL"],
  "oracle-se2-cdb": ["oracle-se2-cdb-19", 2484, "SSL", "alert audit listener trace", false, "SSL", "SSL"],
};

describe("an engine", () => {
  for (const name of ENGINE_NAMES) {
    const [family, port, tls, logs, iam, options, withTde] = TABLE[name];

    it(`${name} has its family, port, forced TLS, logs, identity and options`, () => {
      const engine = engineNamed(name);

      assert.equal(engine.family(engine.versions.byDefault), family);
      assert.equal(engine.port, port);
      const [parameter = "", value] = tls.split("=");
      if (value === undefined) assert.ok(optionsOf(name).includes(parameter));
      else assert.equal(valuesOf(name)[parameter], value);
      assert.equal(engine.logs.join(" "), logs);
      assert.equal(engine.hasIamAuthentication, iam);
      assert.equal(optionsOf(name).join(" "), options);
      if (engine.hasTde) assert.equal(optionsOf(name, { tde: true }).join(" "), withTde);
    });

    it(`${name} offers what it says by default`, () => {
      const { versions, instanceClass, databaseName, licenses, characterSet, hasPerformanceInsights } =
        engineNamed(name);

      assert.ok(versions.allowed.includes(versions.byDefault));
      assert.ok(isOfGeneration(instanceClass.allowed, instanceClass.byDefault));
      assert.ok(hasPerformanceInsights(instanceClass.byDefault));
      assert.ok(databaseName?.isAllowed(databaseName.byDefault) ?? true);
      assert.ok(licenses?.allowed.includes(licenses.byDefault) ?? true);
      assert.ok(characterSet?.pattern.test(characterSet.byDefault) ?? true);
    });

    it(`${name} keeps its protected parameters, whatever a caller gives`, () => {
      const engine = engineNamed(name);
      const names = engine.protectedParameters.map((parameter) => parameter.name);
      const given = fc.dictionary(fc.constantFrom(...names), fc.string());

      fc.assert(
        fc.property(given, fc.constantFrom(...engine.versions.allowed), (extra, version) => {
          const rows = databaseParameters(engine, version, extra);
          return engine.protectedParameters.every((parameter) => {
            const row = rows.find((each) => each.name === parameter.name);
            return row !== undefined && parameter.accepts(row.value, version);
          });
        }),
      );
    });
  }

  it("takes no class that its builds don't run on", () => {
    for (const name of ENGINE_NAMES) {
      const isCommercial = /^(oracle|sqlserver)/.test(name);
      assert.equal(isOfGeneration(engineNamed(name).instanceClass.allowed, "db.m7g.large"), !isCommercial, name);
    }
  });

  it("of Oracle takes clients with TLS 1.2 and forward secrecy, with the cipher that the certificate's kind needs", () => {
    const suite = (caCertificate: string) => {
      const [option] = engineNamed("oracle-se2").options({ ...WISHES, caCertificate });
      assert.equal(option?.port, 2484);
      assert.equal(option?.settings["SQLNET.SSL_VERSION"], "1.2");
      return option?.settings["SQLNET.CIPHER_SUITE"];
    };

    assert.equal(suite("rds-ca-rsa4096-g1"), "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
    assert.equal(suite("rds-ca-ecc384-g1"), "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
  });

  it("of SQL Server waits for a reboot with each parameter, and MySQL only with those that need one", () => {
    const methods = (name: EngineName, extra: Record<string, string> = {}) =>
      databaseParameters(engineNamed(name), "", extra).map((row) => `${row.name} ${row.applyMethod}`);

    assert.ok(methods("sqlserver-se").every((row) => row.endsWith("pending-reboot")));
    assert.ok(methods("mysql").includes("require_secure_transport immediate"));
    assert.ok(methods("mysql", { performance_schema: "1" }).includes("performance_schema pending-reboot"));
  });
});
