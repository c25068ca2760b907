//! The presets of the npm package, out of the core's table.

use std::fmt::Write as _;

use countersign::preset::{Form, Keys, Parameter, Presence, Vendor};
use countersign::{Algorithm, Profile};

const HEAD: &str = r#"// Written by `cargo xtask tables` from the core's own table, src/preset/table: change that.

/**
 * What the tokens of vendors look like, as options of `createVerifier` and `createGuard`: plain data, beside which any other
 * option may be spread.
 *
 * @module
 */

import { fill } from "./fill.js";
import type { AudiencePreset, AtJwtPreset, BindingPreset, FromJwksUri, FromMetadataUri, IdTokenPreset, JwtBindingPreset, JwtPreset, SharedSecretPreset } from "./types.js";
import type { Vendor } from "./vendor.js";

export type { AudiencePreset, AtJwtPreset, BindingPreset, FromJwksUri, FromMetadataUri, IdTokenPreset, JwtBindingPreset, JwtPreset, SharedSecretPreset } from "./types.js";
"#;

pub(crate) fn module() -> String {
    let mut text = HEAD.to_owned();
    for vendor in Vendor::ALL {
        add(&mut text, vendor);
    }
    text
}

fn add(text: &mut String, vendor: &Vendor) {
    let Vendor { name, title, remark, .. } = vendor;
    let options = format!("{}Options", capitalized(name));
    let other = vendor.instead.map(|(_, other)| other);
    let constant = constant(name);
    let own = return_type(vendor);
    let another = other.map(return_type).filter(|another| *another != own);
    let types: Vec<String> = std::iter::once(own).chain(another).collect();
    let members: String =
        parameters(vendor).iter().map(|(parameter, mandatory)| member(parameter, *mandatory)).collect();
    let example: String = example(vendor);
    let maker = if vendor.keys == Keys::Secret { "createSharedSecretVerifier" } else { "createVerifier" };
    let call = if vendor.keys == Keys::Secret {
        format!("{maker}({{ ...{name}({example}), secret }});")
    } else {
        format!("{maker}({name}({example}));")
    };
    // A `String` takes whatever is written.
    let _ = write!(
        text,
        "\nconst {constant}: Vendor = {};\n\n/** What {{@link {name}}} is told. */\nexport interface {options} {{\n{members}}}\n\n\
         /**\n * {title}. {remark}\n *\n * @throws TypeError for a value that is missing or of another form.\n *\n * @example\n \
         * ```ts\n * {call}\n * ```\n */\nexport const {name} = (options: {options}) => fill({constant}, options) as {};\n",
        row(vendor),
        types.join(" | "),
    );
}

/// The parameters of a vendor, with those that only another row has, and whether they are mandatory.
pub(crate) fn parameters(vendor: &Vendor) -> Vec<(Parameter, bool)> {
    let mandatory = |parameter: &Parameter| parameter.presence == Presence::Mandatory;
    let mut all: Vec<_> = vendor.parameters.iter().map(|own| (*own, mandatory(own))).collect();
    for more in vendor.instead.map(|(_, other)| other.parameters).unwrap_or_default() {
        if !all.iter().any(|(own, _)| own.name == more.name) {
            all.push((*more, false));
        }
    }
    all
}

fn member(Parameter { name, form, remark, .. }: &Parameter, mandatory: bool) -> String {
    let value = if form.is_list() { "string | readonly [string, ...string[]]" } else { "string" };
    format!("  /** {remark} */\n  readonly {name}{}: {value};\n", if mandatory { "" } else { "?" })
}

fn example(vendor: &Vendor) -> String {
    let mandatory = vendor.parameters.iter().filter(|parameter| parameter.presence == Presence::Mandatory);
    let mut members: Vec<String> = mandatory.map(|own| format!("{}: \"{}\"", own.name, own.example)).collect();
    if let (Some(_), Some(audience)) = (vendor.audience, vendor.parameters.iter().find(|own| own.name == "audience"))
        && audience.presence == Presence::Optional
    {
        members.push(format!("audience: \"{}\"", audience.example));
    }
    format!("{{ {} }}", members.join(", "))
}

fn return_type(vendor: &Vendor) -> String {
    if vendor.keys == Keys::Secret {
        return "SharedSecretPreset".to_owned();
    }
    let optional = |name: &str| {
        vendor.parameters.iter().any(|own| format!("{{{}}}", own.name) == name && own.presence == Presence::Optional)
    };
    let kind = match (vendor.profile, vendor.audience, vendor.binding) {
        (Profile::IdToken, _, _) => "IdTokenPreset",
        (Profile::AtJwt, _, _) => "AtJwtPreset",
        (Profile::Jwt, None, _) => "JwtBindingPreset",
        (Profile::Jwt, _, _) => "JwtPreset",
        (_, None, _) => "BindingPreset",
        (_, Some(audience), Some(_)) if optional(audience) && vendor.audience_beside_binding.is_none() => {
            "(AudiencePreset | BindingPreset)"
        }
        _ => "AudiencePreset",
    };
    match vendor.keys {
        Keys::Issuer | Keys::Secret => kind.to_owned(),
        Keys::Metadata(_) => format!("({kind} & FromMetadataUri)"),
        Keys::Jwks(_) => format!("({kind} & FromJwksUri)"),
    }
}

