import { Metadata, status } from "@grpc/grpc-js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import rpc from "@pulumi/pulumi/proto/status_pb.js";
import any from "google-protobuf/google/protobuf/any_pb.js";
import type struct from "google-protobuf/google/protobuf/struct_pb.js";

/** Tells an engine of an object that is there and is to be kept, though making it failed. */
export class Unfinished extends Error {
  override readonly name = "Unfinished";
  /** What engines read it from, as plugins written in Go send it. */
  readonly metadata: Metadata;

  constructor(
    message: string,
    made: { id: string; outputs: struct.Struct; inputs: struct.Struct },
  ) {
    super(message);
    const detail = new provider.ErrorResourceInitFailed()
      .setId(made.id)
      .setProperties(made.outputs)
      .setInputs(made.inputs)
      .setReasonsList([message]);
    const packed = new any.Any();
    packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const told = new rpc.Status().setCode(status.UNKNOWN).setMessage(message);
    told.addDetails(packed);
    this.metadata = new Metadata();
    this.metadata.add("grpc-status-details-bin", Buffer.from(told.serializeBinary()));
  }
}
