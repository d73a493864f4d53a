import { RandomString } from "@pulumi/random";

new RandomString("suffix", { length: 4 });
