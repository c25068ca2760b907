// The memory of wasm instances.

/** Watches the instances that are made from now on. */
export function watchMemories() {
  const memories = [];
  const { Instance } = WebAssembly;
  WebAssembly.Instance = class extends Instance {
    constructor(...given) {
      super(...given);
      memories.push(this.exports.memory);
    }
  };
  const bytes = () => memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
  return { memories, bytes };
}
