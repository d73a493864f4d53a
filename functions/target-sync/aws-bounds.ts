import { awsBounds } from "../shared/aws-bounds";

/** The services called here answer in tens of milliseconds. */
export const AWS_BOUNDS = awsBounds(3_000);
