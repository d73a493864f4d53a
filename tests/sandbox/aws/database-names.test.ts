import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type DatabaseNames, followDatabaseNames } from "../../../sandbox/aws/database-names";
import { type DnsServer, resolver, startDns } from "../../../sandbox/aws/dns";
import { type DatabaseRecord, databaseFile, removeRecord, writeDatabase } from "../../../sandbox/aws/registry";

const NAME = "app.aaaaaaaaaa.eu-west-1.rds.amazonaws.com";
const at = (ip: string): DatabaseRecord => ({
  identifier: "app",
  address: NAME,
  port: 5432,
  primary: { interfaceId: "eni-1", ip, subnetId: "subnet-1" },
});

describe("a database's name", () => {
  let run: string;
  let dns: DnsServer;
  let names: DatabaseNames;
  beforeEach(async () => {
    run = await mkdtemp(join(tmpdir(), "sightline-test-"));
    dns = await startDns();
  });
  afterEach(async () => {
    await names.stop();
    await dns.close();
    await rm(run, { recursive: true, force: true });
  });

  const follow = async (): Promise<void> => {
    names = await followDatabaseNames(run, dns, (cause) => assert.fail(String(cause)));
  };
  const resolved = (): Promise<string[] | string> =>
    resolver(dns.port)
      .resolve4(NAME)
      .catch((cause: NodeJS.ErrnoException) => cause.code ?? "");
  const becomes = async (wanted: string[] | string): Promise<void> => {
    for (let tries = 0; tries < 50 && String(await resolved()) !== String(wanted); tries += 1) await sleep(20);
    assert.deepEqual(await resolved(), wanted);
  };

  it("resolves as soon as the database is there, and no more when it is gone", async () => {
    await follow();
    assert.equal(await resolved(), "ENOTFOUND");

    await writeDatabase(run, at("10.0.1.2"));
    await becomes(["10.0.1.2"]);

    await removeRecord(databaseFile(run, "app"));
    await becomes("ENOTFOUND");
    await writeDatabase(run, at("10.0.1.7"));
    await becomes(["10.0.1.7"]);
  });

  it("resolves for a database that was there before", async () => {
    await writeDatabase(run, at("10.0.1.2"));

    await follow();

    assert.deepEqual(await resolved(), ["10.0.1.2"]);
  });

  it("stays where it is when the database moves: a failover moves it later", async () => {
    await writeDatabase(run, at("10.0.1.2"));
    await follow();

    await writeDatabase(run, at("10.0.2.3"));
    await sleep(150);

    assert.deepEqual(await resolved(), ["10.0.1.2"]);
  });
});
