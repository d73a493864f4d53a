import type { Control } from "./control";

/** What the checklists ask, by row of docs/controls.md. */
export const networkControls = {
  33: { asks: "ec2.Vpc: flow logs on", ids: "CKV2_AWS_11, SH EC2.6, CIS3 3.7, AVD-AWS-0178, nag VPC7" },
  34: { asks: "ec2.DefaultSecurityGroup: adopt with no rules", ids: "CKV2_AWS_12, SH EC2.2, CIS3 5.4, AVD-AWS-0173" },
  35: { asks: "ec2.Subnet: mapPublicIpOnLaunch: false everywhere", ids: "CKV_AWS_130, SH EC2.15, AVD-AWS-0164" },
  36: {
    asks: "network ACL: no 22/3389 from 0.0.0.0/0; NACL attached to subnets",
    ids: "CKV_AWS_229–232, CKV_AWS_352, CKV2_AWS_1, SH EC2.21, CIS3 5.1, AVD-AWS-0102",
  },
  37: {
    asks: "ec2.Vpc: VPC endpoints for used services",
    ids: "SH EC2.10",
    met: {
      how: "S3 by a gateway endpoint, which costs nothing; functions in the VPC reach other services by NAT",
      test: { file: "tests/components/network.test.ts", title: "is a gateway endpoint on the private route tables" },
    },
  },
  38: {
    asks: "account: VPC Block Public Access",
    ids: "SH EC2.172",
    exception: "A setting of the account, not of a stack; it would also close the public front door",
  },
  39: {
    asks: "ec2.Eip: attached",
    ids: "CKV2_AWS_19",
    met: {
      how: "Elastic addresses are made only for NAT gateways, with them",
      test: {
        file: "tests/components/network.test.ts",
        title:
          "gives each zone its own gateway with NAT per zone, and only re-points routes on the way from a single one",
      },
    },
  },
  40: {
    asks: "ec2.SecurityGroup + rules: description on group and each rule",
    ids: "CKV_AWS_23, AVD-AWS-0099, AVD-AWS-0124, compliance-policies missingDescription",
  },
  41: {
    asks: "SG ingress: never 0.0.0.0/0 or ::/0 on DB port, 22, 3389, 80, all",
    ids: "CKV_AWS_24, CKV_AWS_25, CKV_AWS_260, CKV_AWS_277, SH EC2.18, SH EC2.19, CIS3 5.2, CIS3 5.3, AVD-AWS-0105, AVD-AWS-0107, nag RDS8, nag EC23",
  },
  42: { asks: "SG egress: no -1 to 0.0.0.0/0; RDS SG: none", ids: "CKV_AWS_382, AVD-AWS-0104" },
  43: {
    asks: "SG: no mix of inline rules and rule resources",
    ids: "awsguard security-group-no-rule-management-conflicts",
  },
  44: {
    asks: "SG: attached to something",
    ids: "CKV2_AWS_5",
    met: {
      how: "Each group is made with what carries it, or is an output for clients to carry",
      test: {
        file: "tests/program/wiring.test.ts",
        title: "makes no group and no way out for a forwarder outside of the VPC",
      },
    },
  },
  45: {
    asks: "lb.LoadBalancer: internal by default; public is opt-in with CIDR list",
    ids: "AVD-AWS-0053, prowler elbv2_internet_facing",
  },
  46: {
    asks: "lb.LoadBalancer: securityGroups at creation",
    ids: "AWS: a network load balancer gets no security group later",
  },
  47: {
    asks: "lb.LoadBalancer: enableDeletionProtection: true",
    ids: "CKV_AWS_150, SH ELB.6, awsguard elb-deletion-protection-enabled",
  },
  48: { asks: "lb.LoadBalancer: enableCrossZoneLoadBalancing: true", ids: "CKV_AWS_152" },
  49: { asks: "lb.LoadBalancer: ≥ 2 AZs", ids: "SH ELB.13" },
  50: {
    asks: "lb.LoadBalancer: accessLogs",
    ids: "CKV_AWS_91, nag ELB2, awsguard elb-logging-enabled",
    exception: "Access logs exist for TLS listeners only; flow logs record each connection",
  },
  51: {
    asks: "lb.Listener: TLS listener",
    ids: "CKV_AWS_2, SH ELB.17, SH ELB.18, CKV2_AWS_74, AVD-AWS-0047, prowler nlb_tls_termination",
    exception:
      "PostgreSQL negotiates TLS inside of the connection, which a TLS listener can't take part in; the database itself refuses what comes without TLS (row 22)",
  },
  52: {
    asks: "vpc endpoint service: acceptanceRequired: true, explicit principals",
    ids: "CKV_AWS_123, prowler allowed_principals_trust_boundaries",
  },
} as const satisfies Readonly<Record<number, Control>>;
