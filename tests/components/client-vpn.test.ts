import assert from "node:assert/strict";
import { ClientVpn } from "../../components/client-vpn";
import { stackArgs } from "../support/components";
import { type Recording, record } from "../support/pulumi-recorder";

const certificate = (id: string) => `arn:aws:acm:us-west-2:111122223333:certificate/${id}`;

let recording: Promise<Recording<ClientVpn>> | undefined;

function recordVpn(): Promise<Recording<ClientVpn>> {
  recording ??= record(
    () =>
      new ClientVpn("client-vpn", {
        ...stackArgs(),
        settings: {
          serverCertificateArn: certificate("server"),
          clientCertificateArn: certificate("client"),
          clientCidr: "10.255.252.0/22",
          sessionHours: 8,
        },
        vpcId: "vpc-1",
        zones: ["c", "a"],
        subnetIds: ["subnet-a", "subnet-c"],
        securityGroupId: "sg-vpn",
        databaseCidr: "10.0.128.0/18",
      }),
  );
  return recording;
}

describe("a Client VPN endpoint", () => {
  it("lets in who has a certificate, for eight hours, and carries only what is for the VPC", async () => {
    const { inputs } = (await recordVpn()).named("client-vpn-endpoint");

    assert.deepEqual(inputs["authenticationOptions"], [
      { type: "certificate-authentication", rootCertificateChainArn: certificate("client") },
    ]);
    assert.equal(inputs["serverCertificateArn"], certificate("server"));
    assert.deepEqual([inputs["sessionTimeoutHours"], inputs["disconnectOnSessionTimeout"]], [8, true]);
    assert.deepEqual([inputs["splitTunnel"], inputs["securityGroupIds"]], [true, ["sg-vpn"]]);
  });

  it("logs each connection to an encrypted group", async () => {
    const made = await recordVpn();

    assert.deepEqual(made.named("client-vpn-endpoint").inputs["connectionLogOptions"], {
      enabled: true,
      cloudwatchLogGroup: "rds-sightline-dev/vpn",
      cloudwatchLogStream: "connections",
    });
    assert.ok(made.named("client-vpn-log").inputs["kmsKeyId"]);
  });

  it("leads to the database's subnets, and nowhere else", async () => {
    const rules = (await recordVpn()).all("aws:ec2clientvpn/authorizationRule:AuthorizationRule");

    assert.deepEqual(
      rules.map(({ inputs }) => inputs["targetNetworkCidr"]),
      ["10.0.128.0/18"],
    );
  });

  it("ends in each zone's private subnet, whatever order the zones are listed in", async () => {
    const made = await recordVpn();

    assert.equal(made.named("client-vpn-association-a").inputs["subnetId"], "subnet-a");
    assert.equal(made.named("client-vpn-association-c").inputs["subnetId"], "subnet-c");
  });
});
