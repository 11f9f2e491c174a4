/** Go's own support for js/wasm, copied from the toolchain by the build: defines Go. */
declare module '@go/wasm_exec';
