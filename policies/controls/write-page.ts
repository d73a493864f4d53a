import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { controlsPage } from "./page";

writeFileSync(join(__dirname, "../../docs/controls.md"), controlsPage());
