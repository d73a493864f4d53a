// Why a line is not a record like any other. lines.ts stops at it and says which; flow-logs/kernel.ts names them for people.

export const NONE: i32 = 0;
/** Not trouble of the line's: there is no room for what it may bring. Fold the conversations, drain the connections, scan it again. */
export const NO_ROOM: i32 = 1;
/** A SKIPDATA line; it is counted. */
export const SKIPPED: i32 = 2;
export const WIDTH: i32 = 3;
export const CONTROL_BYTES: i32 = 4;
export const LOG_STATUS: i32 = 5;
export const PROTOCOL: i32 = 6;
export const SOURCE_PORT: i32 = 7;
export const DESTINATION_PORT: i32 = 8;
export const TCP_FLAGS: i32 = 9;
export const PACKETS: i32 = 10;
export const BYTES: i32 = 11;
export const START: i32 = 12;
export const END: i32 = 13;
export const ACTION: i32 = 14;
export const SOURCE: i32 = 15;
export const DESTINATION: i32 = 16;
