import { isGrpcError, RunError } from "@pulumi/pulumi/errors.js";

let tolerated = false;

/**
 * When a program fails, the SDK leaves rejected promises behind; in a process of its own that is how the failure is
 * noticed. The test runner would count them as failures of a test that expects the program to fail. To be called
 * inside a test, when the runner listens already; every other unhandled rejection still reaches it.
 */
export function tolerateProgramFailures(): void {
  if (tolerated) return;
  tolerated = true;
  const listeners = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (reason, promise) => {
    if (RunError.isInstance(reason) || isGrpcError(reason as Error)) return;
    for (const listener of listeners) listener(reason, promise);
  });
}
