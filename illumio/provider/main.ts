import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { apiKey } from "./api-key";
import { PolicyProvider } from "./provider";
import { providerService } from "./service";

/** The package's version: only one is ever in use, the one of this checkout. */
const VERSION = "0.1.0";
/** A rule set of 500 rules is less. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

const provider = new PolicyProvider({
  apiKey: (configuration) => apiKey(configuration, process.env),
  warn: (sentence) => process.stderr.write(`${sentence}\n`),
});
const server = new Server({
  "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
  "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
});
server.addService(ResourceProviderService as never, providerService(provider, VERSION));
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  // the engine reads the port from here, and ends the process when it is done
  process.stdout.write(`${port}\n`);
});
