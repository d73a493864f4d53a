import assert from "node:assert/strict";
import { type DatabaseLogPatterns, databaseLogPatterns } from "../../components/database-log";
import { matchesPattern } from "../support/filter-patterns";

const KNOWN = { vpcCidr: "10.0.0.0/16", others: ["203.0.113.0/24"] };

/** What of a log line is counted. */
const countedIn = (patterns: DatabaseLogPatterns, line: string) =>
  Object.entries(patterns).flatMap(([what, those]: [string, readonly string[]]) =>
    those.filter((pattern) => matchesPattern(pattern, line)).map(() => what),
  );

// from a server of version 15 with RDS's log_line_prefix, but for the addresses; what RDS itself does, and PAM, from RDS's own logs
const POSTGRESQL: readonly [string, string, readonly (keyof DatabaseLogPatterns)[]][] = [
  [
    "a client inside",
    "2026-01-02 03:04:05 UTC:10.0.128.5(52298):[unknown]@[unknown]:[14128]:LOG:  connection received: host=10.0.128.5 port=52298",
    [],
  ],
  [
    "a client of the front door's networks",
    "2026-01-02 03:04:05 UTC:203.0.113.7(52298):[unknown]@[unknown]:[14128]:LOG:  connection received: host=203.0.113.7 port=52298",
    [],
  ],
  [
    "a client outside",
    "2026-01-02 03:04:05 UTC:10.1.0.5(52298):[unknown]@[unknown]:[14128]:LOG:  connection received: host=10.1.0.5 port=52298",
    ["outsideClients"],
  ],
  [
    "a client outside, by IPv6",
    "2026-01-02 03:04:05 UTC:2001:db8::5(57028):[unknown]@[unknown]:[14132]:LOG:  connection received: host=2001:db8::5 port=57028",
    ["outsideClients"],
  ],
  [
    "a client on the host, by IPv6",
    "2026-01-02 03:04:05 UTC:::1(57028):[unknown]@[unknown]:[14132]:LOG:  connection received: host=::1 port=57028",
    [],
  ],
  [
    "a client on the host, through a socket",
    "2026-01-02 03:04:05 UTC:[local]:[unknown]@[unknown]:[14130]:LOG:  connection received: host=[local]",
    [],
  ],
  [
    "RDS itself, let in without TLS",
    "2026-01-02 03:04:05 UTC:127.0.0.1(40000):rdsadmin@rdsadmin:[14130]:LOG:  connection authorized: user=rdsadmin database=rdsadmin",
    [],
  ],
  [
    "a client through a socket, let in without TLS",
    "2026-01-02 03:04:05 UTC:[local]:postgres@postgres:[14130]:LOG:  connection authorized: user=postgres database=postgres application_name=psql",
    [],
  ],
  [
    "who it is, before it is let in",
    '2026-01-02 03:04:05 UTC:8.8.8.8(52298):app@shop:[14128]:LOG:  connection authenticated: identity="app" method=scram-sha-256 (/rdsdbdata/config/pg_hba.conf:2)',
    [],
  ],
  [
    "a login with TLS",
    "2026-01-02 03:04:05 UTC:10.0.128.5(52298):app@shop:[14128]:LOG:  connection authorized: user=app database=shop application_name=psql SSL enabled (protocol=TLSv1.3, cipher=TLS_AES_256_GCM_SHA384, bits=256)",
    [],
  ],
  [
    "a login without TLS",
    "2026-01-02 03:04:05 UTC:10.0.128.5(52348):app@shop:[14147]:LOG:  connection authorized: user=app database=shop application_name=SSL enabled",
    ["plainLogins"],
  ],
  [
    "a replication without TLS",
    "2026-01-02 03:04:05 UTC:10.0.128.5(52348):copy@[unknown]:[14147]:LOG:  replication connection authorized: user=copy",
    ["plainLogins"],
  ],
  [
    "a login with Kerberos's encryption",
    "2026-01-02 03:04:05 UTC:10.0.128.5(52348):app@shop:[14147]:LOG:  connection authorized: user=app database=shop GSS (authenticated=yes, encrypted=yes, delegated_credentials=no, principal=app@EXAMPLE.COM)",
    [],
  ],
  [
    "a login that is refused for the lack of TLS",
    '2026-01-02 03:04:05 UTC:10.0.128.5(52314):app@shop:[14134]:FATAL:  no pg_hba.conf entry for host "10.0.128.5", user "app", database "shop", no encryption',
    ["failedLogins", "plainLogins"],
  ],
  [
    "the same by a rule that says so",
    '2026-01-02 03:04:05 UTC:10.0.128.5(52356):app@shop:[14153]:FATAL:  pg_hba.conf rejects connection for host "10.0.128.5", user "app", database "shop", no encryption',
    ["failedLogins", "plainLogins"],
  ],
  [
    "a login that no rule lets in, with TLS",
    '2026-01-02 03:04:05 UTC:10.0.128.5(52356):app@shop:[14153]:FATAL:  no pg_hba.conf entry for host "10.0.128.5", user "app", database "shop", SSL encryption',
    ["failedLogins"],
  ],
  [
    "a wrong password",
    '2026-01-02 03:04:05 UTC:10.0.128.5(52326):app@shop:[14136]:FATAL:  password authentication failed for user "app"',
    ["failedLogins"],
  ],
  [
    "a wrong token of IAM",
    '2026-01-02 03:04:05 UTC:10.0.128.5(52326):app@shop:[14136]:FATAL:  PAM authentication failed for user "app"',
    ["failedLogins"],
  ],
  [
    "why it was wrong",
    '2026-01-02 03:04:05 UTC:10.0.128.5(52336):nobody@shop:[14138]:DETAIL:  Role "nobody" does not exist.\n\tConnection matched pg_hba.conf line 2: "hostssl all all 0.0.0.0/0 scram-sha-256"',
    [],
  ],
  [
    "a client outside that goes",
    "2026-01-02 03:04:05 UTC:8.8.8.8(52298):app@shop:[14128]:LOG:  disconnection: session time: 0:00:00.020 user=app database=shop host=8.8.8.8 port=52298",
    [],
  ],
];

