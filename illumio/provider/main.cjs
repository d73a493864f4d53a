// The provider of the package `illumio` as a process: Pulumi.yaml names this folder, and the engine starts the launcher in it.

// The AWS SDK warns on Node 20 of releases to come; the engine would show it as an error of every update.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

const { join } = require("node:path");

// not the working folder's tsconfig.json: the engine may start this from anywhere
require("ts-node").register({ cwd: join(__dirname, "..", "..") });
require("./main.ts");
