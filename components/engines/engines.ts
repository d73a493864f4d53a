import type { Engine } from "./engine";
import { MARIADB } from "./mariadb";
import { MYSQL } from "./mysql";
import { oracle } from "./oracle";
import { POSTGRES } from "./postgres";
import { sqlServer } from "./sqlserver";

/** Every engine that a stack can have, by RDS's name for it. */
export const ENGINES = {
  postgres: POSTGRES,
  mysql: MYSQL,
  mariadb: MARIADB,
  "sqlserver-ee": sqlServer("ee"),
  "sqlserver-se": sqlServer("se"),
  "sqlserver-web": sqlServer("web"),
  "sqlserver-ex": sqlServer("ex"),
  "oracle-ee": oracle("ee", false),
  "oracle-ee-cdb": oracle("ee", true),
  "oracle-se2": oracle("se2", false),
  "oracle-se2-cdb": oracle("se2", true),
} as const satisfies Readonly<Record<string, Engine>>;

/** RDS's name of an engine. */
export type EngineName = keyof typeof ENGINES;

/** What is known of an engine. */
export function engineNamed(name: EngineName): Engine {
  return ENGINES[name];
}

/** The names, in the order in which errors list them. */
export const ENGINE_NAMES = Object.keys(ENGINES) as readonly EngineName[];
