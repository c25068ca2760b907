//! The build matrix: wasm-pack.toml.

use crate::failure::{Doing, Result};
use crate::settings::Settings;

pub(crate) struct Matrix {
    /// The wasm-pack release that builds.
    pub(crate) wasm_pack: String,
    pub(crate) artifacts: Vec<Artifact>,
    pub(crate) test: Test,
}

/// One WebAssembly artifact of the npm package.
pub(crate) struct Artifact {
    /// Its table's name.
    pub(crate) table: String,
    /// File name without extension, in the package's dist/wasm/.
    pub(crate) name: String,
    /// The name under which the package's JavaScript asks for it.
    pub(crate) import: Option<String>,
    /// The entry point that loads it. Those that no artifact names load the core.
    pub(crate) entry: Option<String>,
    /// The artifact that it stands in for in engines without SIMD.
    pub(crate) without_simd: Option<String>,
    /// The folder of the crate that it is built from.
    pub(crate) package: String,
    /// The name of its glue, where it is called through that of wasm-bindgen.
    pub(crate) glue: Option<String>,
    pub(crate) features: Vec<String>,
    /// Flags of the compiler.
    pub(crate) rust_flags: Vec<String>,
    /// The cargo profile.
    pub(crate) profile: String,
    pub(crate) wasm_opt: Vec<String>,
    /// Of the wasm file.
    pub(crate) budget: Budget,
    /// Of the JavaScript of each entry point that loads it.
    pub(crate) javascript_budget: Budget,
    /// Of both together.
    pub(crate) together_budget: Budget,
}

/// The build that the wasm tests run in.
pub(crate) struct Test {
    pub(crate) features: Vec<String>,
}

/// The most that something may weigh, in bytes; absent: no limit yet.
#[derive(Default, Clone, Copy)]
pub(crate) struct Budget {
    pub(crate) raw: Option<usize>,
    pub(crate) gzip: Option<usize>,
    pub(crate) brotli: Option<usize>,
}

impl Matrix {
    pub(crate) fn read(text: &str) -> Result<Self> {
        let settings = Settings::parse(text)?;
        settings.only(&["wasm-pack", "wasm-opt", "build", "artifact", "test"])?;
        let tables = settings.table("artifact")?;
        let artifact =
            |name: &str| Artifact::read(name, &tables.table(name)?, &settings).doing(format_args!("[artifact.{name}]"));
        Ok(Self {
            wasm_pack: settings.string("wasm-pack")?,
            test: Test::read(&settings.table("test")?).doing("[test]")?,
            artifacts: tables.names().map(artifact).collect::<Result<_>>()?,
        })
    }
}

impl Artifact {
    /// The name that wasm-pack is to write under.
    pub(crate) fn out_name(&self) -> &str {
        self.glue.as_deref().unwrap_or(&self.name)
    }

    /// Reads a table, and what it has of the tables of `all`.
    fn read(table: &str, settings: &Settings, all: &Settings) -> Result<Self> {
        let budgets = ["budget", "javascript-budget", "together-budget"];
        let others = ["name", "import", "entry", "without-simd", "build", "glue", "features", "rust-flags", "wasm-opt"];
        settings.only(&[others.as_slice(), budgets.as_slice()].concat())?;
        let optional = |name: &str| if settings.has(name) { settings.string(name).map(Some) } else { Ok(None) };
        let own = |name: &str| if settings.has(name) { settings.strings(name) } else { Ok(Vec::new()) };
        let [budget, javascript_budget, together_budget] = budgets.map(|name| {
            if settings.has(name) { Budget::read(&settings.table(name)?).doing(name) } else { Ok(Budget::default()) }
        });
        let name = settings.string("build")?;
        let build = Build::read(&all.table("build")?.table(&name)?).doing(format_args!("[build.{name}]"))?;
        Ok(Self {
            table: table.to_owned(),
            name: settings.string("name")?,
            import: optional("import")?,
            entry: optional("entry")?,
            without_simd: optional("without-simd")?,
            package: build.package,
            glue: optional("glue")?,
            features: settings.strings("features")?,
            rust_flags: [own("rust-flags")?, build.rust_flags].concat(),
            profile: build.profile,
            wasm_opt: [all.strings("wasm-opt")?, build.wasm_opt, own("wasm-opt")?].concat(),
            budget: budget?,
            javascript_budget: javascript_budget?,
            together_budget: together_budget?,
        })
    }
}

/// How several artifacts are built.
struct Build {
    package: String,
    profile: String,
    rust_flags: Vec<String>,
    wasm_opt: Vec<String>,
}

impl Build {
    fn read(settings: &Settings) -> Result<Self> {
        settings.only(&["package", "profile", "rust-flags", "wasm-opt"])?;
        Ok(Self {
            package: settings.string("package")?,
            profile: settings.string("profile")?,
            rust_flags: settings.strings("rust-flags")?,
            wasm_opt: if settings.has("wasm-opt") { settings.strings("wasm-opt")? } else { Vec::new() },
        })
    }
}

impl Test {
    fn read(settings: &Settings) -> Result<Self> {
        settings.only(&["features"])?;
        Ok(Self { features: settings.strings("features")? })
    }
}

impl Budget {
    fn read(settings: &Settings) -> Result<Self> {
        settings.only(&["raw", "gzip", "brotli"])?;
        Ok(Self { raw: settings.size("raw")?, gzip: settings.size("gzip")?, brotli: settings.size("brotli")? })
    }

    /// Raw, gzip, brotli.
    pub(crate) const fn limits(&self) -> [Option<usize>; 3] {
        [self.raw, self.gzip, self.brotli]
    }

    pub(crate) fn is_set(&self) -> bool {
        self.limits().iter().any(Option::is_some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MATRIX: &str = "\
        wasm-pack = '1'\nwasm-opt = ['-O3']\n[test]\nfeatures = []\n\
        [build.rules]\npackage = 'a'\nprofile = 'small'\nrust-flags = ['-Cx']\nwasm-opt = ['--rules']\n\
        [artifact.plain]\nname = 'plain'\nbuild = 'rules'\nfeatures = []\n\
        [artifact.simd]\nname = 'simd'\nbuild = 'rules'\nfeatures = []\nrust-flags = ['-Cy']\nwasm-opt = ['--simd']\n";

    #[test]
    fn an_artifact_has_its_own_flags_and_those_of_its_build() {
        let artifacts = Matrix::read(MATRIX).map(|matrix| matrix.artifacts).unwrap_or_default();
        let flags: Vec<_> = artifacts
            .iter()
            .map(|artifact| (artifact.rust_flags.join(" "), artifact.wasm_opt.join(" "), artifact.profile.as_str()))
            .collect();
        let expected = [("-Cx", "-O3 --rules", "small"), ("-Cy -Cx", "-O3 --rules --simd", "small")];
        assert_eq!(flags, expected.map(|(rust, wasm, profile)| (rust.to_owned(), wasm.to_owned(), profile)));
        assert!(Matrix::read(&MATRIX.replace("build = 'rules'", "build = 'other'")).is_err());
        assert!(Matrix::read(&MATRIX.replace("profile", "profil")).is_err());
    }
}