/// The row, without what it does not say.
fn row(vendor: &Vendor) -> String {
    let mut members = vec![format!("name: {}", text(vendor.name)), format!("parameters: {}", parameter_rows(vendor))];
    let mut add = |name: &str, code: String| members.push(format!("{name}: {code}"));
    add("issuer", text(vendor.issuer));
    if !vendor.issuer_aliases.is_empty() {
        add("issuerAliases", texts(vendor.issuer_aliases));
    }
    if let Some(variable) = vendor.issuer_variable {
        let mut code = format!("name: {}, claim: {}", text(variable.name), text(variable.claim));
        for (name, value) in [("claimTemplate", variable.claim_template), ("values", variable.values)] {
            if let Some(value) = value {
                let _ = write!(code, ", {name}: {}", text(value));
            }
        }
        add("issuerVariable", format!("{{ {code} }}"));
    }
    match vendor.keys {
        Keys::Issuer => {}
        Keys::Metadata(address) => add("metadataUri", text(address)),
        Keys::Jwks(address) => add("jwksUri", text(address)),
        Keys::Secret => add("secret", "true".to_owned()),
    }
    if !vendor.algorithms.is_empty() {
        let names: Vec<&str> = vendor.algorithms.iter().map(|algorithm: &Algorithm| algorithm.name()).collect();
        add("algorithms", texts(&names));
    }
    if vendor.profile != Profile::AccessToken {
        add("profile", text(vendor.profile.name()));
    }
    if let Some(audience) = vendor.audience {
        add("audience", text(audience));
    }
    if let Some(audience) = vendor.audience_beside_binding {
        add("audienceBesideBinding", text(audience));
    }
    if let Some(binding) = vendor.binding {
        let mut code = format!("claim: {}, values: {}", text(binding.claim), text(binding.values));
        if binding.in_header {
            code += ", inHeader: true";
        }
        if let Some((claim, value)) = binding.token_use {
            let _ = write!(code, ", use: {{ claim: {}, value: {} }}", text(claim), text(value));
        }
        add("binding", format!("{{ {code} }}"));
    }
    for (name, is_so) in [("acceptPadding", vendor.accept_padding), ("issuerFromSubject", vendor.issuer_from_subject)] {
        if is_so {
            add(name, "true".to_owned());
        }
    }
    if let Some(key_use) = vendor.key_use {
        add("keyUse", text(key_use));
    }
    if !vendor.required_claims.is_empty() {
        add("requiredClaims", texts(vendor.required_claims));
    }
    if !vendor.permissions.is_empty() {
        let paths: Vec<String> = vendor.permissions.iter().map(|path| texts(path)).collect();
        add("permissions", format!("[{}]", paths.join(", ")));
    }
    if let Some(header) = vendor.header {
        add("header", text(header));
    }
    if let Some((values, other)) = vendor.instead {
        add("instead", format!("{{ values: {}, vendor: {} }}", texts(values), row(other)));
    }
    format!("{{\n  {},\n}}", members.join(",\n  "))
}

fn parameter_rows(vendor: &Vendor) -> String {
    let rows: Vec<String> = vendor.parameters.iter().map(parameter_row).collect();
    format!("[\n    {},\n  ]", rows.join(",\n    "))
}

fn parameter_row(Parameter { name, form, presence, example, .. }: &Parameter) -> String {
    let presence = match presence {
        Presence::Mandatory => String::new(),
        Presence::Optional => ", optional: true".to_owned(),
        Presence::Default(value) => format!(", default: {}", text(value)),
    };
    let form: &Form = form;
    format!("{{ name: {}, form: {}, example: {}{presence} }}", text(name), text(form.name()), text(example))
}

fn text(text: &str) -> String {
    format!("{text:?}")
}

fn texts(list: &[&str]) -> String {
    let list: Vec<String> = list.iter().map(|one| text(one)).collect();
    format!("[{}]", list.join(", "))
}

fn capitalized(name: &str) -> String {
    let (head, tail) = name.split_at_checked(1).unwrap_or((name, ""));
    head.to_uppercase() + tail
}

fn constant(name: &str) -> String {
    name.chars().fold(String::new(), |mut constant, letter| {
        if letter.is_ascii_uppercase() {
            constant.push('_');
        }
        constant.push(letter.to_ascii_uppercase());
        constant
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_file_is_what_the_core_says() {
        let file = include_str!("../../../js/presets/index.ts");
        assert!(super::module() == file, "js/presets/index.ts is stale: run `cargo xtask tables`");
    }
}
