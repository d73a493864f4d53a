import type { Engine } from "./engine";
import { MYSQL_LIKE } from "./mysql";

/** MariaDB. RDS offers no extended support for it, so there is none to decline. */
export const MARIADB: Engine = {
  ...MYSQL_LIKE,
  title: "MariaDB",
  versions: { allowed: ["10.11", "11.4", "11.8"], byDefault: "11.8" },
  versionAdvice:
    'write the major version alone and in quotes, for example "11.8"; RDS upgrades the minor one by itself',
  family: (version) => `mariadb${version}`,
  hasExtendedSupport: false,
};
