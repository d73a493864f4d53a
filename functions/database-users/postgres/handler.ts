import { lambdaHandler } from "../lambda";
import { POSTGRES } from "./engine";

/** Lambda's entry point, for the users of PostgreSQL. */
export const handler = lambdaHandler(
  () => POSTGRES,
  () => process.env,
);
