// Written by `npm run generate` from the YAML files of this folder.
// biome-ignore-all format: generated
type Value = string | number;
export interface Replies {
  "entra.invalid-secret": { as: {"status":401,"error":"invalid_client","code":7000215}; holes: { app: Value } };
  "entra.unknown-app": { as: {"status":400,"error":"unauthorized_client","code":700016}; holes: { app: Value; tenant: Value } };
  "entra.unknown-tenant": { as: {"status":400,"error":"invalid_request","code":90002}; holes: { tenant: Value } };
  "entra.invalid-scope": { as: {"status":400,"error":"invalid_scope","code":70011}; holes: { scope: Value } };
  "entra.scope-without-default": { as: {"status":400,"error":"invalid_scope","code":1002012}; holes: { scope: Value } };
  "entra.unknown-resource": { as: {"status":400,"error":"invalid_resource","code":500011}; holes: { resource: Value; tenant: Value } };
  "entra.missing-credential": { as: {"status":401,"error":"invalid_client","code":7000216} };
  "entra.unregistered-certificate": { as: {"status":401,"error":"invalid_client","code":700027}; holes: { thumbprint: Value; app: Value } };
  "entra.bad-assertion-signature": { as: {"status":401,"error":"invalid_client","code":700027} };
  "entra.assertion-out-of-time": { as: {"status":401,"error":"invalid_client","code":700024} };
  "entra.wrong-assertion-audience": { as: {"status":401,"error":"invalid_client","code":700023} };
  "entra.malformed-assertion": { as: {"status":401,"error":"invalid_client","code":50027} };
  "entra.expired-certificate": { as: {"status":401,"error":"invalid_client","code":700027}; holes: { thumbprint: Value; start: Value; end: Value; app: Value } };
  "entra.expired-secret": { as: {"status":401,"error":"invalid_client","code":7000222}; holes: { app: Value } };
  "entra.no-service-principal": { as: {"status":401,"error":"invalid_client","code":7000229}; holes: { app: Value; tenant: Value } };
  "entra.disabled-app": { as: {"status":400,"error":"unauthorized_client","code":7000112}; holes: { app: Value; name: Value } };
  "entra.no-federated-credential": { as: {"status":400,"error":"invalid_request","code":70021}; holes: { issuer: Value; subject: Value; audience: Value } };
  "entra.unknown-assertion-issuer": { as: {"status":401,"error":"invalid_client","code":700211}; holes: { issuer: Value } };
  "entra.unknown-assertion-audience": { as: {"status":401,"error":"invalid_client","code":700212}; holes: { audience: Value } };
  "entra.unknown-assertion-subject": { as: {"status":401,"error":"invalid_client","code":700213}; holes: { subject: Value } };
  "entra.assertion-subject-case": { as: {"status":401,"error":"invalid_client","code":7002138}; holes: { subject: Value } };
  "entra.issuer-without-keys": { as: {"status":400,"error":"invalid_request","code":50166}; holes: { issuer: Value } };
  "entra.missing-parameter": { as: {"status":400,"error":"invalid_request","code":900144}; holes: { parameter: Value } };
  "entra.unsupported-grant": { as: {"status":400,"error":"unsupported_grant_type","code":70003}; holes: { grant: Value } };
  "entra.unknown-parameter": { as: {"status":400,"error":"invalid_request","code":9000411}; holes: { parameter: Value } };
  "entra.unknown-route": { as: {"status":404,"error":"not_found"}; holes: { path: Value } };
  "entra.token": object;
  "entra.fault": { as: {"error":"temporarily_unavailable"} };
  "entra.credential-forgotten": { as: {"status":401,"error":"invalid_client","code":7000218} };
  "entra.malformed-grant": { as: {"status":400,"error":"invalid_grant","code":9002313} };
  "entra.unknown-device-code": { as: {"status":400,"error":"invalid_grant","code":7000014} };
  "entra.unknown-user": { as: {"status":400,"error":"invalid_grant","code":50034}; holes: { tenant: Value } };
  "entra.wrong-password": { as: {"status":400,"error":"invalid_grant","code":50126} };
  "entra.disabled-user": { as: {"status":400,"error":"invalid_grant","code":50057} };
  "entra.no-consent": { as: {"status":400,"error":"invalid_grant","code":65001,"suberror":"consent_required"}; holes: { app: Value; name: Value } };
  "entra.not-multi-tenant": { as: {"status":400,"error":"invalid_request","code":50194}; holes: { app: Value; name: Value } };
  "entra.cloud-metadata": object;
  "entra.instance-discovery": object;
  "entra.openid-configuration": object;
  "entra.keys": object;
}
