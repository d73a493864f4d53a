import {
  type handleUnaryCall,
  Metadata,
  type ServerUnaryCall,
  type ServiceError,
  type sendUnaryData,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { readConfiguration } from "./configuration";
import { HalfMadeError, type Properties } from "./kind";
import type { Before, Difference, PolicyProvider } from "./provider";
import { changedInputs } from "./sameness";

// The engine's side of the provider: gRPC messages to calls of `PolicyProvider` and back.
// source: pulumi/proto/pulumi/provider.proto. The SDK's own helper (`@pulumi/pulumi/provider`) hands no configuration on,
// no old inputs, and reports no difference by property.

/** What an organisation's objects are not the same in. */
const ANOTHER_PCE = "orgId";

/** The methods of the provider protocol; what is not here answers that it is not implemented, as the engine expects. */
export function providerService(provider: PolicyProvider, version: string): UntypedServiceImplementation {
  return {
    attach: answering<rpc.CheckRequest, Empty>(() => new Empty()),
    cancel: answering<Empty, Empty>(() => new Empty()),
    getPluginInfo: answering<Empty, PluginInfo>(() => new PluginInfo().setVersion(version)),
    getSchema: answering<rpc.GetSchemaRequest, rpc.GetSchemaResponse>(() =>
      new rpc.GetSchemaResponse().setSchema(JSON.stringify({ name: "illumio", version })),
    ),

    checkConfig: answering<rpc.CheckRequest, rpc.CheckResponse>((request) =>
      new rpc.CheckResponse().setInputs(request.getNews()),
    ),

    diffConfig: answering<rpc.DiffRequest, rpc.DiffResponse>((request) => {
      const changed = changedInputs(
        properties(request.getOldInputs() ?? request.getOlds()),
        properties(request.getNews()),
      );
      return diffResponse({ changed, replaced: changed.filter((name) => name === ANOTHER_PCE) });
    }),

    configure: answering<rpc.ConfigureRequest, rpc.ConfigureResponse>((request) => {
      provider.configure(readConfiguration(properties(request.getArgs())));
      // the engine keeps track of secrets by itself then
      return new rpc.ConfigureResponse().setAcceptsecrets(false).setAcceptresources(false).setAcceptoutputs(false);
    }),

    check: answering<rpc.CheckRequest, rpc.CheckResponse>((request) => {
      const problem = provider.check(request.getUrn(), properties(request.getNews()));
      const failures = problem === undefined ? [] : [new rpc.CheckFailure().setReason(problem)];
      return new rpc.CheckResponse().setInputs(request.getNews()).setFailuresList(failures);
    }),

    diff: answering<rpc.DiffRequest, rpc.DiffResponse>((request) =>
      diffResponse(provider.diff(request.getUrn(), beforeOf(request), properties(request.getNews()))),
    ),

    create: answering<rpc.CreateRequest, rpc.CreateResponse>(async (request) => {
      const { id, state } = await provider.create(
        request.getUrn(),
        properties(request.getProperties()),
        request.getTimeout(),
      );
      return new rpc.CreateResponse().setId(id).setProperties(struct(state));
    }),

    read: answering<rpc.ReadRequest, rpc.ReadResponse>(async (request) => {
      const [id, inputs] = [request.getId(), properties(request.getInputs())];
      const isImport = Object.keys(inputs).length === 0;
      const before = { id, inputs, state: properties(request.getProperties()) };
      const found = await provider.read(request.getUrn(), id, isImport ? undefined : before, request.getTimeout());
      // without an id: it is gone
      if (found === undefined) return new rpc.ReadResponse();
      return new rpc.ReadResponse().setId(id).setProperties(struct(found.state)).setInputs(struct(found.inputs));
    }),

    update: answering<rpc.UpdateRequest, rpc.UpdateResponse>(async (request) => {
      const news = properties(request.getNews());
      const state = await provider.update(request.getUrn(), beforeOf(request), news, request.getTimeout());
      return new rpc.UpdateResponse().setProperties(struct(state));
    }),

    delete: answering<rpc.DeleteRequest, Empty>(async (request) => {
      const [inputs, state] = [request.getOldInputs(), properties(request.getProperties())];
      const before = { id: request.getId(), inputs: inputs ? properties(inputs) : state, state };
      await provider.delete(request.getUrn(), before, request.getTimeout());
      return new Empty();
    }),
  };
}

function answering<Request, Response>(
  answer: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => {
    const answered = async () => answer(call.request);
    answered().then(
      (response) => callback(null, response),
      (error: unknown) => callback(serviceError(error)),
    );
  };
}

function beforeOf(request: rpc.DiffRequest | rpc.UpdateRequest): Before {
  const [inputs, state] = [request.getOldInputs(), properties(request.getOlds())];
  return { id: request.getId(), inputs: inputs ? properties(inputs) : state, state };
}

function diffResponse({ changed, replaced }: Difference): rpc.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = rpc.DiffResponse.DiffChanges;
  const { UPDATE, UPDATE_REPLACE } = rpc.PropertyDiff.Kind;
  const response = new rpc.DiffResponse()
    .setChanges(changed.length === 0 ? DIFF_NONE : DIFF_SOME)
    .setDiffsList([...changed])
    .setReplacesList([...replaced])
    .setHasdetaileddiff(true);
  for (const name of changed) {
    const kind = replaced.includes(name) ? UPDATE_REPLACE : UPDATE;
    response.getDetaileddiffMap().set(name, new rpc.PropertyDiff().setKind(kind).setInputdiff(true));
  }
  return response;
}

function properties(message: Struct | undefined): Properties {
  return message?.toJavaScript() ?? {};
}

// by way of JSON, since the message has no room for what is undefined
function struct(value: Properties): Struct {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(value)) as Record<string, JavaScriptValue>);
}

function serviceError(error: unknown): Partial<ServiceError> {
  const message = error instanceof Error ? error.message : String(error);
  const metadata = new Metadata();
  if (error instanceof HalfMadeError) {
    // where gRPC carries an error with its details; the engine then keeps the resource, and comes back to it
    const detail = new rpc.ErrorResourceInitFailed()
      .setId(error.id)
      .setProperties(struct(error.extras))
      .setReasonsList([message]);
    const any = new Any();
    any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const details = new Status().setCode(status.UNKNOWN).setMessage(message).addDetails(any);
    metadata.add("grpc-status-details-bin", Buffer.from(details.serializeBinary()));
  }
  return { code: status.UNKNOWN, details: message, message, metadata };
}
