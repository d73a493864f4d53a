import type { Control } from "./controls/control";
import { databaseControls } from "./controls/database";
import { networkControls } from "./controls/network";
import { servicesControls } from "./controls/services";
import { storageControls } from "./controls/storage";

/** A row of docs/controls.md. */
export type Row = keyof (typeof databaseControls &
  typeof networkControls &
  typeof storageControls &
  typeof servicesControls);

/** What the checklists ask, by row. */
export const CONTROLS: Readonly<Record<Row, Control>> = {
  ...databaseControls,
  ...networkControls,
  ...storageControls,
  ...servicesControls,
};
