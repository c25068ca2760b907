//! The core's vendors as words of the command line: `--auth0`, and the options that it wants.

use std::fmt::Write as _;

use countersign::preset::{Keys, Presence, Vendor};

use crate::presets::parameters;

const HEAD: &str = "// Written by `cargo xtask tables` from the core's own table, src/preset/table: change that.

/** A vendor, by the name of its preset. */
export interface VendorWords {
  readonly title: string;
  /** The user shares a secret with the vendor. */
  readonly secret?: true;
  readonly parameters: readonly {
    readonly name: string;
    readonly what: string;
    readonly example: string;
    readonly optional?: true;
    /** May be given several times. */
    readonly list?: true;
  }[];
}

/** The presets of the command line. */
export const VENDORS: Readonly<Record<string, VendorWords>> = {
";

pub(crate) fn module() -> String {
    let mut text = HEAD.to_owned();
    for vendor in Vendor::ALL {
        let secret = if vendor.keys == Keys::Secret { "    secret: true,\n" } else { "" };
        // A `String` takes whatever is written.
        let _ = write!(text, "  {}: {{\n    title: {:?},\n{secret}    parameters: [\n", vendor.name, vendor.title);
        for (parameter, mandatory) in parameters(vendor) {
            let optional = !mandatory || parameter.presence != Presence::Mandatory;
            let _ = writeln!(
                text,
                "      {{ name: {:?}, what: {:?}, example: {:?}{}{} }},",
                parameter.name,
                parameter.remark,
                parameter.example,
                if optional { ", optional: true" } else { "" },
                if parameter.form.is_list() { ", list: true" } else { "" },
            );
        }
        text.push_str("    ],\n  },\n");
    }
    text.push_str("};\n");
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_file_is_what_the_core_says() {
        let file = include_str!("../../../js/cli/vendors.ts");
        assert!(super::module() == file, "js/cli/vendors.ts is stale: run `cargo xtask tables`");
    }
}
