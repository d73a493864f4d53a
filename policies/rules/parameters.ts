import { listOf } from "../judging";
import type { ResourceRule } from "../rule";

type Props = Record<string, unknown>;

const ofGroup = { types: ["aws:rds/parameterGroup:ParameterGroup"] };
const valueIn = (props: Props, name: string): string | undefined => {
  const found = listOf(props["parameters"]).find((each) => String(each["name"]) === name);
  return found === undefined ? undefined : String(found["value"]).toLowerCase();
};
// source: RDS user guide, "Requiring SSL" of each engine; Oracle does it with an option group
const forced: readonly (readonly [RegExp, string])[] = [
  [/^(postgres|sqlserver)/, "rds.force_ssl"],
  [/^(mysql|mariadb)/, "require_secure_transport"],
];

export const parameterRules: readonly ResourceRule[] = [
  {
    ...ofGroup,
    name: "database-tls-forced",
    level: "mandatory",
    row: 22,
    says: "A database refuses connections without TLS",
    remedy: "Set rds.force_ssl (PostgreSQL, SQL Server) or require_secure_transport (MySQL, MariaDB) to 1",
    judge: (props) => {
      const parameter = forced.find(([family]) => family.test(String(props["family"])))?.[1];
      if (parameter === undefined) return undefined;
      const value = valueIn(props, parameter);
      return value === "1" || value === "on" ? undefined : `${parameter} is ${value ?? "not set"}`;
    },
  },
  {
    ...ofGroup,
    name: "database-statements-logged",
    level: "advisory",
    row: 23,
    says: "It is chosen which statements PostgreSQL logs",
    remedy: "Set log_statement and log_min_duration_statement",
    judge: (props) => {
      if (!/^postgres/.test(String(props["family"]))) return undefined;
      const missing = ["log_statement", "log_min_duration_statement"].find(
        (name) => valueIn(props, name) === undefined,
      );
      return missing === undefined ? undefined : `${missing} is not set`;
    },
  },
];
