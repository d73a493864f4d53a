import * as pulumi from "@pulumi/pulumi";

// a program that needs no provider: a stash is the engine's own resource
const config = new pulumi.Config();

class Shelf extends pulumi.ComponentResource {
  constructor(name: string, input: unknown) {
    super("sightline:test:Shelf", name);
    new pulumi.Stash(`${name}-box`, { input }, { parent: this, replaceOnChanges: ["input"] });
    new pulumi.Stash(`${name}-key`, { input: config.getSecret("key") ?? "" }, { parent: this });
    this.registerOutputs();
  }
}

export const days = config.requireNumber("days");
export const box = config.requireObject("box");
export const shelf = config.getObject("shelf") ?? "none";
export const key = config.getSecret("key") ?? "none";
export const nested = { inside: pulumi.secret("hush-nested") };

new Shelf("shelf", box);
