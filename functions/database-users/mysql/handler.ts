import { lambdaHandler } from "../lambda";
import { mysqlEngine } from "./engine";

/** Lambda's entry point, for the users of MySQL and MariaDB. */
export const handler = lambdaHandler(
  ({ engine }) => mysqlEngine(engine === "mariadb" ? "mariadb" : "mysql"),
  () => process.env,
);
