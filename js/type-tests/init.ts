import { init } from "countersign";

declare const module: WebAssembly.Module;

await init();
await init(module);
await init("/assets/core.wasm");
await init(new URL("https://app.example/core.wasm"));
await init(fetch("https://app.example/core.wasm"));
await init(new Uint8Array());
