// One process for all of this folder: loading the lab and the client libraries costs more than the tests do.
import "./clientCertificate.suite.ts";
import "./clouds.suite.ts";
import "./credential.suite.ts";
import "./exchange.suite.ts";
import "./exchangeError.suite.ts";
import "./graph.suite.ts";
import "./oidc.suite.ts";
