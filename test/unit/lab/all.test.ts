// One process for all of this folder: loading the lab and the client libraries costs more than the tests do.
import "./attribution.suite.ts";
import "./clock.suite.ts";
import "./connector.suite.ts";
import "./disk.suite.ts";
import "./entra.suite.ts";
import "./exchange.suite.ts";
import "./graph.suite.ts";
import "./headers.suite.ts";
import "./lab.suite.ts";
import "./smtp.suite.ts";
import "./world.suite.ts";
