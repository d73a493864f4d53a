// Generations of instance classes that RDS runs an engine on, encrypted. source: RDS user guide, "Supported DB engines for DB instance
// classes". One that is new to RDS has to be added.

const GRAVITON = [
  ...["t4g", "m6g", "m6gd", "m7g", "m7gd", "m8g", "m8gd"],
  ...["r6g", "r6gd", "r7g", "r7gd", "r8g", "r8gd", "x2g"],
];

const INTEL = [
  ...["t3", "m5", "m5d", "m6i", "m6id", "m6idn", "m6in", "m7i"],
  ...["r5", "r5b", "r5d", "r6i", "r6id", "r6idn", "r6in", "r7i", "x2idn", "x2iedn"],
];

/** PostgreSQL, MySQL and MariaDB. Not z1d, which is for Oracle and SQL Server. */
export const OPEN_SOURCE_GENERATIONS: readonly string[] = [...GRAVITON, ...INTEL].sort();

/** Oracle and SQL Server, which have no builds for Graviton. */
export const COMMERCIAL_GENERATIONS: readonly string[] = [...INTEL, "z1d"].sort();
