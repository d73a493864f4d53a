import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Of which load balancer, and for whom. */
export interface EndpointServiceArgs {
  readonly loadBalancerArn: pulumi.Input<string>;
  /** ARNs of who may ask for an endpoint: accounts, users or roles. */
  readonly allowedPrincipals: readonly string[];
}

/**
 * The front door as PrivateLink offers it to other accounts: who may ask is named, and each connection is still accepted by hand.
 *
 * Make it after what keeps the load balancer's targets: AWS refuses to delete a service that has connections, and a removal that ends
 * there must find the targets still kept. Reject the connections first.
 *
 * Cost: nothing here; endpoints cost their owners.
 */
export class EndpointService extends pulumi.ComponentResource {
  /** What clients in other VPCs name to ask for an endpoint. */
  readonly serviceName: pulumi.Output<string>;

  constructor(name: string, args: EndpointServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sightline:network:EndpointService", name, {}, opts);
    const serviceName = `${name}-service`;
    const service = new aws.ec2.VpcEndpointService(
      serviceName,
      {
        networkLoadBalancerArns: [args.loadBalancerArn],
        allowedPrincipals: [...args.allowedPrincipals],
        acceptanceRequired: true,
        tags: { Name: serviceName },
      },
      { parent: this },
    );
    this.serviceName = service.serviceName;
    this.registerOutputs({ serviceName: this.serviceName });
  }
}
