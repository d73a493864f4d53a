// The provider of the package `illumio` as a process: Pulumi.yaml names this folder, and the engine starts the launcher in it.
require("../../typescript/register.cjs");
require("./main.ts");
