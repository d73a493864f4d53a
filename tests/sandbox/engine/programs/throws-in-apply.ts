import * as pulumi from "@pulumi/pulumi";

// what is found wrong only once a look-up is answered: the program goes on, and a resource waits for the value for ever
class Waiting extends pulumi.ComponentResource {
  constructor(value: pulumi.Output<string>) {
    super("test:index:Waiting", "waiting", { value });
  }
}

new Waiting(
  pulumi.output("zone").apply((): string => {
    throw new Error("this region has no zone d");
  }),
);
