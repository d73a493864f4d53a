// Pulumi's own way to run a policy pack, without its compiling of TypeScript: that checks types, which takes five seconds. The arguments
// are the engine's: <address> <folder of the pack>.
const { run } = require("@pulumi/pulumi/cmd/run-policy-pack/run");

run({
  argv: { _: process.argv.slice(3) },
  typeScript: false,
  programStarted: () => {},
  reportLoggedError: () => {
    process.exitCode = 1;
  },
});
