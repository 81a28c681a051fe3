import { type ServedPlugin, servePlugin } from "../plugins/service.ts";

/** Serves a plugin whose one resource type does nothing, as the stand-ins are served: in this process. */
export function serveNothing(): Promise<ServedPlugin> {
  return servePlugin({
    name: "nothing",
    version: "1.0.0",
    configure: () => undefined,
    resources: {
      "nothing:index:Nothing": {
        properties: {},
        create: async () => ({ id: "nothing", outputs: {} }),
        read: async (id) => ({ id, outputs: {} }),
        update: async () => ({}),
        delete: async () => {},
      },
    },
    functions: {},
  });
}
