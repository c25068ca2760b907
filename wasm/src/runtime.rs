//! What the standard library would bring along: an allocator and what to do about a panic.
//!
//! No one reads a panic's message, and without one the artifacts are smaller by the code that would write it.

use core::panic::PanicInfo;

use talc::wasm::{WasmDynamicTalc, new_wasm_dynamic_allocator};

#[global_allocator]
static ALLOCATOR: WasmDynamicTalc = new_wasm_dynamic_allocator();

/// A trap, which the wrapper survives.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
