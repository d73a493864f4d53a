import assert from "node:assert/strict";
import { databaseParameters } from "../../components/database-parameters";
import { POSTGRES, POSTGRES_MAJORS } from "../../components/engines/postgres";

const valuesOf = (version: string, extra?: Record<string, string>) =>
  Object.fromEntries(databaseParameters(POSTGRES, version, extra).map(({ name, value }) => [name, value]));
const methodsOf = (...names: string[]) =>
  databaseParameters(POSTGRES, "17", Object.fromEntries(names.map((name) => [name, "1"])))
    .filter(({ name }) => names.includes(name))
    .map(({ applyMethod }) => applyMethod);

describe("the database's parameters", () => {
  it("force TLS, log connections, keep silent connections alive and log slow statements, but no passwords", () => {
    assert.deepEqual(databaseParameters(POSTGRES, "17"), [
      { name: "log_connections", value: "1", applyMethod: "immediate" },
      { name: "log_disconnections", value: "1", applyMethod: "immediate" },
      { name: "log_hostname", value: "0", applyMethod: "immediate" },
      { name: "log_min_duration_statement", value: "1000", applyMethod: "immediate" },
      { name: "log_statement", value: "none", applyMethod: "immediate" },
      { name: "rds.force_ssl", value: "1", applyMethod: "pending-reboot" },
      { name: "tcp_keepalives_idle", value: "300", applyMethod: "immediate" },
    ]);
  });

  it("keep connections alive before anything on the way drops them after 350 seconds", () => {
    const { tcp_keepalives_idle: idle } = valuesOf("17");

    assert.ok(Number(idle) > 0 && Number(idle) < 350);
  });

  it("log connections in the way that the version spells it", () => {
    const spelled = POSTGRES_MAJORS.map((major) => valuesOf(major)["log_connections"]);

    assert.deepEqual(spelled, ["1", "1", "1", "1", "receipt,authentication,authorization"]);
  });

  it("are the caller's where the caller says so", () => {
    const values = valuesOf("17", { log_statement: "all", work_mem: "65536", tcp_keepalives_idle: "60" });

    assert.equal(values["log_statement"], "all");
    assert.equal(values["work_mem"], "65536");
    assert.equal(values["tcp_keepalives_idle"], "60");
    assert.equal(values["rds.force_ssl"], "1");
  });

  it("stay as they are where the caller's would weaken them, whoever let that pass", () => {
    for (const { name } of POSTGRES.protectedParameters) {
      for (const weak of ["0", "off", "3600"])
        assert.equal(valuesOf("17", { [name]: weak })[name], valuesOf("17")[name]);
    }
  });

  it("may repeat what is promised anyway", () => {
    assert.deepEqual(databaseParameters(POSTGRES, "17", { "rds.force_ssl": "1" }), databaseParameters(POSTGRES, "17"));
  });

  it("wait for a reboot where the server reads them at its start only: RDS refuses them otherwise", () => {
    const methods = methodsOf(
      "shared_preload_libraries",
      "max_connections",
      "track_activity_query_size",
      "wal_buffers",
    );

    assert.deepEqual(new Set(methods), new Set(["pending-reboot"]));
  });

  it("wait for a reboot where RDS or an extension owns them, which RDS takes for static and dynamic ones", () => {
    assert.deepEqual(methodsOf("rds.logical_replication", "pgaudit.log"), ["pending-reboot", "pending-reboot"]);
  });

  it("hold at once where the server reads them while it runs", () => {
    assert.deepEqual(methodsOf("work_mem", "idle_in_transaction_session_timeout"), ["immediate", "immediate"]);
  });

  it("come in one order, whatever the stack file's", () => {
    assert.deepEqual(
      databaseParameters(POSTGRES, "17", { work_mem: "1", array_nulls: "1" }),
      databaseParameters(POSTGRES, "17", { array_nulls: "1", work_mem: "1" }),
    );
  });
});
