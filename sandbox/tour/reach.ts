import { listDatabases } from "../aws/registry";
import { engineEnvironment } from "../engine/environment";
import { type Sandbox, STACK } from "./sandbox";

/** How to reach a sandbox that is left running: lines that can be pasted into a shell. */
export async function howToReach({
  run,
  engine,
  moto,
  stepFunctions,
  pce,
  dns,
  region,
  admin,
}: Sandbox): Promise<string> {
  const databases = await listDatabases(run.path);
  const { PULUMI_BACKEND_URL = "", PULUMI_CONFIG_PASSPHRASE = "" } = engineEnvironment({ engine, run: run.path });
  return [
    "The sandbox is running. AWS, for any client that knows AWS_ENDPOINT_URL:",
    `  export AWS_ENDPOINT_URL=${moto.url} AWS_REGION=${region}`,
    `  export AWS_ACCESS_KEY_ID=${admin.accessKeyId} AWS_SECRET_ACCESS_KEY=${admin.secretAccessKey}`,
    `  export AWS_ENDPOINT_URL_SFN=${stepFunctions.url}`,
    "The stack's state:",
    `  export PULUMI_BACKEND_URL=${PULUMI_BACKEND_URL} PULUMI_CONFIG_PASSPHRASE=${PULUMI_CONFIG_PASSPHRASE}`,
    `  ${engine.command} stack --stack ${STACK}`,
    "The PCE stand-in (its key works nowhere else), and the database's name:",
    `  curl --insecure --user ${pce.credentials.apiKeyId}:${pce.credentials.apiSecret} --data-binary "10.0.0.1,10.0.0.2,5432,6" \\`,
    `    ${pce.url}/api/v2/orgs/${pce.orgId}/agents/bulk_traffic_flows`,
    ...databases.map(({ address }) => `  dig @${dns.address} -p ${dns.port} ${address}`),
    `Logs: ${run.log("*")}`,
    "Ctrl-C destroys the stack and ends the sandbox.",
  ].join("\n");
}