// by the plugin's documented format, which RDS for MySQL and for MariaDB share
const AUDIT: readonly [string, string, readonly (keyof DatabaseLogPatterns)[]][] = [
  ["a client inside", "20260102 03:04:05,ip-10-0-0-9,app,10.0.1.2,5,0,CONNECT,shop,,0", []],
  ["a client outside", "20260102 03:04:05,ip-10-0-0-9,app,8.8.8.8,5,0,CONNECT,shop,,0", ["outsideClients"]],
  [
    "a client outside, of MySQL 8",
    "20260102 03:04:05,ip-10-0-0-9,app,10.1.1.2,5,0,CONNECT,,,0,SSL/TLS",
    ["outsideClients"],
  ],
  [
    "a client outside that is refused",
    "20260102 03:04:05,ip-10-0-0-9,app,10.1.1.2,5,0,FAILED_CONNECT,,,1045",
    ["outsideClients", "failedLogins"],
  ],
  [
    "a client inside that is refused",
    "20260102 03:04:05,ip-10-0-0-9,app,10.0.1.2,5,0,FAILED_CONNECT,,,1045",
    ["failedLogins"],
  ],
  ["a client outside that goes", "20260102 03:04:05,ip-10-0-0-9,app,8.8.8.8,5,0,DISCONNECT,shop,,0", []],
  ["RDS itself", "20260102 03:04:05,ip-10-0-0-9,rdsadmin,localhost,5,0,CONNECT,,,0", []],
  [
    "a statement of a client outside",
    "20260102 03:04:05,ip-10-0-0-9,app,8.8.8.8,5,9,QUERY,shop,'select 1,2,CONNECT',0",
    [],
  ],
];

for (const [kind, what, lines] of [
  ["postgresql", "PostgreSQL's log", POSTGRESQL],
  ["audit", "the audit plugin's log", AUDIT],
] as const) {
  describe(`of ${what}`, () => {
    const patterns = databaseLogPatterns(kind, KNOWN);

    for (const [said, line, counted] of lines) {
      it(`${said}: ${counted.length === 0 ? "is not counted" : `is counted as ${counted.join(" and ")}`}`, () => {
        assert.deepEqual(countedIn(patterns, line), counted);
      });
    }

    it("only clients from outside take regular expressions, of which a log group has five", () => {
      assert.deepEqual(
        Object.values(patterns)
          .flat()
          .filter((pattern: string) => pattern.includes("%")),
        patterns.outsideClients,
      );
    });
  });
}
