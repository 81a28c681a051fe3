// The floor's resources: a dynamic provider of ours that does nothing. Loaded by the engine, see floor.ts.

export async function check(_olds: object, news: object) {
  return { inputs: news, failures: [] };
}

export async function diff() {
  return { changes: false };
}

export async function create(inputs: object) {
  return { id: "nothing", outs: inputs };
}
