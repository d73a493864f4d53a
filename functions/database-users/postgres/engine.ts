import type { Engine } from "../engine";
import { connect } from "./connection";
import { setPassword } from "./set-password";
import { syncUsers } from "./sync-users";

/** PostgreSQL. */
export const POSTGRES: Engine = { name: "postgres", connect, syncUsers, setPassword };
