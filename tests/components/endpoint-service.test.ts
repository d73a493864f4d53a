import assert from "node:assert/strict";
import { EndpointService } from "../../components/endpoint-service";
import { record, valueOfOutput } from "../support/pulumi-recorder";

const LOAD_BALANCER = "arn:aws:elasticloadbalancing:us-west-2:111122223333:loadbalancer/net/a/0123456789abcdef";
const PRINCIPALS = ["arn:aws:iam::444455556666:root", "arn:aws:iam::444455556666:role/clients"];

const made = () =>
  record(() => new EndpointService("door", { loadBalancerArn: LOAD_BALANCER, allowedPrincipals: PRINCIPALS }));

describe("an endpoint service", () => {
  // the number is that of the merged table of controls
  it("lets the named principals ask, and each of them is accepted by hand (52)", async () => {
    const { inputs } = (await made()).one("aws:ec2/vpcEndpointService:VpcEndpointService");

    assert.deepEqual(inputs, {
      networkLoadBalancerArns: [LOAD_BALANCER],
      allowedPrincipals: PRINCIPALS,
      acceptanceRequired: true,
      tags: { Name: "door-service" },
    });
  });

  it("tells the name that clients ask for", async () => {
    const { result } = await made();

    assert.equal(await valueOfOutput(result.serviceName), "com.amazonaws.vpce.us-west-2.vpce-svc-0123456789abcdef0");
  });
});
