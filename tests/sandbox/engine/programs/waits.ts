import * as pulumi from "@pulumi/pulumi";

new pulumi.Stash("first", { input: new Promise((resolve) => setTimeout(resolve, 600_000, "late")) });
void pulumi.log.warn("waiting");
