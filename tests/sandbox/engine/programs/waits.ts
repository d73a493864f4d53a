import * as pulumi from "@pulumi/pulumi";

const made = new pulumi.Stash("made", { input: "at once" });
new pulumi.Stash("waiting", { input: new Promise((resolve) => setTimeout(resolve, 600_000, "late")) });
made.urn.apply(() => void pulumi.log.warn("waiting"));
